import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { openSession, openSse } from '../../support/raw-mcp.ts';
import { isAlive, until, untilGone, within } from '../../support/until.ts';

const PROGRAM = fileURLToPath(new URL('../../fixtures/bridge-process.ts', import.meta.url));

interface Program extends AsyncDisposable {
  readonly process: ChildProcess;
  readonly url: string;
  pids(): readonly number[];
}

async function program(): Promise<Program> {
  const child = spawn(process.execPath, [PROGRAM], { stdio: ['ignore', 'pipe', 'inherit'] });
  let port = 0;
  let pids: readonly number[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    const told = JSON.parse(line);
    port = told.port ?? port;
    pids = told.pids ?? pids;
  });
  await until('the program listens', () => port > 0);
  return {
    process: child,
    url: `http://127.0.0.1:${port}`,
    pids: () => pids,
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
    },
  };
}

async function inUse(host: Program): Promise<readonly number[]> {
  const client = await openSse(host.url);
  const session = await openSession(host.url, { path: '/servers/second/mcp' });
  await client.tool('echo', { text: 'a' });
  await session.tool('echo', { text: 'a' });
  // A spare comes once two processes of a server have lived side by side.
  await (await openSession(host.url)).tool('echo', { text: 'a' });
  await (await openSession(host.url, { path: '/servers/second/mcp' })).tool('echo', { text: 'a' });
  await until('both spares are back', () => host.pids().length === 6);
  return host.pids();
}

test('no child outlives a SIGKILL of ours', async () => {
  await using host = await program();
  const pids = await inUse(host);
  expect(pids.filter(isAlive)).toHaveLength(6);
  host.process.kill('SIGKILL');
  for (const pid of pids) await untilGone(pid);
});

test('no child outlives a SIGTERM of ours, and we are gone within five seconds', async () => {
  await using host = await program();
  const pids = await inUse(host);
  const begun = performance.now();
  const exit = once(host.process, 'exit');
  host.process.kill('SIGTERM');
  expect(await within('the end of the program', exit)).toEqual([0, null]);
  expect(performance.now() - begun).toBeLessThan(5000);
  expect(pids.filter(isAlive)).toEqual([]);
});
