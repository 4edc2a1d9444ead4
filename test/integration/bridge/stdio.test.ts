import { describe, expect, onTestFinished, test } from 'vitest';
import { DEFAULT_SETTINGS, type Settings } from '../../../app/settings/settings.ts';
import { ECHO_SERVER, serverSetting } from '../../support/bridge-host.ts';
import { fixtureServer } from '../../support/fixture-servers.ts';
import { type Gangway, startGangway } from '../../support/gangway.ts';
import type { Message } from '../../support/http-client.ts';
import { type RawPeer, rawClient } from '../../support/raw-http.ts';
import { isAlive, until, untilGone } from '../../support/until.ts';

const OFFER = ['Connection: Upgrade', 'Upgrade: mcp-stdio'];
const HELLO = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } };

async function serve(changes: Partial<Settings> = {}): Promise<Gangway> {
  const gangway = await startGangway({ servers: [serverSetting()], defaultServer: 'echo', ...changes });
  onTestFinished(() => gangway[Symbol.asyncDispose]());
  return gangway;
}

async function ask({ port }: Gangway, line = 'GET /stdio', fields: readonly string[] = OFFER): Promise<RawPeer> {
  const peer = await rawClient(port);
  onTestFinished(() => peer.destroy());
  peer.write(`${line} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${fields.map((field) => `${field}\r\n`).join('')}\r\n`);
  return peer;
}

/** The status and the message of an answer that is no switch. The connection ends behind it. */
async function refusal(gangway: Gangway, line?: string, fields?: readonly string[]) {
  const peer = await ask(gangway, line, fields);
  const { start, body, fields: answered } = await peer.message();
  const { error }: Message = JSON.parse(body);
  return { status: Number(start.split(' ')[1]), message: error?.message, data: error?.data, fields: answered, peer };
}

async function open(gangway: Gangway, line?: string): Promise<RawPeer> {
  const peer = await ask(gangway, line);
  expect((await peer.head()).start).toBe('HTTP/1.1 101 Switching Protocols');
  return peer;
}

async function nextLine(peer: RawPeer): Promise<Message> {
  return JSON.parse(await peer.until('\n'));
}

function say(peer: RawPeer, message: object): void {
  peer.write(Buffer.from(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`));
}

describe('an offer to switch to lines', () => {
  test('is taken up, and what came in behind it is not lost', async () => {
    const gangway = await serve();
    const peer = await rawClient(gangway.port);
    const request = `GET /servers/echo/stdio HTTP/1.1\r\nHost: localhost\r\n${OFFER.join('\r\n')}\r\n\r\n`;
    peer.write(`${request}{"jsonrpc":"2.0","id":1,"method":"ping"}\n`);
    const { fields } = await peer.head();
    expect(fields).toEqual([
      ['Connection', 'Upgrade'],
      ['Upgrade', 'mcp-stdio'],
    ]);
    expect(await nextLine(peer)).toEqual({ jsonrpc: '2.0', result: {}, id: 1 });
    peer.destroy();
  });

  test('may stand among others, and behind a request on the same connection', async () => {
    const gangway = await serve();
    const peer = await ask(gangway, 'GET /healthz', []);
    await peer.message();
    peer.write(`GET /stdio HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: upgrade\r\nUpgrade: h3, MCP-Stdio\r\n\r\n`);
    expect((await peer.head()).start).toBe('HTTP/1.1 101 Switching Protocols');
    say(peer, { id: 'a', method: 'ping' });
    expect(await nextLine(peer)).toMatchObject({ id: 'a' });
  });

  test('is asked for where it is missing', async () => {
    const gangway = await serve();
    const { status, message, fields } = await refusal(gangway, 'GET /stdio', []);
    expect(status).toBe(426);
    expect(message).toContain('mcp-gangway connect');
    expect(fields).toContainEqual(['Upgrade', 'mcp-stdio']);
    expect((await refusal(gangway, 'GET /stdio', ['Connection: Upgrade', 'Upgrade: websocket'])).status).toBe(426);
    expect((await refusal(gangway, 'DELETE /stdio', OFFER)).status).toBe(405);
  });

  test('is nothing to any other path', async () => {
    const peer = await ask(await serve(), 'GET /healthz');
    expect((await peer.message()).start).toContain('200');
  });

  test('meets the guard first', async () => {
    const gangway = await serve({ token: 'a-token-that-is-long-enough' });
    const { status, fields, peer } = await refusal(gangway);
    expect(status).toBe(401);
    expect(fields).toContainEqual(['WWW-Authenticate', 'Bearer realm="MCP Gangway"']);
    expect(await peer.rest()).toBe('');
    expect((await refusal(gangway, 'GET /stdio', [...OFFER, 'Authorization: Bearer wrong'])).status).toBe(401);
    expect((await refusal(gangway, 'GET /stdio', [...OFFER, 'Origin: https://evil.example'])).status).toBe(403);
    const admitted = await ask(gangway, 'GET /stdio', [...OFFER, 'Authorization: Bearer a-token-that-is-long-enough']);
    expect((await admitted.head()).start).toContain('101');
    const foreign = await rawClient(gangway.port);
    foreign.write(`GET /stdio HTTP/1.1\r\nHost: evil.example\r\n${OFFER.join('\r\n')}\r\n\r\n`);
    expect((await foreign.message()).start).toContain('403');
    foreign.destroy();
  });

  test('to a server that is not there is answered with the names there are', async () => {
    const gangway = await serve({ defaultServer: null });
    expect(await refusal(gangway, 'GET /servers/nas/stdio')).toMatchObject({
      status: 404,
      message: 'There is no MCP server named nas. There are: echo.',
      data: { servers: ['echo'] },
    });
    expect(await refusal(gangway, 'GET /stdio')).toMatchObject({ status: 400 });
  });

  test('waits for its turn when all sessions or processes are taken', async () => {
    const gangway = await serve({ limits: { ...DEFAULT_SETTINGS.limits, sessions: 1 } });
    const first = await open(gangway);
    expect(await refusal(gangway)).toMatchObject({ status: 503, message: expect.stringContaining('All 1 sessions') });
    first.destroy();
    await until('there is room again', async () => {
      const next = await ask(gangway);
      const { start } = await next.head();
      return start.includes('101');
    });
  });

  test('to a server that keeps failing says for how long', async () => {
    const args = [ECHO_SERVER, '--instant-exit'];
    const gangway = await serve({ servers: [serverSetting({ args })] });
    let retryAfter: string | undefined;
    await until('the server gets a rest', async () => {
      const peer = await ask(gangway);
      const { start, fields } = await peer.head();
      if (!start.includes('503')) await peer.rest();
      retryAfter = fields.find(([name]) => name === 'Retry-After')?.[1];
      return start.includes('503') && retryAfter !== undefined;
    });
    expect(retryAfter).toMatch(/^[1-9]\d*$/);
  });
});

describe('a connection that carries lines', () => {
  test('ends with its server, and says why first', async () => {
    const peer = await open(await serve());
    say(peer, { id: 1, method: 'tools/call', params: { name: 'die', arguments: { code: 4 } } });
    expect(await nextLine(peer)).toMatchObject({ id: 1, error: { data: { exitCode: 4 } } });
    expect(await peer.rest()).toBe('');
  });

  test('takes its server along when it ends', async () => {
    const gangway = await serve();
    const peer = await open(gangway);
    say(peer, { id: 1, method: 'ping' });
    await nextLine(peer);
    const pid = gangway.engine.snapshot().bridge.servers[0]?.children[0]?.pid ?? 0;
    peer.end();
    await untilGone(pid);
    await until('the session is over', () => gangway.engine.snapshot().bridge.servers[0]?.sessions.length === 0);
    expect(isAlive(pid)).toBe(false);
  });

  test('ends when the server is restarted or taken away', async () => {
    const gangway = await serve();
    const restarted = await open(gangway);
    say(restarted, { id: 1, method: 'tools/call', params: { name: 'never' } });
    await until('the call is counted', () => gangway.engine.snapshot().bridge.servers[0]?.sessions[0]?.calls === 1);
    await gangway.engine.restartServer('echo');
    expect(await nextLine(restarted)).toMatchObject({ id: 1, error: { code: -32603 } });
    expect(await restarted.rest()).toBe('');
    const removed = await open(gangway);
    await gangway.engine.apply({ ...gangway.settings, servers: [], defaultServer: null });
    expect(await removed.rest()).toBe('');
  });

  test('refuses what is no message, and what is too long, and goes on', async () => {
    const messageBytes = 1024 * 1024;
    const gangway = await serve({ limits: { ...DEFAULT_SETTINGS.limits, messageBytes } });
    const peer = await open(gangway);
    peer.write('what?\n');
    expect(await nextLine(peer)).toMatchObject({ id: null, error: { code: -32700 } });
    say(peer, {
      id: 'long',
      method: 'tools/call',
      params: { name: 'echo', arguments: { text: 'x'.repeat(messageBytes) } },
    });
    expect(await nextLine(peer)).toMatchObject({ id: 'long', error: { data: { limit: messageBytes } } });
    say(peer, { id: 'ask', method: 'tools/call', params: { name: 'ask' } });
    const { id } = await nextLine(peer);
    say(peer, { id, result: { text: 'x'.repeat(messageBytes) } });
    expect(await nextLine(peer)).toMatchObject({
      id: 'ask',
      result: { content: [{ text: expect.stringContaining('more than the limit of 1048576 bytes') }] },
    });
  });

  test('has a batch of an old client taken apart', async () => {
    const peer = await open(await serve());
    peer.write('[{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","id":2,"method":"ping"}]\n');
    expect(await nextLine(peer)).toMatchObject({ id: 1 });
    expect(await nextLine(peer)).toMatchObject({ id: 2 });
  });

  test.each(['dual', 'modern'] as const)(
    'translates for a legacy client of a %s server where it must',
    async (name) => {
      const gangway = await serve({ servers: [fixtureServer(name)], defaultServer: name });
      const peer = await open(gangway);
      say(peer, { id: 0, method: 'initialize', params: HELLO });
      expect(await nextLine(peer)).toMatchObject({ id: 0, result: { protocolVersion: '2025-11-25' } });
      say(peer, { method: 'notifications/initialized' });
      say(peer, { id: 1, method: 'tools/call', params: { name: 'echo', arguments: { text: 'hello' } } });
      expect(await nextLine(peer)).toMatchObject({ id: 1, result: { content: [{ text: 'hello' }] } });
    },
  );
});
