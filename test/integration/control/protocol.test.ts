import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ControlClient, findInstance, socketHome } from '../../../app/control/client/index.ts';
import type { Controlled } from '../../../app/control/index.ts';
import { controlledOperation, folderIn, HELLO, openIn, operate, RawControl } from '../../support/control.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { until } from '../../support/until.ts';

const TRANSCRIPTS = fileURLToPath(new URL('../../fixtures/control', import.meta.url));

interface TranscriptLine {
  readonly from: 'client' | 'instance';
  readonly line: Readonly<Record<string, unknown>>;
}

/** What the sides of an earlier protocol have said to each other, one line each. */
function transcript(protocol: string): readonly TranscriptLine[] {
  const text = readFileSync(join(TRANSCRIPTS, protocol, 'session.jsonl'), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** The members of a recorded value, all of which another value has to have, of the same types; lists may differ in length. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return expect.any(Array);
  if (typeof value !== 'object' || value === null) return value === null ? null : expect.any(Object(value).constructor);
  return expect.objectContaining(Object.fromEntries(Object.entries(value).map(([key, one]) => [key, shapeOf(one)])));
}

async function open(changes: Partial<Controlled> = {}, options: Parameters<typeof openIn>[2] = {}) {
  const home = temporaryDirectory();
  const controller = await operate();
  const opened = await openIn(home, { ...controlledOperation(controller), ...changes }, options);
  return { ...opened, home, controller };
}

describe.each(readdirSync(TRANSCRIPTS))('%s, as it was recorded', (protocol) => {
  test('is spoken by our server with a client of that time', async () => {
    const { control } = await open();
    const client = new RawControl(control.path);
    for (const { from, line } of transcript(protocol)) {
      if (from === 'client') client.send(line);
      else if ('id' in line) expect(await client.answerTo(Number(line['id']))).toEqual(shapeOf(line));
      else await until('the event comes', () => client.messages.some(({ method }) => method === line['method']));
    }
    expect(client.isClosed).toBe(false);
  });

  test('is spoken by our client with a server of that time', async () => {
    const lines = transcript(protocol);
    const path = join(temporaryDirectory(), 'old.sock');
    const received: unknown[] = [];
    const server = createServer((socket) => {
      let next = 0;
      socket.on('data', (chunk) => {
        for (const text of String(chunk).trim().split('\n')) {
          received.push(JSON.parse(text));
          next++;
          while (lines[next]?.from === 'instance') socket.write(`${JSON.stringify(lines[next++]?.line)}\n`);
        }
      });
    }).listen(path);
    onTestFinished(() => void server.close());
    const client = await ControlClient.open(path, '1');
    expect(client.hello).toMatchObject({ role: 'app', pid: 4321, protocol: 1, address: { port: 28080 } });
    expect(await client.request('status')).toMatchObject({ role: 'app', listening: [] });
    await expect(client.request('servers.restart', { server: 'nas' })).rejects.toMatchObject({
      name: 'ControlFault',
      reason: 'no-such-server',
    });
    const events: unknown[] = [];
    const following = client.follow('follow', {}, (data, dropped) => events.push([data, dropped]));
    await until('an event has come', () => events.length > 0);
    following.cancel();
    expect(await following.ended).toEqual({ dropped: 0 });
    expect(events).toEqual([[{ snapshot: expect.any(Object) }, 0]]);
    client.close();
    // What our client has sent has the members of what was sent then.
    const sent = lines.filter(({ from }) => from === 'client').map(({ line }) => line);
    expect(received).toEqual(
      sent.map(({ method, params }) => expect.objectContaining({ jsonrpc: '2.0', method, params: shapeOf(params) })),
    );
  });
});

describe('another protocol number', () => {
  test.each([
    [{ min: 2, max: 3 }, 'client-too-new', 'is too old for this mcp-gangway'],
    [{ min: 0, max: 0 }, 'client-too-old', 'This mcp-gangway is too old'],
  ])('%j of a client is refused with the cure, and the connection ends', async (protocols, reason, sentence) => {
    const { control } = await open();
    const client = new RawControl(control.path);
    const answer = await client.ask(1, 'hello', { protocols });
    expect(answer).toMatchObject({
      error: {
        code: -32000,
        message: expect.stringContaining(sentence),
        data: { reason, version: '9.9.9', protocols: { min: 1, max: 1 } },
      },
    });
    await client.closed();
  });

  test('that overlaps with ours is agreed on', async () => {
    const { control } = await open();
    const answer = await new RawControl(control.path).ask(1, 'hello', { protocols: { min: 1, max: 7 } });
    expect(answer).toMatchObject({ result: { protocol: 1, protocols: { min: 1, max: 1 } } });
  });

  test.each([
    [{ min: 2, max: 4 }, 'client-too-old'],
    [{ min: 0, max: 0 }, 'client-too-new'],
  ])('%j of an instance is understood by our client, whichever way it says so', async (protocols, reason) => {
    const home = temporaryDirectory();
    const { control } = await openIn(home, controlledOperation(await operate()));
    const file = join(control.path, '..', '1-abc.abcdef.sock');
    control.close();
    const result = { product: 'mcp-gangway', version: '7.0.0', protocol: protocols.max, protocols, role: 'app' };
    const other = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', () => socket.write(`${JSON.stringify({ jsonrpc: '2.0', id: 1, result })}\n`));
    }).listen(file);
    onTestFinished(() => void other.close());
    const found = await findInstance(socketHome([folderIn(home)]), { port: null, any: true, version: '1' });
    expect(found).toMatchObject({ kind: 'incompatible', fault: { reason, data: { version: '7.0.0' } } });
  });
});

describe('a connection', () => {
  test('begins with hello', async () => {
    const { control } = await open();
    const client = new RawControl(control.path);
    expect(await client.ask(1, 'status')).toMatchObject({ error: { code: -32600, data: { reason: 'hello-first' } } });
    expect(await client.ask(2, 'hello')).toMatchObject({ result: { product: 'mcp-gangway' } });
    expect(await client.ask(3, 'status')).toMatchObject({ result: { role: 'app' } });
  });

  test('sends nothing before a request, so that a program that only reads learns nothing', async () => {
    const { control } = await open({}, { times: { hello: 100, idle: 1000 } });
    const client = new RawControl(control.path);
    await client.closed();
    expect(client.messages).toEqual([]);
  });

  test('goes on behind what it does not understand', async () => {
    const { control } = await open();
    const client = new RawControl(control.path);
    client.send({ ...HELLO, extra: [1], params: { ...HELLO.params, colour: 'blue' } });
    client.socket.write(
      'nonsense\n[1,2]\n"text"\n\n{}\n{"jsonrpc":"2.0","method":"later/thing"}\n{"id":9,"result":{}}\n',
    );
    expect(await client.ask(2, 'no.such.method')).toMatchObject({
      error: { code: -32601, data: { reason: 'unknown-method' } },
    });
    expect(await client.ask(3, '__proto__')).toMatchObject({ error: { code: -32601 } });
    expect(await client.ask(4, 'servers.stop', { server: 7 })).toMatchObject({
      error: { code: -32602, data: { param: 'server' } },
    });
    expect(await client.ask(5, 'servers.list', { later: true })).toMatchObject({
      result: { servers: [{ name: 'echo' }] },
    });
    expect(client.messages.filter(({ id }) => id === null)).toHaveLength(4);
  });

  test.each([
    ['nonsense', -32700, 'not-json'],
    ['{"id":1', -32700, 'not-json'],
    ['[{"jsonrpc":"2.0","id":7,"method":"status"}]', -32600, 'invalid-request'],
    ['"status"', -32600, 'invalid-request'],
    ['{}', -32600, 'invalid-request'],
    ['{"jsonrpc":"2.0","id":7}', -32600, 'invalid-request'],
    ['{"jsonrpc":"2.0","id":7,"method":7}', -32600, 'invalid-request'],
    ['{"jsonrpc":"2.0","id":null,"method":"status"}', -32600, 'invalid-request'],
    ['{"jsonrpc":"2.0","id":true,"method":"status"}', -32600, 'invalid-request'],
    ['{"jsonrpc":"2.0","id":[7],"method":"status"}', -32600, 'invalid-request'],
    ['{"jsonrpc":"2.0","id":{"a":1},"method":"cancel"}', -32600, 'invalid-request'],
  ])('is told under the id null that %s is no request, and goes on', async (line, code, reason) => {
    const { control } = await open();
    const client = new RawControl(control.path);
    await client.ask(1, 'hello');
    client.socket.write(`${line}\n`);
    expect(await client.answerTo(null)).toMatchObject({
      id: null,
      error: { code, message: expect.any(String), data: { reason } },
    });
    expect(await client.ask(2, 'servers.list')).toMatchObject({ result: { servers: [{ name: 'echo' }] } });
  });

  test('takes ids of text and of any number', async () => {
    const { control } = await open();
    const client = new RawControl(control.path);
    await client.ask(1, 'hello');
    for (const id of ['', 'a text', 0, -1, 1.5]) {
      client.send({ id, method: 'servers.list' });
      expect(await client.answerTo(id)).toMatchObject({ result: { servers: [{ name: 'echo' }] } });
    }
  });

  test('takes requests in pieces and many in one, and answers in their order, also behind the end of the input', async () => {
    const { control } = await open();
    const client = new RawControl(control.path);
    for (const byte of Buffer.from(`${JSON.stringify(HELLO)}\n`)) client.socket.write(Buffer.of(byte));
    client.send(...Array.from({ length: 200 }, (_, index) => ({ id: index + 2, method: 'servers.list' })));
    client.socket.end();
    await client.closed();
    expect(client.messages.map(({ id }) => id)).toEqual(Array.from({ length: 201 }, (_, index) => index + 1));
  });

  test('ends at a line without an end', async () => {
    const { control } = await open();
    const client = new RawControl(control.path);
    await client.ask(1, 'hello');
    const chunk = 'x'.repeat(1024 * 1024);
    for (let sent = 0; sent < 6 && !client.isClosed; sent++) client.socket.write(chunk);
    await client.closed();
    expect(client.messages.slice(1)).toMatchObject([{ error: { data: { reason: 'line-too-long' } } }]);
  });

  test('beyond the limit is turned away with a reason, and there is room again when one has left', async () => {
    const { control } = await open({}, { connections: 2 });
    const [one, two] = [new RawControl(control.path), new RawControl(control.path)];
    await Promise.all([one.ask(1, 'hello'), two.ask(1, 'hello')]);
    const third = new RawControl(control.path);
    await third.closed();
    expect(third.messages).toMatchObject([{ id: null, error: { data: { reason: 'too-many-connections' } } }]);
    one.socket.destroy();
    await until('another is taken', async () => {
      const next = new RawControl(control.path);
      next.send(HELLO);
      await until('it is answered', () => next.messages.length > 0);
      return next.messages[0]?.['result'] !== undefined;
    });
  });

  test('that asks nothing ends after a while, one that follows does not', async () => {
    const { control } = await open({}, { times: { hello: 5000, idle: 150 } });
    const [idle, following] = [new RawControl(control.path), new RawControl(control.path)];
    await Promise.all([idle.ask(1, 'hello'), following.ask(1, 'hello')]);
    following.send({ id: 2, method: 'follow' });
    await idle.closed();
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(following.isClosed).toBe(false);
  });

  test('whose request fails inside is told so without details, which are in the log', async () => {
    const { control, lines } = await open({
      snapshot() {
        throw new Error('a detail');
      },
    });
    const client = new RawControl(control.path);
    client.send(HELLO, { id: 2, method: 'status' });
    const answer = await client.answerTo(2);
    expect(answer).toMatchObject({ error: { code: -32603, data: { reason: 'internal' } } });
    expect(JSON.stringify(answer)).not.toContain('a detail');
    expect(lines).toMatchObject([{ level: 'error', message: expect.stringContaining('a detail') }]);
  });
});

describe('a stream of events', () => {
  /** Something to follow, whose deltas are what the test makes of them. */
  async function followed() {
    const listeners = new Set<(delta: object) => void>();
    const opened = await open({
      snapshot: () => ({}),
      subscribe(listener) {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    });
    const emit = (delta: object): void => {
      for (const listener of listeners) listener(delta);
    };
    return { ...opened, listeners, emit };
  }

  test('comes beside the answers to other requests, until it is cancelled', async () => {
    const { control, listeners, emit } = await followed();
    const client = await ControlClient.open(control.path, '1');
    const events: unknown[] = [];
    const following = client.follow('follow', {}, (data) => events.push(data));
    expect(await client.request('servers.list')).toMatchObject({ servers: [{ name: 'echo' }] });
    emit({ n: 1 });
    await until('both have come', () => events.length === 2);
    expect(events).toEqual([{ snapshot: {} }, { delta: { n: 1 } }]);
    following.cancel();
    expect(await following.ended).toEqual({ dropped: 0 });
    expect(listeners.size).toBe(0);
    client.close();
  });

  test('ends with the connection, and nothing is left behind', async () => {
    const { control, listeners } = await followed();
    const client = new RawControl(control.path);
    client.send(HELLO, { id: 2, method: 'follow' });
    await until('it is followed', () => listeners.size === 1);
    client.socket.destroy();
    await until('nothing is followed', () => listeners.size === 0);
    expect(listeners.size).toBe(0);
  });

  test('drops and counts for a client that does not read, and holds nothing up', async () => {
    const { control, emit, listeners } = await followed();
    const slow = new RawControl(control.path);
    slow.send(HELLO, { id: 2, method: 'follow' });
    await until('it is followed', () => listeners.size === 1);
    slow.socket.pause();
    const before = process.memoryUsage().rss;
    const text = 'x'.repeat(10_000);
    const quick = await ControlClient.open(control.path, '1');
    let got = 0;
    quick.follow('follow', {}, () => got++).ended.catch(() => undefined);
    await until('both follow', () => listeners.size === 2);
    for (let round = 0; round < 200; round++) {
      for (let n = 0; n < 20; n++) emit({ text });
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024);
    expect(await quick.request('servers.list')).toMatchObject({ servers: [{ name: 'echo' }] });
    expect(got).toBeGreaterThan(100);
    slow.socket.resume();
    await until('it reads again', () => slow.messages.length > 2);
    await until('it has caught up, and is told how much it missed', () => {
      emit({ text: 'now' });
      const last = Object(slow.messages.at(-1)?.['params']);
      return last.data?.delta?.text === 'now' && last.dropped > 1000;
    });
    quick.close();
  });

  test('of the same id, or one too many, is refused', async () => {
    const { control } = await followed();
    const client = new RawControl(control.path);
    client.send(HELLO, ...Array.from({ length: 17 }, (_, index) => ({ id: 10 + index, method: 'follow' })), {
      id: 10,
      method: 'follow',
    });
    expect(await client.answerTo(26)).toMatchObject({ error: { code: -32600 } });
    expect(await client.answerTo(10)).toMatchObject({ error: { code: -32600 } });
  });
});

test('a client that asks for much and reads nothing makes no answers', async () => {
  let answered = 0;
  const { control } = await open({
    snapshot() {
      answered++;
      return { text: 'x'.repeat(100_000) };
    },
  });
  const client = new RawControl(control.path);
  await client.ask(1, 'hello');
  client.socket.pause();
  client.send(...Array.from({ length: 200 }, (_, index) => ({ id: index + 2, method: 'status' })));
  await until('it has begun', () => answered > 0);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(answered).toBeLessThan(50);
  client.socket.resume();
  await client.answerTo(201);
  expect(answered).toBe(200);
});
