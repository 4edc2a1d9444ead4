import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type BridgeHost, ECHO_SERVER, hostBridge, serverSetting } from '../../support/bridge-host.ts';
import { answerIn, openSession, postTo } from '../../support/raw-mcp.ts';
import { until } from '../../support/until.ts';

const INITIALIZE = { id: 0, method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {} } };

const conditionOf = (host: BridgeHost) => host.bridge.snapshot().servers[0]?.condition;

/** Writes to stderr, and answers nothing before it is told to end. */
const SLOW = `console.error('downloading 12 of 40'); setInterval(() => undefined, 60_000);`;

describe('the condition of a server', () => {
  test('is not started, running while a child lives, and not started again', async () => {
    await using host = await hostBridge();
    expect(conditionOf(host)).toEqual({ kind: 'not-started', since: null, until: null, detail: '' });
    const session = await openSession(host.url);
    expect(conditionOf(host)?.kind).toBe('running');
    await session.end();
    await until('it has left', () => conditionOf(host)?.kind === 'not-started');
  });

  test('is starting, since when, with the last line of stderr, until the first answer', async () => {
    await using host = await hostBridge({ servers: [serverSetting({ args: ['-e', SLOW] })] });
    const before = Date.now();
    const pending = postTo(`${host.url}/mcp`, INITIALIZE);
    await until('it has said something', () => conditionOf(host)?.detail === 'downloading 12 of 40');
    expect(conditionOf(host)).toMatchObject({ kind: 'starting', until: null });
    expect(conditionOf(host)?.since).toBeGreaterThanOrEqual(before);
    expect(host.bridge.readiness()).toMatchObject([{ ready: true }]);
    await host.bridge.stopServer('echo');
    await pending;
    expect(conditionOf(host)?.kind).toBe('stopped');
    expect(host.bridge.readiness()).toMatchObject([{ ready: false }]);
  });

  test('is failed from the first start on that does, with the reason, and a crash after an answer is none', async () => {
    await using host = await hostBridge({ servers: [serverSetting({ args: [ECHO_SERVER, '--instant-exit'] })] });
    const { error } = answerIn(await postTo(`${host.url}/mcp`, INITIALIZE), 0);
    expect(conditionOf(host)).toMatchObject({ kind: 'failed', detail: error?.message });
    expect(error?.message).toBe('The MCP server echo ended with exit code 3. It wrote: cannot read my settings');
    await using other = await hostBridge();
    const session = await openSession(other.url);
    await session.post({ id: 1, method: 'tools/call', params: { name: 'die', arguments: { code: 3 } } });
    await until('it has ended', () => other.bridge.snapshot().servers[0]?.exits.exited === 1);
    expect(conditionOf(other)?.kind).toBe('not-started');
    expect(other.log.filter(({ level }) => level === 'error')).toHaveLength(1);
  });

  test('is failed before a client has come when the command is missing, and ends by itself when it appears', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'gangway-'));
    const command = join(folder, 'server');
    await using host = await hostBridge({ servers: [serverSetting({ command, args: [] })] });
    await until('it is missed', () => conditionOf(host)?.kind === 'failed');
    expect(conditionOf(host)?.detail).toContain(`The command ${command} was not found.`);
    await postTo(`${host.url}/mcp`, INITIALIZE);
    const errors = host.log.filter(({ level }) => level === 'error');
    expect(errors.map(({ message }) => message)).toEqual([conditionOf(host)?.detail]);
    await writeFile(command, `#!/bin/sh\nexec '${process.execPath}' '${ECHO_SERVER}'\n`);
    await chmod(command, 0o755);
    await until('it is found', () => conditionOf(host)?.kind !== 'failed' && conditionOf(host)?.kind !== 'resting');
    await (await openSession(host.url)).end();
    await rm(folder, { recursive: true });
  });
});
