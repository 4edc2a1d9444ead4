import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import path from 'node:path';
import type { ProgramSetting } from '../../../app/settings/index.ts';

const fixture = path.join(import.meta.dirname, '..', '..', 'fixtures', 'echo-server.mjs');

/** The echo server as a person would set it up. */
export function serverSetting(name: string, ...args: readonly string[]): ProgramSetting {
  return { name, command: process.execPath, args: [fixture, ...args], env: {}, cwd: null, era: 'auto', spare: false };
}

/** A CONNECT through the app, as curl makes one, by the name `label` if one is given. Rejects when it is refused. */
export async function connectTunnel(port: number, authority: string, label = ''): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const basic = Buffer.from(`${label}:`).toString('base64');
  const name = label === '' ? '' : `Proxy-Authorization: Basic ${basic}\r\n`;
  socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${name}User-Agent: curl/8.20.0\r\n\r\n`);
  const [head]: unknown[] = await once(socket, 'data');
  const line = String(head).split('\r\n', 1)[0] ?? '';
  if (!line.includes(' 200')) throw new Error(`The tunnel was refused: ${line}`);
  socket.on('error', () => undefined);
  return socket;
}

export interface SseClient {
  readonly endpoint: string;
  close(): void;
}

/** A client of 2024-11-05: opens the stream and waits for the endpoint, by when the server has been spawned. */
export async function openSse(port: number, at: string): Promise<SseClient> {
  const outgoing: ClientRequest = request({
    host: '127.0.0.1',
    port,
    path: at,
    headers: { Accept: 'text/event-stream' },
  });
  outgoing.on('error', () => undefined);
  outgoing.end();
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
  incoming.on('error', () => undefined);
  const [first]: unknown[] = await once(incoming, 'data');
  const endpoint = /^data: (.*)$/m.exec(String(first))?.[1] ?? '';
  return { endpoint, close: () => outgoing.destroy() };
}

/** Fetches an address as a server with these variables does. Resolves with the status. */
export function getThrough(proxy: string, address: string): Promise<number> {
  const { hostname, port, username, password } = new URL(proxy);
  const credentials = Buffer.from(`${username}:${password}`).toString('base64');
  const headers = { Host: new URL(address).host, 'Proxy-Authorization': `Basic ${credentials}` };
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: hostname, port, path: address, headers, agent: false }, (incoming) => {
      incoming.resume().once('end', () => resolve(incoming.statusCode ?? 0));
    });
    outgoing.once('error', reject);
    outgoing.end();
  });
}
