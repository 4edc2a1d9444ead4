import { createServer } from 'node:net';

const TRIES = 20;
const HIGHEST = 65_535;

/** The first port after `taken` that can be had at `host` just now: a suggestion for a person, nothing to rely on. */
export async function freePortAfter(taken: number, host: string): Promise<number> {
  for (let port = taken + 1; port <= Math.min(taken + TRIES, HIGHEST); port++) {
    if (await isFree(port, host)) return port;
  }
  return taken === HIGHEST ? taken - 1 : taken + 1;
}

function isFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
