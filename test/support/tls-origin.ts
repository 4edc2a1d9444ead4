import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { createServer, type ServerOptions } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addressOf } from './tcp.ts';

/** A self-signed certificate with its key, each a file. */
export interface TestCertificate {
  readonly key: string;
  readonly certificate: string;
  /** SHA-256, as `AA:BB:…`. */
  readonly fingerprint: string;
}

/** An https origin on loopback with a certificate of its own for `localhost`. */
export interface TlsOrigin extends TestCertificate {
  readonly port: number;
  /** Goes on with another certificate, and closes what is open. */
  use(certificate: TestCertificate): void;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Makes a certificate for localhost in a folder. */
export function makeCertificate(folder: string, name: string): TestCertificate {
  const key = join(folder, `${name}-key.pem`);
  const certificate = join(folder, `${name}-cert.pem`);
  const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key];
  execFileSync('openssl', ['req', '-x509', '-days', '2', '-out', certificate, ...newKey, ...subject], {
    stdio: 'ignore',
  });
  return { key, certificate, fingerprint: new X509Certificate(readFileSync(certificate)).fingerprint256 };
}

/** The same, and out of date: only the small authority of openssl can date back. */
export function makeOldCertificate(folder: string, name: string): TestCertificate {
  const made = makeCertificate(folder, name);
  const config = join(folder, `${name}.cnf`);
  const ca = ['database=index.txt', 'new_certs_dir=.', 'serial=serial', 'default_md=sha256', 'policy=any'];
  writeFileSync(config, ['[ca]', 'default_ca=old', '[old]', ...ca, '[any]', 'commonName=supplied', ''].join('\n'));
  writeFileSync(join(folder, 'index.txt'), '');
  writeFileSync(join(folder, 'serial'), '01\n');
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
  openssl('x509', '-x509toreq', '-in', made.certificate, '-signkey', made.key, '-out', `${name}.csr`);
  const signed = [
    '-batch',
    '-selfsign',
    '-keyfile',
    made.key,
    '-in',
    `${name}.csr`,
    '-out',
    made.certificate,
    '-notext',
  ];
  openssl('ca', '-config', config, ...signed, '-startdate', '20200101000000Z', '-enddate', '20210101000000Z');
  return { ...made, fingerprint: new X509Certificate(readFileSync(made.certificate)).fingerprint256 };
}

export function contextOf({ key, certificate }: TestCertificate) {
  return { key: readFileSync(key), cert: readFileSync(certificate) };
}

export async function startTlsOrigin(listener: RequestListener, options: ServerOptions = {}): Promise<TlsOrigin> {
  const folder = mkdtempSync(join(tmpdir(), 'gangway-tls-'));
  const own = makeCertificate(folder, 'localhost');
  const server = createServer({ ...contextOf(own), ...options }, listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    ...own,
    port: addressOf(server).port,
    use(certificate) {
      server.setSecureContext(contextOf(certificate));
      server.closeAllConnections();
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      rmSync(folder, { recursive: true });
    },
  };
}
