import { describe, expect, onTestFinished, test } from 'vitest';
import { DEFAULT_SETTINGS, MEBIBYTE, type Settings } from '../../../app/settings/settings.ts';
import { type BridgeHost, hostBridge, serverSetting } from '../../support/bridge-host.ts';
import { type Gangway, startGangway } from '../../support/gangway.ts';
import { fieldValue, type RawPeer, rawClient, statusOf } from '../../support/raw-http.ts';
import { until } from '../../support/until.ts';

/** Messages of a mebibyte at most, so that all of them together may hold two. */
const LIMITS = { ...DEFAULT_SETTINGS.limits, messageBytes: MEBIBYTE };
const PIECE = 'x'.repeat(900_000);
const PING = '{"jsonrpc":"2.0","id":1,"method":"ping"}';

async function serve(bodyWindow?: number): Promise<BridgeHost> {
  const times = bodyWindow === undefined ? {} : { bodyWindow, tick: 20 };
  const host = await hostBridge({ limits: LIMITS }, { times });
  onTestFinished(() => host[Symbol.asyncDispose]());
  return host;
}

function head(path: string, fields: readonly string[], version = '1.1'): string {
  const all = ['Host: 127.0.0.1', 'Content-Type: application/json', 'Accept: application/json, text/event-stream'];
  return `POST ${path} HTTP/${version}\r\n${[...all, ...fields].map((field) => `${field}\r\n`).join('')}\r\n`;
}

async function client(port: number): Promise<RawPeer> {
  const peer = await rawClient(port);
  onTestFinished(() => peer.destroy());
  return peer;
}

/** A client that sends most of a body and then nothing more. */
async function unfinished(port: number, path = '/mcp', bytes = 1_000_000): Promise<RawPeer> {
  const peer = await client(port);
  peer.write(head(path, [`Content-Length: ${bytes}`]) + PIECE);
  return peer;
}

async function statusOfPost(port: number, path: string, body: string, chunked = false): Promise<number> {
  const peer = await client(port);
  const framed = chunked ? `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n` : body;
  peer.write(head(path, [chunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${body.length}`]) + framed);
  return statusOf(await peer.message());
}

async function openSse(port: number): Promise<string> {
  const peer = await client(port);
  peer.write('GET /sse HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
  await peer.head();
  const endpoint = /data: (\S+)/.exec(await peer.until('\n\n'))?.[1];
  return endpoint ?? '';
}

/** Uses the budget up. A holder that came while a probe held its place was refused, and is replaced. */
async function fill(port: number): Promise<readonly RawPeer[]> {
  const holders = new Set([await unfinished(port), await unfinished(port)]);
  await until('the budget is used up', async () => {
    if ((await statusOfPost(port, '/mcp', `"${PIECE}"`)) === 503) return true;
    for (const holder of holders) if (holder.socket.readableEnded || holder.socket.destroyed) holders.delete(holder);
    while (holders.size < 2) holders.add(await unfinished(port));
    return false;
  });
  return [...holders];
}

describe('unfinished request bodies', () => {
  test('share one budget: what goes beyond it is answered 503 with Retry-After, and its connection ends', async () => {
    const { port } = await serve();
    await fill(port);
    for (const version of ['1.1', '1.0']) {
      const peer = await client(port);
      peer.write(head('/mcp', ['Content-Length: 950000'], version) + PIECE);
      const answer = await peer.message();
      expect(statusOf(answer)).toBe(503);
      expect(Number(fieldValue(answer, 'Retry-After'))).toBeGreaterThan(0);
      expect(fieldValue(answer, 'Connection')).toBe('close');
      expect(answer.body).toContain('in a few seconds');
      await peer.end();
    }
  });

  test('leave room for small messages on every endpoint, however they are framed', async () => {
    const { port } = await serve();
    const messages = await openSse(port);
    await fill(port);
    expect(await statusOfPost(port, messages, PING)).toBe(202);
    expect(await statusOfPost(port, messages, PING, true)).toBe(202);
    // No session is named: the body was read and judged.
    expect(await statusOfPost(port, '/mcp', PING)).toBe(400);
    expect(await statusOfPost(port, '/mcp', PING.padEnd(60_000), true)).toBe(400);
  });

  test('are counted by what has come, not by what is announced, and chunked ones too', async () => {
    const { port } = await serve();
    const messages = await openSse(port);
    const announcing = await Promise.all(Array.from({ length: 6 }, () => client(port)));
    for (const peer of announcing) peer.write(head('/mcp', ['Content-Length: 1000000']));
    expect(await statusOfPost(port, '/mcp', PING.padEnd(900_000))).toBe(400);
    await fill(port);
    expect(await statusOfPost(port, messages, PING.padEnd(900_000), true)).toBe(503);
    expect(await statusOfPost(port, '/servers/echo/mcp', PING.padEnd(900_000), true)).toBe(503);
  });

  test('give their memory back when their client leaves', async () => {
    const { port } = await serve();
    for (const peer of await fill(port)) peer.destroy();
    await until('there is room again', async () => (await statusOfPost(port, '/mcp', PING.padEnd(900_000))) === 400);
    expect(await statusOfPost(port, '/mcp', PING.padEnd(MEBIBYTE))).toBe(400);
  });

  test('that do not grow are answered 408, and so are those that only drip', async () => {
    const { port } = await serve(300);
    const still = await client(port);
    still.write(`${head('/mcp', ['Content-Length: 1000'])}{`);
    const dripping = await client(port);
    dripping.write(head('/mcp', ['Transfer-Encoding: chunked']));
    const drip = setInterval(() => dripping.socket.writable && dripping.write('1\r\n \r\n'), 20);
    onTestFinished(() => clearInterval(drip));
    for (const peer of [still, dripping]) {
      const answer = await peer.message();
      expect(statusOf(answer)).toBe(408);
      expect(fieldValue(answer, 'Connection')).toBe('close');
    }
  });

  test('that grow steadily are taken, however long they need', async () => {
    const { port } = await serve(200);
    const peer = await client(port);
    peer.write(head('/mcp', ['Content-Length: 60000']));
    for (let sent = 0; sent < 60_000; sent += 2000) {
      peer.write((sent === 0 ? PING : '').padEnd(2000));
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    expect(statusOf(await peer.message())).toBe(400);
  });

  test('that are too long are answered 413, and the connection ends instead of carrying the rest', async () => {
    const { port } = await serve();
    for (const fields of [['Content-Length: 99999999999'], ['Transfer-Encoding: chunked']]) {
      const peer = await client(port);
      peer.write(head('/mcp', fields));
      if (fields[0]?.startsWith('Transfer')) peer.write(`200000\r\n${'x'.repeat(0x200000)}\r\n`);
      const answer = await peer.message();
      expect(statusOf(answer)).toBe(413);
      expect(fieldValue(answer, 'Connection')).toBe('close');
    }
  });
});

describe('messages that a server does not take', () => {
  test('count until it takes them', async () => {
    const deaf = serverSetting({ name: 'deaf', args: ['-e', 'setTimeout(() => {}, 60_000)'] });
    const host = await hostBridge({ servers: [deaf], limits: LIMITS });
    onTestFinished(() => host[Symbol.asyncDispose]());
    const params = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: PIECE, version: '1' } };
    const body = JSON.stringify({ jsonrpc: '2.0', id: 0, method: 'initialize', params });
    for (let sent = 0; sent < 2; sent++) {
      const peer = await client(host.port);
      peer.write(head('/mcp', [`Content-Length: ${body.length}`]) + body);
      await until('the session is there', () => host.bridge.snapshot().servers[0]?.sessions.length === sent + 1);
    }
    expect(await statusOfPost(host.port, '/mcp', body)).toBe(503);
    await host.bridge.restart('deaf');
    expect(await statusOfPost(host.port, '/mcp', PING.padEnd(900_000))).toBe(400);
  });
});

describe('an unfinished line of a client', () => {
  async function serveLines(changes: Partial<Settings> = {}): Promise<Gangway> {
    const servers = [serverSetting()];
    const gangway = await startGangway({ servers, defaultServer: 'echo', limits: LIMITS, ...changes });
    onTestFinished(() => gangway[Symbol.asyncDispose]());
    return gangway;
  }

  async function openLines({ port }: Gangway): Promise<RawPeer> {
    const peer = await client(port);
    peer.write('GET /stdio HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: mcp-stdio\r\n\r\n');
    await peer.head();
    return peer;
  }

  test('takes from the same budget, and one that finds no room is answered by an error with its id', async () => {
    const gangway = await serveLines();
    const holders: RawPeer[] = [];
    // The look takes room as well, for which a line under way may be refused: then one more is begun.
    await until('the budget is used up', async () => {
      if ((await statusOfPost(gangway.port, '/mcp', `"${PIECE}"`)) === 503) return true;
      const holder = await openLines(gangway);
      holder.write(`{"a":"${PIECE}`);
      holders.push(holder);
      return false;
    });
    const late = await openLines(gangway);
    late.write(`{"jsonrpc":"2.0","id":7,"method":"echo","params":{"a":"${PIECE}"}}\n${PING}\n`);
    const [refused, pong] = [JSON.parse(await late.until('\n')), JSON.parse(await late.until('\n'))];
    expect(refused).toMatchObject({ id: 7, error: { message: expect.stringContaining('in a few seconds') } });
    expect(pong).toEqual({ jsonrpc: '2.0', id: 1, result: {} });
    for (const holder of holders) holder.destroy();
    await until('there is room', async () => (await statusOfPost(gangway.port, '/mcp', PING.padEnd(900_000))) === 400);
  });
});
