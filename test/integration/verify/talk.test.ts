import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { remoteSetting } from '../../support/bridge-host.ts';
import { FIXTURES, fixtureServer } from '../../support/fixture-servers.ts';
import { sendJson, startRemote } from '../../support/remote-origin.ts';
import { untilGone } from '../../support/until.ts';
import { check, homeWith, inOrder, startWithToken, step } from '../../support/verified-server.ts';

const ECHO = join(import.meta.dirname, '../../fixtures/echo-server.mjs');

describe('A server of any generation', () => {
  it.each(FIXTURES)('is greeted in its own way: %s', async (name) => {
    await using gangway = await startWithToken();
    const { command, args, env } = fixtureServer(name);
    const checked = await check(homeWith({ command, args, env }), gangway);
    expect(checked.ends).toContain('tools passed');
    expect(step(checked, 'tools')?.tools.length).toBeGreaterThan(2);
  });
});

describe('A server with a URL that its client connects to itself', () => {
  it('is asked from here with its headers, and named with the step that it does not get past', async () => {
    await using gangway = await startWithToken();
    await using remote = await startRemote();
    remote.hook = ({ headers }, response) => headers['x-key'] !== 'k-1' && sendJson(response, 401, {});
    const home = homeWith({ url: remote.url, headers: { 'X-Key': 'k-1' } }, '.cursor/mcp.json');
    expect((await check(home, gangway)).ends).toContain('tools passed');
    const refused = await check(homeWith({ url: remote.url }, '.cursor/mcp.json'), gangway);
    expect(step(refused, 'initialize') ?? step(refused, 'start')).toMatchObject({
      state: 'failed',
      code: 'SIGN_IN_FAILED',
    });
    expect(JSON.stringify(refused.steps)).toContain('as the header Authorization');
  });
});

describe('A server with a URL that runs in Gangway', () => {
  it('is asked itself, since our own endpoint greets in its place while it is away', async () => {
    await using remote = await startRemote();
    const servers = [remoteSetting({ name: 'hass', url: remote.url })];
    await using gangway = await startWithToken({ servers });
    const home = homeWith({ url: `${gangway.url}/servers/hass/mcp` }, '.cursor/mcp.json');
    const works = await check(home, gangway);
    expect(works.ends.slice(1, 4)).toEqual(['start passed', 'initialize passed', 'tools passed']);
    const cases = [
      ['HTTP_FAILED', 'Check the path', (_: unknown, response: ServerResponse) => sendJson(response, 404, {})],
      ['SIGN_IN_FAILED', 'Sign in under', (_: unknown, response: ServerResponse) => sendJson(response, 401, {})],
    ] as const;
    for (const [code, hint, hook] of cases) {
      remote.hook = hook;
      const failed = step(await check(home, gangway), 'initialize');
      expect(failed).toMatchObject({ state: 'failed', code, hint: expect.stringContaining(hint) });
    }
    await remote.stop();
    const gone = await check(home, gangway);
    expect(gone.ends).toEqual(inOrder('skipped', 'passed', 'failed', 'skipped', 'skipped'));
    expect(step(gone, 'initialize')).toMatchObject({ code: 'ROUTE_FAILED' });
  });
});

describe('A server that cannot be talked to', () => {
  it('is named with what it wrote last, without its secrets', async () => {
    await using gangway = await startWithToken();
    const script = 'console.error("cannot open /data, key is abcd-efgh"); process.exit(3)';
    const home = homeWith({ command: process.execPath, args: ['-e', script], env: { API_KEY: 'abcd-efgh' } });
    const checked = await check(home, gangway);
    expect(checked.ends).toEqual(inOrder('skipped', 'passed', 'failed', 'skipped', 'skipped'));
    expect(step(checked, 'initialize')).toMatchObject({
      code: 'INITIALIZE_FAILED',
      sentence: expect.stringContaining('exit code 3'),
      stderr: ['cannot open /data, key is [redacted]'],
    });
  });

  it('is told from one whose command is not there', async () => {
    await using gangway = await startWithToken();
    const checked = await check(homeWith({ command: 'no-such-command-here' }), gangway);
    expect(checked.ends).toEqual(inOrder('skipped', 'failed', 'skipped', 'skipped', 'skipped'));
    expect(step(checked, 'start')).toMatchObject({ sentence: expect.stringContaining('was not found') });
  });

  it('is given up when its time is over, and when the person cancels; no process is left', async () => {
    await using gangway = await startWithToken();
    const home = homeWith({
      command: process.execPath,
      args: ['-e', 'console.error(process.pid); process.stdin.resume()'],
    });
    const late = await check(home, gangway, { patience: 500 });
    expect(late.ends).toContain('initialize failed');
    const cancelling = new AbortController();
    const steps = check(home, gangway, {
      signal: cancelling.signal,
      searchPath: () => {
        setImmediate(() => cancelling.abort());
        return null;
      },
    });
    const cancelled = await steps;
    for (const checked of [late, cancelled]) {
      const failed = step(checked, 'initialize');
      const [pid] = failed?.state === 'failed' ? failed.stderr : [];
      if (pid !== undefined) await untilGone(Number(pid));
    }
    expect(cancelled.ends).toContain('initialize failed');
  });

  it('shows each second how long it has been starting, and what it said last', async () => {
    await using gangway = await startWithToken();
    const script = 'console.error("unpacking, key is abcd-efgh"); process.stdin.resume()';
    const home = homeWith({ command: process.execPath, args: ['-e', script], env: { API_KEY: 'abcd-efgh' } });
    const checked = await check(home, gangway, { patience: 3500 });
    const told = checked.steps.filter((one) => one.step === 'initialize' && one.state === 'running');
    expect(told.length).toBeGreaterThan(2);
    expect(told.at(-1)).toMatchObject({ lastLine: 'unpacking, key is [redacted]' });
    const times = told.flatMap((one) => ('elapsedMs' in one ? [one.elapsedMs ?? 0] : []));
    expect(times).toEqual(times.toSorted((one, other) => one - other));
    expect(checked.ends).toContain('initialize failed');
  });

  it('has the environment that clients give, not ours', async () => {
    await using gangway = await startWithToken();
    const home = homeWith({ command: process.execPath, args: [ECHO, '--instant-exit'] });
    const script = 'console.error(JSON.stringify(Object.keys(process.env))); process.exit(1)';
    const strange = homeWith({ command: process.execPath, args: ['-e', script], env: { OWN: '1' } });
    expect((await check(home, gangway)).ends).toContain('initialize failed');
    const failed = step(
      await check(strange, gangway, { env: { PATH: '/bin', OURS: '1', HTTP_PROXY: 'x' } }),
      'initialize',
    );
    expect(failed?.state === 'failed' ? JSON.parse(failed.stderr[0] ?? '[]').sort() : []).toEqual(['OWN', 'PATH']);
  });

  it('leaves the client’s file alone', async () => {
    await using gangway = await startWithToken();
    const home = homeWith({ command: 'no-such-command-here' });
    const before = readFileSync(home.file);
    await check(home, gangway);
    expect(readFileSync(home.file)).toEqual(before);
  });
});
