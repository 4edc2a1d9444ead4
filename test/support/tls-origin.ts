import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addressOf } from './tcp.ts';

/** An https origin on loopback with a certificate of its own for `localhost`. */
export interface TlsOrigin {
  readonly port: number;
  /** File with the certificate, for clients that are to trust it. */
  readonly certificate: string;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function startTlsOrigin(listener: RequestListener): Promise<TlsOrigin> {
  const folder = mkdtempSync(join(tmpdir(), 'gangway-tls-'));
  const key = join(folder, 'key.pem');
  const certificate = join(folder, 'cert.pem');
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key];
  execFileSync('openssl', ['req', '-x509', '-days', '2', '-out', certificate, ...newKey, ...subject], {
    stdio: 'ignore',
  });
  const server = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: addressOf(server).port,
    certificate,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      rmSync(folder, { recursive: true });
    },
  };
}
