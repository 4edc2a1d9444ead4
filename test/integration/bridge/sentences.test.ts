import { describe, expect, test } from 'vitest';
import { spoken, textIn } from '../../../app/i18n/index.ts';
import { tryServer } from '../../../app/servers/index.ts';
import { hostBridge, serverSetting } from '../../support/bridge-host.ts';
import { modernAnswer } from '../../support/modern-request.ts';
import { rememberingLog } from '../../support/quiet-log.ts';
import { openSession, openSse } from '../../support/raw-mcp.ts';
import { until } from '../../support/until.ts';

const INITIALIZE = { id: 1, method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {} } };
const SILENT = `process.stdin.resume();`;

describe('A server that does not answer', () => {
  test('is told of by the time since it was asked, however long its process has been there', async () => {
    const servers = [serverSetting({ args: ['-e', SILENT] })];
    await using host = await hostBridge({ servers }, { times: { slowStarts: [400, 800] } });
    const told = () =>
      host.log.filter(({ message }) => message.includes('has not answered')).map(({ message }) => message);
    const client = await openSse(host.url);
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(told()).toEqual([]);
    await client.post(INITIALIZE);
    await until('it is told twice', () => told().length === 2);
    expect(told()).toEqual([
      expect.stringMatching(/^The MCP server echo has not answered for 0\.4 s\. /),
      expect.stringMatching(/^The MCP server echo has not answered for 0\.8 s\. .*It wrote nothing to stderr\.$/),
    ]);
    client.close();
  });
});

describe('A server that is set to the era of 2026-07-28', () => {
  test('and speaks an earlier one is told to be set otherwise, not to answer nothing', async () => {
    await using host = await hostBridge({ servers: [serverSetting({ era: 'modern' })] });
    const { error } = await modernAnswer(host.url, { method: 'tools/list' });
    expect(error?.message).toMatch(/^The MCP server echo is set to the era of 2026-07-28, and does not answer/);
  });

  test('and ends instead of answering is told by its end, not as a program that runs', async () => {
    const crash = `process.stdin.once('data', () => { console.error('no licence found'); process.exit(3); });`;
    await using host = await hostBridge({ servers: [serverSetting({ era: 'modern', args: ['-e', crash] })] });
    const { error } = await modernAnswer(host.url, { method: 'tools/list' });
    expect(error?.message).toBe('The MCP server echo ended with exit code 3. It wrote: no licence found');
  });
});

describe('A server that leaves at a request it does not know', () => {
  test('shows no unexpected end for having been asked which revision it speaks', async () => {
    const strict = new URL('../../fixtures/strict-legacy.mjs', import.meta.url).pathname;
    await using host = await hostBridge({ servers: [serverSetting({ era: 'auto', args: [strict] })] });
    const { result } = await modernAnswer(host.url, { method: 'tools/list' });
    expect(result).toMatchObject({ tools: [{ name: 'hello' }] });
    const exits = () => host.bridge.snapshot().servers[0]?.exits;
    await until('the probe has left', () => exits()?.asked === 1);
    expect(exits()).toEqual({ asked: 1, exited: 0, killed: 0, notStarted: 0 });
  });
});

describe('A server that is tried', () => {
  /** Answers `initialize` as `hello` says, and every other request with `other`, where there is one. */
  const answering = (other: object | null) => `
    require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
      const { id, method } = JSON.parse(line);
      const result = { protocolVersion: '2025-11-25', capabilities: {}, serverInfo: { name: 'tried', version: '1' } };
      const other = ${JSON.stringify(other)};
      const answer = method === 'initialize' ? { result } : other;
      if (id !== undefined && answer !== null) console.log(JSON.stringify({ jsonrpc: '2.0', id, ...answer }));
    });`;
  const tried = async (other: object | null, patience = 20_000) =>
    spoken(
      await tryServer(serverSetting({ args: ['-e', answering(other)] }), {
        log: rememberingLog().log,
        text: () => textIn('en'),
        searchPath: () => null,
        patience,
      }),
      'en',
    );

  test('and answers tools/list with an error is not told to offer no tools', async () => {
    expect(await tried({ error: { code: -32603, message: 'the index is broken' } })).toMatchObject({
      kind: 'fails',
      stage: 'tools',
      sentence: 'echo was greeted, but answers tools/list with an error: the index is broken',
    });
  });

  test('and does not know tools/list works, without tools', async () => {
    const unknown = { error: { code: -32601, message: 'Method not found' } };
    expect(await tried(unknown)).toMatchObject({ kind: 'works', tools: [] });
  });

  test('and stays silent after its greeting is not told to be downloading its first start', async () => {
    expect(await tried(null, 1500)).toMatchObject({
      kind: 'fails',
      stage: 'tools',
      sentence: 'The MCP server echo was greeted, but did not answer tools/list within 1.5 s. Look at its log.',
    });
  });
});

describe('The last words of a server', () => {
  test('are not the frame that is drawn around them', async () => {
    await using host = await hostBridge();
    const session = await openSession(host.url);
    const stderr = '┌──────────┐\n│ no licence │\n└──────────┘\n';
    const { error } = await session.call('tools/call', { name: 'die', arguments: { code: 4, stderr } });
    expect(error?.message).toBe('The MCP server echo ended with exit code 4. It wrote: │ no licence │');
  });
});
