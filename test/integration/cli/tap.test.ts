import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, inject, test } from 'vitest';
import type { Settings } from '../../../app/settings/index.ts';
import { serverSetting } from '../../support/bridge-host.ts';
import { CliProcess } from '../../support/cli-process.ts';
import { controlledOperation, openIn, operate } from '../../support/control.ts';
import { openSession } from '../../support/raw-mcp.ts';
import { startEcho } from '../../support/tcp.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

/** The app with the echo server, on, and where its control socket is. */
async function runApp(changes: Partial<Settings> = {}) {
  const home = temporaryDirectory();
  const controller = await operate(changes);
  const { control } = await openIn(home, controlledOperation(controller));
  await controller.turnOn();
  return { home, controller, control, url: `http://127.0.0.1:${controller.settings.port}` };
}

async function startTap(home: string, args: readonly string[], command?: readonly string[]): Promise<CliProcess> {
  const tap = new CliProcess(['tap', ...args], { env: { HOME: home }, ...(command === undefined ? {} : { command }) });
  await tap.until('err', /Following/);
  return tap;
}

describe('tap', () => {
  test('follows calls and requests of the proxy as JSON until Ctrl+C, without what they hold', async () => {
    const { home, controller, url } = await runApp();
    await using echo = await startEcho();
    const tap = await startTap(home, ['echo', '--requests', '--json']);
    const client = connect(controller.settings.port, '127.0.0.1');
    client.write(
      `CONNECT ${echo.authority} HTTP/1.1\r\nHost: x\r\nProxy-Authorization: Basic ${btoa('echo:')}\r\n\r\n`,
    );
    await once(client, 'data');
    const session = await openSession(url);
    await session.tool('echo', { text: 'the-contents' });
    await tap.until('out', /"target":"echo"/);
    await tap.until('out', /"outcome":"open"/);
    client.destroy();
    tap.kill('SIGINT');
    expect(await tap.exit()).toBe(0);
    expect(tap.err).toMatch(/^Following echo\. Ctrl\+C ends it\.\n\d+ lines\.\n$/);
    const rows = tap.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rows).toContainEqual(expect.objectContaining({ kind: 'call', method: 'initialize', outcome: 'ok' }));
    expect(rows).toContainEqual(expect.objectContaining({ kind: 'call', target: 'echo', server: 'echo', schema: 1 }));
    expect(rows).toContainEqual(expect.objectContaining({ kind: 'proxied', label: 'echo', outcome: 'open' }));
    expect(tap.out).not.toContain('the-contents');
  });

  test('ends with its reader, and says when the instance is gone', async () => {
    const { home, control, url } = await runApp();
    const pipe = ['/bin/sh', '-c', '"$0" "$@" | head -n 1', process.execPath, inject('cli')];
    const [piped, plain] = await Promise.all([startTap(home, [], pipe), startTap(home, [])]);
    const session = await openSession(url);
    await piped.until('out', /initialize/);
    while (piped.child.exitCode === null) await session.call('ping');
    expect(await piped.exit()).toBe(0);
    expect(piped.out.trim().split('\n')).toHaveLength(1);
    await plain.until('out', /initialize .*ok/);
    control.close();
    expect(await plain.exit()).toBe(1);
    expect(plain.err).toContain('mcp-gangway: MCP Gangway ended while it was asked.\n');
  });

  test('shows what calls say, without secrets, only where that is recorded, and no more once it is switched off', async () => {
    const { home, controller, url } = await runApp({
      servers: [serverSetting({ env: { GREETING: 'said-by-the-owner' } })],
    });
    const refused = new CliProcess(['tap', 'echo', '--contents'], { env: { HOME: home } });
    expect(await refused.exit()).toBe(1);
    expect(refused.err).toContain('--record-contents echo');
    await controller.change({ recordContents: ['echo'] });
    const tap = await startTap(home, ['echo', '--contents']);
    const session = await openSession(url);
    await session.tool('echo', { text: 'hello', password: 'hunter2x', note: 'said-by-the-owner' });
    await tap.until('out', /← .*hello.*\n/);
    expect(tap.out).toMatch(/→ .*"text":"hello","password":"\[redacted\]","note":"\[redacted\]".*\(2 hidden\)/);
    expect(tap.out).not.toMatch(/hunter2x|said-by-the-owner/);
    const call = controller.recorder.activity().calls.find(({ target }) => target === 'echo')?.sequence ?? 0;
    expect(controller.recorder.contents(call)).not.toBeNull();
    await controller.change({ recordContents: [] });
    expect(controller.recorder.contents(call)).toBeNull();
    await session.tool('echo', { text: 'unheard' });
    await tap.until('out', /tools\/call echo[\s\S]*tools\/call echo/);
    expect(tap.out).not.toContain('unheard');
    tap.kill('SIGINT');
    expect(await tap.exit()).toBe(0);
  });

  test('names the servers that there are for one that there is not', async () => {
    const { home } = await runApp();
    const tap = new CliProcess(['tap', 'no-such'], { env: { HOME: home } });
    expect(await tap.exit()).toBe(1);
    expect(tap.err).toMatch(/^mcp-gangway: .*no-such.*echo.*\n$/);
    expect(tap.out).toBe('');
  });
});
