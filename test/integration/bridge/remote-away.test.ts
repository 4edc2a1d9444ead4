import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { AnswersFile } from '../../../app/servers/index.ts';
import { hostBridge, remoteSetting } from '../../support/bridge-host.ts';
import { modernAnswer } from '../../support/modern-request.ts';
import { rememberingLog } from '../../support/quiet-log.ts';
import { answerIn, openSession, postTo, type SessionClient } from '../../support/raw-mcp.ts';
import { type Hook, type RemoteOrigin, resultFor, sendJson, startRemote } from '../../support/remote-origin.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { until } from '../../support/until.ts';

const initialize = { id: 0, method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {} } };

/** A client that waits for as long as it takes to see that the remote is not there. */
const hosted = (far: RemoteOrigin, patience = 50, era: 'auto' | 'modern' = 'auto') =>
  hostBridge({ servers: [remoteSetting({ url: far.url, era })] }, { times: { remotePatience: patience } });

const call = (session: SessionClient) => session.call('tools/call', { name: 'echo', arguments: { a: 1 } });
const works = { result: { content: [{ type: 'text', text: '{"a":1}' }] } };

/** What a remote was told behind `initialize`, with which it is looked for besides. */
const told = (far: RemoteOrigin) => far.posted().filter((method) => method !== 'initialize');

async function opened(url: string): Promise<SessionClient> {
  const session = await openSession(url);
  await session.post({ method: 'notifications/initialized' });
  return session;
}

describe('A client whose remote server is away when it starts', () => {
  test('is told so by instructions and empty lists, gets errors for calls only, and hears when the server is there', async () => {
    await using far = await startRemote();
    await far.stop();
    await using host = await hosted(far);
    const greeting = answerIn(await postTo(`${host.url}/mcp`, initialize), 0);
    expect(greeting.result).toMatchObject({
      protocolVersion: '2025-11-25',
      capabilities: { tools: { listChanged: true } },
      serverInfo: { name: 'remote' },
      instructions: expect.stringContaining('The MCP server remote cannot be reached: 127.0.0.1:'),
    });
    const session = await opened(host.url);
    const stream = await session.get();
    expect(await session.call('tools/list')).toMatchObject({ result: { tools: [] } });
    expect(await session.call('resources/templates/list')).toMatchObject({ result: { resourceTemplates: [] } });
    expect(await session.call('ping')).toMatchObject({ result: {} });
    expect((await call(session)).error?.message).toContain('refused the connection');
    await far.start();
    expect(await call(session)).toMatchObject(works);
    expect(await stream.nextMessage()).toMatchObject({ method: 'notifications/tools/list_changed' });
    expect(await session.call('tools/list')).toMatchObject({ result: { tools: [{ name: 'echo' }] } });
    expect(told(far)[0]).toBe('notifications/initialized');
    stream.close();
  });

  test('finds it again without a call, and with what it has set up meanwhile', async () => {
    await using far = await startRemote();
    await far.stop();
    await using host = await hosted(far);
    const session = await opened(host.url);
    expect(await session.call('logging/setLevel', { level: 'debug' })).toMatchObject({ result: {} });
    await far.start();
    await until('the remote has been told', () => far.posted().includes('logging/setLevel'));
    expect(told(far)).toEqual(['notifications/initialized', 'logging/setLevel']);
  });

  test('gets what the server said of itself when it was last there', async () => {
    await using far = await startRemote();
    await using host = await hosted(far, 60_000);
    await opened(host.url);
    await far.stop();
    const { result } = answerIn(await postTo(`${host.url}/mcp`, initialize), 0);
    expect(result).toMatchObject({
      capabilities: { tools: { listChanged: true }, logging: {} },
      serverInfo: { name: 'remote', version: '1' },
      _meta: { 'mcp-gangway/unavailable': expect.stringContaining('cannot be reached') },
    });
    expect(result).not.toHaveProperty('instructions');
  });

  test('gets what the server said of itself before this process was started', async () => {
    await using far = await startRemote();
    const file = join(temporaryDirectory(), 'answers.json');
    const servers = [remoteSetting({ url: far.url })];
    const answers = () => new AnswersFile(file, rememberingLog().log);
    const before = await hostBridge({ servers }, { answers: answers() });
    await opened(before.url);
    await before[Symbol.asyncDispose]();
    await far.stop();
    await using host = await hostBridge({ servers }, { answers: answers(), times: { remotePatience: 60_000 } });
    const { result } = answerIn(await postTo(`${host.url}/mcp`, initialize), 0);
    expect(result).toMatchObject({ capabilities: { logging: {} }, serverInfo: { name: 'remote', version: '1' } });
  });

  test('is answered in time by a server that takes the connection and says nothing, and hears it once it speaks', async () => {
    await using far = await startRemote();
    let go = (): void => undefined;
    far.hook = ({ message }) =>
      message?.method === 'initialize' ? new Promise((resolve) => (go = () => resolve(false))) : false;
    await using host = await hosted(far);
    const session = await opened(host.url);
    expect(await session.call('tools/list')).toMatchObject({ result: { tools: [] } });
    const answer = call(session);
    go();
    expect(await answer).toMatchObject(works);
    expect(far.posted().filter((method) => method === 'initialize')).toHaveLength(1);
  });
});

test('A client without a session is told who the server is, and of empty lists, while the server is away: only calls fail', async () => {
  await using far = await startRemote();
  await far.stop();
  await using host = await hosted(far);
  const asked = (method: string, params = {}) => modernAnswer(host.url, { method, params });
  expect(await asked('server/discover')).toMatchObject({
    result: { supportedVersions: ['2026-07-28'], capabilities: { tools: { listChanged: true } } },
  });
  expect(await asked('tools/list')).toMatchObject({ result: { tools: [] } });
  expect((await asked('tools/call', { name: 'echo' })).error?.message).toContain('refused the connection');
});

describe('A client whose remote server asks for a sign-in', () => {
  test('starts all the same, is told by its calls, and needs no restart once the server lets it in', async () => {
    await using far = await startRemote();
    far.hook = (_, response) => {
      response.writeHead(401).end();
      return true;
    };
    await using host = await hosted(far, 60_000);
    const session = await opened(host.url);
    expect((await call(session)).error?.message).toContain('asks for a sign-in');
    far.hook = () => false;
    expect(await call(session)).toMatchObject(works);
  });
});

/** A server of 2026-07-28 alone: it refuses every handshake. */
const modernOnly: Hook = ({ message }, response) => {
  if (message?.id === undefined || message.method === undefined) return false;
  const { id, method } = message;
  const isModern = message.params?.['_meta'] !== undefined;
  const data = { supported: ['2026-07-28'], requested: '' };
  const error = { code: -32022, message: 'Unsupported protocol version', data };
  const result = {
    resultType: 'complete',
    ...(method === 'server/discover'
      ? { supportedVersions: ['2026-07-28'], capabilities: { tools: { listChanged: true }, logging: {} } }
      : resultFor(message)),
  };
  return sendJson(response, isModern ? 200 : 400, { jsonrpc: '2.0', id, ...(isModern ? { result } : { error }) });
};

const refused: Hook = (_, response) => {
  response.writeHead(401).end();
  return true;
};

describe.each(['auto', 'modern'] as const)('A legacy client whose server knows 2026-07-28 only (era: %s)', (era) => {
  test('starts while the server is away, with empty lists, and is translated for once it is there', async () => {
    await using far = await startRemote();
    far.hook = modernOnly;
    await far.stop();
    await using host = await hosted(far, 50, era);
    const greeting = answerIn(await postTo(`${host.url}/mcp`, initialize), 0);
    expect(greeting.result).toMatchObject({ instructions: expect.stringContaining('cannot be reached') });
    const session = await opened(host.url);
    const stream = await session.get();
    expect(await session.call('tools/list')).toMatchObject({ result: { tools: [] } });
    expect(await session.call('logging/setLevel', { level: 'debug' })).toMatchObject({ result: {} });
    await far.start();
    expect(await call(session)).toMatchObject(works);
    expect(await stream.nextMessage()).toMatchObject({ method: 'notifications/tools/list_changed' });
    expect(await session.call('tools/list')).toMatchObject({ result: { tools: [{ name: 'echo' }] } });
    // The level that was set before reaches the server with each request.
    const called = far.seen.find(({ message }) => message?.method === 'tools/call');
    expect(called?.message?.params?.['_meta']).toMatchObject({ 'io.modelcontextprotocol/logLevel': 'debug' });
    stream.close();
  });

  test('starts while a sign-in is asked for, and needs no restart once the server lets it in', async () => {
    await using far = await startRemote();
    far.hook = refused;
    await using host = await hosted(far, 60_000, era);
    const session = await opened(host.url);
    expect((await call(session)).error?.message).toContain('asks for a sign-in');
    far.hook = modernOnly;
    expect(await call(session)).toMatchObject(works);
  });
});

test('A server that was started anew as one of 2026-07-28 only is translated for in the session that there is', async () => {
  await using far = await startRemote();
  await using host = await hosted(far);
  const session = await opened(host.url);
  const stream = await session.get();
  expect(await session.call('logging/setLevel', { level: 'debug' })).toMatchObject({ result: {} });
  far.hook = ({ message }) => message?.method === 'tools/call' && new Promise(() => undefined);
  const lost = call(session);
  await until('a call is under way', () => far.posted().includes('tools/call'));
  await far.stop();
  expect((await lost).error?.message).toContain('cannot be reached');
  far.hook = modernOnly;
  await far.start();
  expect(await call(session)).toMatchObject(works);
  expect(await stream.nextMessage()).toMatchObject({ method: 'notifications/tools/list_changed' });
  const called = far.seen.findLast(({ message }) => message?.method === 'tools/call');
  expect(called?.message?.params?.['_meta']).toMatchObject({ 'io.modelcontextprotocol/logLevel': 'debug' });
  stream.close();
});

/** A server of sessions alone. */
const legacyOnly: Hook = ({ message }, response) => {
  if (Object(message?.params?.['_meta'])['io.modelcontextprotocol/protocolVersion'] === undefined) return false;
  const error = { code: -32000, message: 'Bad Request: No valid session ID provided' };
  return sendJson(response, 400, { jsonrpc: '2.0', id: null, error });
};

describe.each([
  ['2026-07-28 only', legacyOnly, modernOnly],
  ['sessions only', modernOnly, legacyOnly],
])('A server that was started anew as one of %s', (_, before, after) => {
  test('is found out to be that by clients with a session and without', async () => {
    await using far = await startRemote();
    far.hook = before;
    await using host = await hosted(far);
    const stateless = () =>
      modernAnswer(host.url, { method: 'tools/call', params: { name: 'echo', arguments: { a: 1 } } });
    expect(await stateless()).toMatchObject(works);
    await far.stop();
    far.hook = after;
    await far.start();
    expect(await call(await opened(host.url))).toMatchObject(works);
    await until('the other client is served again', async () => (await stateless()).result !== undefined);
    expect(await stateless()).toMatchObject(works);
  });
});

test('A session that was translated for ends where the server was started anew as one of sessions only, and another works', async () => {
  await using far = await startRemote();
  far.hook = modernOnly;
  await using host = await hosted(far);
  const session = await opened(host.url);
  expect(await call(session)).toMatchObject(works);
  await far.stop();
  far.hook = legacyOnly;
  await far.start();
  expect((await call(session)).error?.message).toContain('No valid session ID');
  await until('it has ended', () => host.bridge.snapshot().servers[0]?.sessions.length === 0);
  expect(await call(await opened(host.url))).toMatchObject(works);
});

test('A server that lets anyone say hello, refuses that, and asks for a sign-in beyond it is waited for', async () => {
  await using far = await startRemote();
  far.hook = (seen, response) =>
    seen.message?.method === 'initialize' ? modernOnly(seen, response) : refused(seen, response);
  await using host = await hosted(far, 60_000);
  const session = await opened(host.url);
  expect((await call(session)).error?.message).toContain('asks for a sign-in');
  far.hook = modernOnly;
  expect(await call(session)).toMatchObject(works);
});

test('A server that refuses the handshake and is not modern is told of by each call, and is no reason to end', async () => {
  await using far = await startRemote();
  far.hook = refused;
  await using host = await hosted(far, 60_000);
  const session = await opened(host.url);
  far.hook = (_, response) => sendJson(response, 418, {});
  for (let times = 0; times < 2; times++) expect((await call(session)).error?.message).toContain('it answered 418');
  far.hook = () => false;
  expect(await call(session)).toMatchObject(works);
});
