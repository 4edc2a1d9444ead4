import { createServer } from 'node:net';
import { codeOf } from '../../base/errno.ts';

export { askGangway, type PortProbe, type Reply, reachable } from './ask.ts';
export { type PortHolder, portHolder } from './port-holder.ts';

const TRIES = 20;
const HIGHEST = 65_535;
const LOOPBACK = '127.0.0.1';

/** The first port after `taken` that can be had at `host` just now: a suggestion for a person, nothing to rely on. */
export async function freePortAfter(taken: number, host: string): Promise<number> {
  for (let port = taken + 1; port <= Math.min(taken + TRIES, HIGHEST); port++) {
    if (await isFree(port, host)) return port;
  }
  return taken === HIGHEST ? taken - 1 : taken + 1;
}

/** The first of these ports that can be had on loopback just now; when there is none, one of the system's choice. */
export async function firstFreePort(ports: readonly number[]): Promise<number> {
  for (const port of ports) if (await isFree(port, LOOPBACK)) return port;
  return systemsChoice();
}

function isFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

function systemsChoice(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port: 0, host: LOOPBACK, exclusive: true }, () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

/** Code and port of an error of listening: the port that the system names, that of a TCP forward perhaps, else `ownPort`. */
export function listenFailure(error: unknown, ownPort: number): { readonly code: string; readonly port: number } {
  const named = error instanceof Error && 'port' in error && typeof error.port === 'number' ? error.port : ownPort;
  return { code: codeOf(error) ?? '', port: named };
}
