import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type ForwardProxy, startForwardProxy } from '../../../support/forward-proxy.ts';
import { listening } from '../../../support/listening.ts';
import { fieldValue, portOf, rawClient, statusOf } from '../../../support/raw-http.ts';

const MEGABYTE = 1024 * 1024;
const open: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.stop();
});

/** An origin that reads the head, says `answer` and closes with content unread: its kernel resets what still comes. */
async function hastyOrigin(answer: string): Promise<Server> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('data', () => {
      socket.pause();
      socket.write(answer, () => setTimeout(() => socket.destroy(), 20));
    });
  });
  await listening(server);
  open.push({
    stop: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  });
  return server;
}

async function startProxy(upstream?: string): Promise<ForwardProxy> {
  const proxy = await startForwardProxy(upstream === undefined ? {} : { upstream });
  open.push(proxy);
  return proxy;
}

/** Sends a request head and content without end until an answer has come, as a program does that reads last. */
async function upload(port: number, head: string, block: (bytes: Buffer) => Buffer[]): Promise<string> {
  const client = await rawClient(port);
  client.write(head);
  const content = Buffer.alloc(64 * 1024, 'x');
  for (let sent = 0; sent < 8 * MEGABYTE && !client.hasEnded; sent += content.length) {
    for (const part of block(content)) client.socket.write(part);
    await new Promise((resolve) => setImmediate(resolve));
  }
  const answer = await client.message();
  client.destroy();
  return `${statusOf(answer)} ${answer.body} ${fieldValue(answer, 'Connection')}`;
}

const plain = (bytes: Buffer): Buffer[] => [bytes];
const chunked = (bytes: Buffer): Buffer[] => [
  Buffer.from(`${bytes.length.toString(16)}\r\n`),
  bytes,
  Buffer.from('\r\n'),
];

describe('an answer that comes while the content is still sent, from an origin that then resets', () => {
  it.each([413, 401, 403, 302, 500])('with status %i reaches the client every time', async (status) => {
    const origin = await hastyOrigin(`HTTP/1.1 ${status} No\r\nContent-Length: 5\r\nConnection: close\r\n\r\nearly`);
    const proxy = await startProxy();
    const head = `POST http://127.0.0.1:${portOf(origin)}/ HTTP/1.1\r\nHost: x\r\nContent-Length: ${8 * MEGABYTE}\r\n\r\n`;
    for (let round = 0; round < 10; round++) {
      expect(await upload(proxy.port, head, plain)).toBe(`${status} early close`);
    }
  });

  it('reaches a client that sends chunks', async () => {
    const origin = await hastyOrigin('HTTP/1.1 413 No\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nearly\r\n0\r\n\r\n');
    const proxy = await startProxy();
    const head = `PUT http://127.0.0.1:${portOf(origin)}/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n`;
    for (let round = 0; round < 10; round++) {
      expect(await upload(proxy.port, head, chunked)).toBe('413 early close');
    }
  });

  it('reaches a client that expected to be told to continue, and was', async () => {
    const origin = await hastyOrigin(
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 413 No\r\nContent-Length: 5\r\nConnection: close\r\n\r\nearly',
    );
    const proxy = await startProxy();
    const client = await rawClient(proxy.port);
    client.write(
      `POST http://127.0.0.1:${portOf(origin)}/ HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: ${MEGABYTE}\r\n\r\n`,
    );
    expect(statusOf(await client.message())).toBe(100);
    client.write(Buffer.alloc(MEGABYTE, 'x'));
    expect((await client.message()).body).toBe('early');
    client.destroy();
  });

  it('reaches the client through a parent that refuses', async () => {
    const parent = await hastyOrigin('HTTP/1.1 413 No\r\nContent-Length: 5\r\nConnection: close\r\n\r\nearly');
    const proxy = await startProxy(`http://127.0.0.1:${portOf(parent)}`);
    const head = `POST http://nas.example/ HTTP/1.1\r\nHost: x\r\nContent-Length: ${8 * MEGABYTE}\r\n\r\n`;
    for (let round = 0; round < 5; round++) expect(await upload(proxy.port, head, plain)).toBe('413 early close');
  });

  it('cut short by the reset is never a whole 200', async () => {
    const origin = await hastyOrigin('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nearly');
    const proxy = await startProxy();
    const client = await rawClient(proxy.port);
    client.write(
      `POST http://127.0.0.1:${portOf(origin)}/ HTTP/1.1\r\nHost: x\r\nContent-Length: ${8 * MEGABYTE}\r\n\r\n`,
    );
    client.write(Buffer.alloc(4 * MEGABYTE, 'x'));
    const all = await client.rest();
    expect(all).toContain('Content-Length: 9\r\n');
    expect(all.endsWith('\r\n\r\nearly')).toBe(true);
    expect(proxy.failures.list().at(-1)?.error).toBe('http_response_incomplete');
    client.destroy();
  });

  it('is a 502 when there is none', async () => {
    const origin = await hastyOrigin('');
    const proxy = await startProxy();
    const head = `POST http://127.0.0.1:${portOf(origin)}/ HTTP/1.1\r\nHost: x\r\nContent-Length: ${8 * MEGABYTE}\r\n\r\n`;
    expect(await upload(proxy.port, head, plain)).toMatch(/^502 /);
  });
});

it('a client that reads only when it has sent everything gets the early answer, however slowly it sends', async () => {
  const origin = await hastyOrigin('HTTP/1.1 413 No\r\nContent-Length: 5\r\nConnection: close\r\n\r\nearly');
  const proxy = await startProxy();
  const client = await rawClient(proxy.port);
  client.socket.pause();
  client.write(`POST http://127.0.0.1:${portOf(origin)}/ HTTP/1.1\r\nHost: x\r\nContent-Length: 120000\r\n\r\n`);
  for (let part = 0; part < 12; part++) {
    await new Promise((resolve) => setTimeout(resolve, 400));
    client.write('x'.repeat(10_000));
  }
  client.socket.resume();
  expect((await client.message()).body).toBe('early');
  client.destroy();
});
