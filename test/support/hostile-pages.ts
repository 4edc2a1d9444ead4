import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { addressOf, startOrigin } from './tcp.ts';

/** The script of every attack that a page can try; see there. */
const ATTACKS = readFileSync(fileURLToPath(new URL('../fixtures/web-page/attacks.js', import.meta.url)), 'utf8');

/** A page that holds it. */
const PAGE = '<!doctype html><meta charset="utf-8"><title>page</title><body><script src="attacks.js"></script>';
const SERVICE_WORKER = `
  const target = new URL(location).searchParams.get('to');
  addEventListener('install', (event) => event.waitUntil(fetch(target, { mode: 'no-cors' }).catch(() => undefined)));
`;

export interface LocalServer extends AsyncDisposable {
  readonly port: number;
}

/** A site on this machine, on every loopback address, whose pages attack others. */
export function startHostileSite(): Promise<LocalServer> {
  return serve((request, response) => {
    const url = new URL(request.url ?? '/', 'http://site');
    if (url.pathname === '/redirect') {
      response
        .writeHead(302, { Location: url.searchParams.get('to') ?? '/', 'Access-Control-Allow-Origin': '*' })
        .end();
    } else if (url.pathname === '/service-worker.js') {
      response.writeHead(200, { 'Content-Type': 'text/javascript' }).end(SERVICE_WORKER);
    } else if (url.pathname === '/attacks.js') {
      response.writeHead(200, { 'Content-Type': 'text/javascript' }).end(ATTACKS);
    } else {
      response.writeHead(200, { 'Content-Type': 'text/html' }).end(PAGE);
    }
  });
}

/** The same page as a file; its URL. */
export function hostileFile(folder: string): string {
  writeFileSync(join(folder, 'attacks.js'), ATTACKS);
  writeFileSync(join(folder, 'page.html'), PAGE);
  return pathToFileURL(join(folder, 'page.html')).href;
}

/** A server that guards nothing: it shows which attacks a browser does send. */
export async function startUnguarded(): Promise<LocalServer & { readonly reached: ReadonlySet<string> }> {
  const reached = new Set<string>();
  const note = (request: IncomingMessage) => {
    const name = new URL(request.url ?? '/', 'http://site').searchParams.get('by');
    if (name !== null) reached.add(name);
  };
  const started = await serve((request, response) => {
    note(request);
    response.writeHead(200, { 'Content-Type': 'text/html' }).end('<p>reached');
  }, note);
  return { ...started, reached };
}

async function serve(
  handle: (request: IncomingMessage, response: ServerResponse) => void,
  upgrade: (request: IncomingMessage) => void = () => undefined,
): Promise<LocalServer> {
  const server = createServer(handle);
  server.on('upgrade', (request, socket) => {
    upgrade(request);
    socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: addressOf(server).port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/**
 * A relay in front of a port, which notes the status that each attack was answered with: of most failures a browser tells
 * its tests nothing. It passes bytes on as they are.
 */
export async function startTap(
  target: number,
  port = 0,
): Promise<LocalServer & { readonly answered: ReadonlyMap<string, number> }> {
  const answered = new Map<string, number>();
  const origin = await startOrigin(
    (client) => {
      const server = connect(target, '127.0.0.1');
      const asked: string[] = [];
      client.on('data', (chunk: Buffer) => {
        for (const [, url = ''] of chunk.toString('latin1').matchAll(/^[A-Z]+ (\/\S*) HTTP\/1\.1\r$/gm)) {
          asked.push(new URL(url, 'http://site').searchParams.get('by') ?? '');
        }
      });
      server.on('data', (chunk: Buffer) => {
        for (const [, status] of chunk.toString('latin1').matchAll(/^HTTP\/1\.1 ([2-5]\d\d) /gm)) {
          const name = asked.shift() ?? '';
          if (name !== '') answered.set(name, Number(status));
        }
      });
      server.on('error', () => client.destroy());
      client.pipe(server).pipe(client);
      client.once('close', () => server.destroy());
    },
    { port },
  );
  return { port: origin.port, answered, [Symbol.asyncDispose]: () => origin[Symbol.asyncDispose]() };
}
