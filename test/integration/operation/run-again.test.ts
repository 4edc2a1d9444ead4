import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppController, RunAgain } from '../../../app/desktop/index.ts';
import type { CallFacts } from '../../../app/inspect/index.ts';
import { createLog } from '../../../app/log/index.ts';
import { DEFAULT_SETTINGS, DEFAULT_STORED, memoryStore } from '../../../app/settings/index.ts';
import { ECHO_SERVER, serverSetting } from '../../support/bridge-host.ts';
import { fixtureServer } from '../../support/fixture-servers.ts';
import { modernAnswer } from '../../support/modern-request.ts';
import { openSession, type SessionClient } from '../../support/raw-mcp.ts';
import { freePort } from '../../support/tcp.ts';
import { until } from '../../support/until.ts';

let controller: AppController;
let again: RunAgain;
let url: string;
let client: SessionClient;

beforeAll(async () => {
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  const servers = [
    serverSetting({ args: [ECHO_SERVER, '--honest'] }),
    serverSetting({ name: 'quiet' }),
    fixtureServer('modern', { name: 'modern', era: 'modern' }),
  ];
  const settings = { ...DEFAULT_SETTINGS, port, servers, recordContents: ['echo', 'modern'] };
  controller = new AppController({
    store: memoryStore({ settings, habits: DEFAULT_STORED.habits }),
    running: createLog({ level: 'error' }),
    searchPath: () => null,
  });
  await controller.turnOn();
  again = new RunAgain(controller);
  client = await openSession(url, { path: '/servers/echo/mcp' });
});

afterAll(() => controller.end());

const calls = () =>
  controller.recorder.activity().calls.filter(({ side, from }) => side === 'client' && from === 'client');

/** The newest call of a tool. */
function newest(target: string): CallFacts {
  const call = calls().findLast((one) => one.target === target);
  if (call === undefined) throw new Error(`No call of ${target}`);
  return call;
}

const run = (call: CallFacts, isConfirmed = false) => again.run({ call: call.sequence, isConfirmed });

/** The call in a row, when it is over. */
async function ended(row: number | null): Promise<CallFacts | null> {
  const call = () => controller.recorder.call(row ?? -1);
  await until('the new call is over', () => call()?.outcome !== 'pending');
  return call();
}

/** What the request of a call said. */
const sent = (sequence: number) => controller.recorder.contents(sequence)?.sent?.text ?? '';

describe('A call that is run again', () => {
  it('is sent at once where its tool says that it only reads, with the params as they were, in a session of its own', async () => {
    const params = '{"name":"echo","arguments":{"text":"salt","big":9007199254740993}}';
    await fetch(`${url}/servers/echo/mcp`, {
      method: 'POST',
      headers: { ...client.headers },
      body: `{"jsonrpc":"2.0","id":7,"method":"tools/call","params":${params}}`,
    });
    const first = newest('echo');
    const answer = await run(first);
    expect(answer).toMatchObject({ kind: 'begun', row: expect.any(Number) });
    const row = answer.kind === 'begun' ? answer.row : null;
    const second = await ended(row);
    expect(second).toMatchObject({ target: 'echo', outcome: 'ok', client: 'mcp-gangway' });
    expect(second?.session).not.toBe(first.session);
    expect(sent(second?.sequence ?? 0)).toContain(`"params":${params}`);
    const isOver = () => controller.state().bridge.servers.find(({ name }) => name === 'echo')?.sessions.length === 1;
    await until('its session is over', isOver);
  });

  it('waits for a word where its tool does not say so: nothing is sent before', async () => {
    await client.tool('store', { value: 'pepper' });
    const first = newest('store');
    const asked = await run(first);
    expect(asked).toEqual({ kind: 'confirm', params: '{"name":"store","arguments":{"value":"pepper"}}' });
    expect(newest('store').sequence).toBe(first.sequence);
    const sessions = calls().filter(({ method }) => method === 'initialize').length;
    const answer = await run(first, true);
    expect(answer.kind === 'begun' && (await ended(answer.row))?.outcome).toBe('ok');
    expect(newest('store').session).not.toBe(first.session);
    expect(calls().filter(({ method }) => method === 'initialize')).toHaveLength(sessions);
  });

  it('is not sent where the person decides against it, and its session ends', async () => {
    const first = newest('store');
    expect(await run(first)).toMatchObject({ kind: 'confirm' });
    again.drop();
    const sessions = () => controller.state().bridge.servers.find(({ name }) => name === 'echo')?.sessions.length;
    await until('the session is over', () => sessions() === 1);
    expect(newest('store').sequence).toBe(first.sequence);
  });

  it('shows its failure in its row', async () => {
    const own = await openSession(url, { path: '/servers/echo/mcp' });
    await own.call('tools/call', { name: 'nowhere' });
    const answer = await run(newest('nowhere'), true);
    expect(answer.kind === 'begun' && (await ended(answer.row))?.outcome).toBe('cut');
  });

  it('goes on without an answer to what its server asks: our session can do nothing for it', async () => {
    const pending = await client.stream({ id: 'ask', method: 'tools/call', params: { name: 'ask' } });
    const answer = await run(newest('ask'));
    const over = await ended(answer.kind === 'begun' ? answer.row : null);
    expect(over?.outcome).toBe('ok');
    expect(controller.recorder.contents(over?.sequence ?? 0)?.received?.text).toContain('Method not found');
    pending.close();
  });

  it('leaves out what belongs to the exchange that it was sent in', async () => {
    const params = { name: 'echo', arguments: { text: 'sweet' }, requestState: 'round-2', inputResponses: {} };
    const meta = { progressToken: 'p-1', traceparent: '00-aa-bb-01' };
    await modernAnswer(`${url}/servers/modern`, { id: 'x', method: 'tools/call', params, meta });
    const answer = await run(newest('echo'), true);
    const over = await ended(answer.kind === 'begun' ? answer.row : null);
    expect(over).toMatchObject({ server: 'modern', transport: 'streamable', outcome: 'ok' });
    const text = sent(over?.sequence ?? 0);
    expect(text).toContain('"arguments":{"text":"sweet"},"_meta":{"traceparent":"00-aa-bb-01"}');
    expect(text).not.toMatch(/requestState|inputResponses|progressToken|io\.modelcontextprotocol/);
  });
});

describe('A call is not run again', () => {
  const reasonOf = async (call: CallFacts) => {
    const answer = await run(call, true);
    return answer.kind === 'refused' ? answer.reason : answer.kind;
  };

  it('where it was recorded only in part, holds what is hidden, or was not recorded', async () => {
    await client.tool('echo', { text: 'x'.repeat(70_000) });
    expect(await reasonOf(newest('echo'))).toBe('cut');
    await client.tool('echo', { text: 'x', password: 'hunter-2-x' });
    expect(await reasonOf(newest('echo'))).toBe('masked');
    const quiet = await openSession(url, { path: '/servers/quiet/mcp' });
    await quiet.tool('pid');
    expect(await reasonOf(newest('pid'))).toBe('not-recorded');
    controller.recorder.wipe();
    expect(await reasonOf(newest('store'))).toBe('not-kept');
    expect(await again.run({ call: 1_000_000, isConfirmed: true })).toEqual({ kind: 'refused', reason: 'not-kept' });
    await quiet.end();
  });

  it('where it has a meaning in its session only, or came to an address that servers share', async () => {
    await client.call('logging/setLevel', { level: 'info' });
    const set = calls().findLast(({ method }) => method === 'logging/setLevel');
    const inner = controller.recorder.activity().calls.find(({ side }) => side === 'server');
    expect(set === undefined || inner === undefined).toBe(false);
    const shared = await openSession(url, { path: '/all/mcp' });
    const hello = calls().findLast(({ server, method }) => server === '/all' && method === 'initialize');
    expect(hello === undefined ? null : await reasonOf(hello)).toBe('of-session');
    await shared.call('tools/list');
    const list = calls().findLast(({ server, method }) => server === '/all' && method === 'tools/list');
    expect(list === undefined ? null : await reasonOf(list)).toBe('shared-address');
    await shared.end();
    for (const call of [set, inner]) if (call !== undefined) expect(await reasonOf(call)).toBe('of-session');
  });

  it('where its server is gone, or nothing listens', async () => {
    await client.tool('echo', { text: 'last' });
    const call = newest('echo');
    const { servers } = controller.settings;
    await controller.change({ servers: servers.filter(({ name }) => name !== 'echo'), recordContents: [] });
    expect(await reasonOf(call)).toBe('no-server');
    await controller.change({ servers });
    await controller.turnOff();
    expect(await reasonOf(call)).toBe('off');
  });
});
