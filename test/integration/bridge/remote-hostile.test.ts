import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { hostBridge, remoteSetting } from '../../support/bridge-host.ts';
import { openSession, refusalAt } from '../../support/raw-mcp.ts';
import { sendEvents, startRemote } from '../../support/remote-origin.ts';
import { type Origin, startOrigin } from '../../support/tcp.ts';
import { until } from '../../support/until.ts';

const MEBIBYTE = 1024 * 1024;

const limits = (messageBytes: number) => ({
  messageBytes,
  sessions: 16,
  sessionIdle: 60_000,
  children: 16,
  parkedCalls: 16,
  replayBytes: MEBIBYTE,
});

const hosted = (origin: Origin, headers: Readonly<Record<string, string>> = {}) =>
  hostBridge({
    servers: [remoteSetting({ url: `http://${origin.authority}/mcp`, headers })],
    limits: limits(MEBIBYTE),
  });

/** Sends the same piece for as long as the other side takes it. */
function endless(socket: Socket, piece: Buffer): void {
  const more = (): void => {
    while (!socket.destroyed && socket.write(piece));
  };
  socket.on('drain', more);
  more();
}

describe('A hostile remote server', () => {
  test('that never ends a line of its stream is cut off at the limit, and the call gets an error', async () => {
    await using far = await startRemote();
    await using host = await hostBridge({ servers: [remoteSetting({ url: far.url })], limits: limits(MEBIBYTE) });
    const session = await openSession(host.url);
    await session.post({ method: 'notifications/initialized' });
    far.hook = ({ message }, response) => {
      if (message?.method !== 'tools/call') return false;
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      response.write(`data: {"jsonrpc":"2.0","id":${message.id},"result":"`);
      const piece = Buffer.alloc(64 * 1024, 'x');
      for (let sent = 0; sent < 4 * MEBIBYTE; sent += piece.length) response.write(piece);
      response.end('"}\n\n');
      return true;
    };
    const { error } = await session.call('tools/call', { name: 'echo' });
    expect(error?.message).toContain(`a message of its answer is over the limit of ${MEBIBYTE} bytes`);
  });

  test('that sends a body without end is cut off at the limit', async () => {
    let closed = 0;
    await using far = await startOrigin((socket) => {
      socket.once('close', () => closed++);
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n');
        endless(socket, Buffer.alloc(64 * 1024, ' '));
      });
    });
    await using host = await hosted(far);
    expect(await refusalAt(host.url)).toContain(`over the limit of ${MEBIBYTE} bytes`);
    await until('its connections are closed', () => closed > 0 && far.sockets.size === 0);
  });

  test('that sends interim answers without end is cut off', async () => {
    await using far = await startOrigin((socket) => {
      socket.once('data', () =>
        endless(socket, Buffer.from('HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n'.repeat(100))),
      );
    });
    await using host = await hosted(far);
    expect(await refusalAt(host.url)).toContain('its answer is not valid HTTP');
  });

  test('that sends a head without end is cut off', async () => {
    await using far = await startOrigin((socket) => {
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\n');
        endless(socket, Buffer.from('X-More: and more\r\n'.repeat(100)));
      });
    });
    await using host = await hosted(far);
    expect(await refusalAt(host.url)).toContain('its answer is not valid HTTP');
  });

  test('that takes no notification gets 128 connections for them at most, and the others once it has taken one', async () => {
    await using far = await startRemote();
    await using host = await hostBridge({ servers: [remoteSetting({ url: far.url })] });
    const session = await openSession(host.url);
    await session.post({ method: 'notifications/initialized' });
    const held: ServerResponse[] = [];
    far.hook = ({ message }, response) => message?.method === 'notifications/progress' && held.push(response) > 0;
    const posts = Array.from({ length: 160 }, () => session.post({ method: 'notifications/progress', params: {} }));
    await Promise.all(posts);
    await until('as many as may be are there', () => held.length >= 128);
    expect(await session.tool('echo', { a: 1 })).toBe('{"a":1}');
    expect(held).toHaveLength(128);
    for (const response of held.splice(0, 40)) response.writeHead(202).end();
    await until('the others are there', () => held.length === 120);
    for (const response of held) response.writeHead(202).end();
  });

  test('that redirects in circles is followed five times', async () => {
    await using far = await startRemote();
    far.hook = (_, response) => {
      response.writeHead(307, { Location: `/mcp?${Math.random()}` }).end();
      return true;
    };
    await using host = await hostBridge({ servers: [remoteSetting({ url: far.url })] });
    const session = await openSession(host.url);
    expect(far.seen).toHaveLength(6);
    expect(session.headers['mcp-session-id']).toBeDefined();
  });

  test('that names a session or a revision by what no header may hold is sent no header of its making', async () => {
    let requests = '';
    await using far = await startOrigin((socket) => {
      socket.on('data', (chunk) => {
        requests += chunk.toString('latin1');
        const id = /"id":(\d+|"[^"]*")/.exec(chunk.toString('latin1'))?.[1] ?? 'null';
        const body = `{"jsonrpc":"2.0","id":${id},"result":{"protocolVersion":"2025-11-25\\r\\nX-Made-Up: 4","capabilities":{},"serverInfo":{"name":"h","version":"1"}}}`;
        const fields = `Content-Type: application/json\r\nMcp-Session-Id: a X-Made-Up: 1\r\nSet-Cookie: a=b X-Made-Up: 2`;
        socket.write(`HTTP/1.1 200 OK\r\n${fields}\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
      });
    });
    await using host = await hosted(far, { Authorization: 'Bearer secret-token-1' });
    const session = await openSession(host.url);
    await session.post({ method: 'notifications/initialized' });
    await session.call('tools/call', { name: 'a\r\nX-Made-Up: 3' });
    expect(requests).toContain('tools/call');
    expect(requests).not.toMatch(/^mcp-session-id:/im);
    expect(requests).not.toMatch(/^x-made-up:/im);
  });

  test('that hides line breaks in the id of an event gets that id back, and no header of its making', async () => {
    const id = 'a\u010d\u010aX-Made-Up: 4\u010d\u010a\u010d\u010aGET /other HTTP/1.1';
    await using far = await startRemote();
    await using host = await hostBridge({ servers: [remoteSetting({ url: far.url })] });
    const session = await openSession(host.url);
    await session.post({ method: 'notifications/initialized' });
    far.hook = ({ method, headers, message }, response) => {
      if (message?.method === 'tools/call') {
        response.writeHead(200, { 'Content-Type': 'text/event-stream' });
        response.write(`id: ${id}\nretry: 0\ndata:\n\n`);
        return response.end() !== undefined;
      }
      if (method !== 'GET' || headers['last-event-id'] === undefined) return false;
      const answer = { jsonrpc: '2.0', id: 1, result: { content: [{ type: 'text', text: 'resumed' }] } };
      sendEvents(response, answer);
      return response.end() !== undefined;
    };
    expect(await session.tool('echo')).toBe('resumed');
    const [resumed] = far.seen.flatMap(({ headers }) => headers['last-event-id'] ?? []);
    // WHATWG HTML section 9.2.3: as UTF-8.
    expect(Buffer.from(String(resumed), 'latin1').toString('utf8')).toBe(id);
    expect(far.seen.flatMap(({ headers }) => headers['x-made-up'] ?? [])).toEqual([]);
    expect(far.seen.map(({ path }) => path)).not.toContain('/other');
  });
});
