import { expect, test } from 'vitest';
import { hostBridge, serverSetting } from '../../support/bridge-host.ts';
import { fixtureServer } from '../../support/fixture-servers.ts';
import { openSession, openSse } from '../../support/raw-mcp.ts';

const STRICT = new URL('../../fixtures/strict-legacy.mjs', import.meta.url).pathname;

const discover = {
  id: 'probe',
  method: 'server/discover',
  params: {
    _meta: {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientCapabilities': {},
    },
  },
};

const initialize = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } };

test('a session that begins in the modern era does not end a legacy child that would end at that', async () => {
  await using host = await hostBridge({ servers: [serverSetting({ era: 'auto', args: [STRICT] })] });
  const client = await openSse(host.url);
  await client.post(discover);
  expect(await client.reader.nextMessage()).toMatchObject({ id: 'probe', error: { code: -32601 } });
  expect((await client.call('initialize', initialize)).result).toMatchObject({ serverInfo: { name: 'strict' } });
  expect(await client.tool('hello')).toBe('hello');
  client.close();
});

test('a session in the modern era reaches a child that speaks it, as it is', async () => {
  await using host = await hostBridge({ servers: [fixtureServer('modern')] });
  const client = await openSse(host.url);
  await client.post(discover);
  expect(await client.reader.nextMessage()).toMatchObject({
    id: 'probe',
    result: { resultType: 'complete', supportedVersions: ['2026-07-28'] },
  });
  client.close();
});

test('a child that is known to be modern only is translated for without asking it first', async () => {
  await using host = await hostBridge({ servers: [fixtureServer('modern', { era: 'modern' })] });
  const client = await openSession(host.url);
  expect(await client.tool('echo', { text: 'hello' })).toBe('hello');
  expect(host.bridge.snapshot().servers).toMatchObject([{ spawns: 1 }]);
});

test('a child that turns out to be modern only is asked once, and the next session profits', async () => {
  await using host = await hostBridge({ servers: [fixtureServer('modern')] });
  const first = await openSession(host.url);
  expect(await first.tool('echo', { text: 'one' })).toBe('one');
  const spawnsOfFirst = host.bridge.snapshot().servers[0]?.spawns ?? 0;
  const second = await openSession(host.url);
  expect(await second.tool('echo', { text: 'two' })).toBe('two');
  expect(host.bridge.snapshot().servers[0]?.spawns).toBe(spawnsOfFirst + 1);
});

test('a legacy child that refuses the handshake for reasons of its own is heard', async () => {
  await using host = await hostBridge({ servers: [serverSetting({ era: 'auto' })] });
  const client = await openSse(host.url);
  expect(
    await client.call('initialize', { ...initialize, clientInfo: { name: 'refuse me', version: '1' } }),
  ).toMatchObject({
    error: { code: -32602, message: 'Unsupported' },
  });
  client.close();
});

test('a child that ends instead of answering the handshake is the end of the session', async () => {
  const program = 'process.stdin.once("data", () => process.exit(3))';
  await using host = await hostBridge({ servers: [serverSetting({ era: 'auto', args: ['-e', program] })] });
  const client = await openSse(host.url);
  expect(await client.call('initialize', initialize)).toMatchObject({ error: { code: -32603, data: { exitCode: 3 } } });
  expect(await client.reader.rest()).toEqual([]);
});

test('a modern child that dies in the middle of a call of a legacy session says why', async () => {
  await using host = await hostBridge({ servers: [fixtureServer('modern', { era: 'modern' })] });
  const client = await openSse(host.url);
  await client.call('initialize', initialize);
  expect(await client.call('tools/call', { name: 'die' })).toMatchObject({
    error: { code: -32603, data: { exitCode: 7, stderr: ['the fixture was told to die'] } },
  });
});
