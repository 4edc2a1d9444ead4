import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
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
