import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { FoundServer, Wish } from '../../../app/clients/index.ts';
import type { Settings } from '../../../app/settings/index.ts';
import { appTextIn } from '../../../app/text/app/index.ts';
import { type VerifyContext, type VerifyStep, verify } from '../../../app/verify/index.ts';
import { type ClientHome, clientHome, NAS } from '../../support/client-home.ts';
import { AROUND } from '../../support/client-surroundings.ts';
import { FIXTURES, fixtureServer } from '../../support/fixture-servers.ts';
import { type Gangway, startGangway } from '../../support/gangway.ts';
import { rememberingLog } from '../../support/quiet-log.ts';
import { addressOf } from '../../support/tcp.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { untilGone } from '../../support/until.ts';

const SERVER = join(import.meta.dirname, '../../fixtures/lan/node-server.mjs');
const ECHO = join(import.meta.dirname, '../../fixtures/echo-server.mjs');
const TOKEN = 'Tok-en_1-Tok-en_1';
/** Loopback that NO_PROXY does not name: the next best thing to another machine. */
const NEIGHBOUR = '127.0.0.2';

const origins: Server[] = [];

afterEach(() => {
  for (const origin of origins.splice(0)) {
    origin.closeAllConnections();
    origin.close();
  }
});

async function device(): Promise<string> {
  const origin = createServer((_, response) => response.end('the nas')).listen(0, NEIGHBOUR);
  origins.push(origin);
  await once(origin, 'listening');
  return `http://${NEIGHBOUR}:${addressOf(origin).port}/`;
}

function homeWith(entry: object, file?: string): ClientHome {
  return clientHome(temporaryDirectory(), JSON.stringify({ mcpServers: { nas: entry } }), file);
}

function nodeServer(url: string, ...args: readonly string[]): object {
  return { command: process.execPath, args: [SERVER, ...args], env: { NAS_URL: url } };
}

async function wished(home: ClientHome, client: 'claude-desktop' | 'cursor', wish: Wish, port: number): Promise<void> {
  const around = { ...AROUND, gateway: { port, token: TOKEN } };
  const files = home.files();
  expect(await files.apply(await files.plan(client, home.file, NAS, wish, around))).toMatchObject({ kind: 'written' });
}

interface Checked {
  /** As `probe passed`, in the order of their ends. */
  readonly ends: readonly string[];
  readonly steps: readonly VerifyStep[];
}

async function check(
  home: ClientHome,
  gangway: Gangway,
  changes: Partial<VerifyContext> & { readonly signal?: AbortSignal; readonly patience?: number } = {},
): Promise<Checked> {
  const { signal, patience, ...context } = changes;
  const [found] = await home.files().list({ ...AROUND, gateway: { port: gangway.port } });
  if (found === undefined || found.content.kind !== 'servers') throw new Error('no client');
  const server: FoundServer | undefined = found.content.servers[0];
  if (server === undefined) throw new Error('no server');
  const steps: VerifyStep[] = [];
  await verify(
    { client: found.client, server },
    {
      log: rememberingLog().log,
      text: appTextIn('en'),
      platform: process.platform,
      env: process.env,
      port: gangway.port,
      settings: gangway.settings,
      searchPath: () => null,
      lastRequests: () => gangway.engine.snapshot().lastRequests,
      ...context,
    },
    {
      tell: (step) => steps.push(step),
      ...(signal === undefined ? {} : { signal }),
      ...(patience === undefined ? {} : { patience }),
    },
  );
  const ends = steps.filter(({ state }) => state !== 'running').map(({ step, state }) => `${step} ${state}`);
  return { ends, steps };
}

function step<Name extends VerifyStep['step']>({ steps }: Checked, name: Name) {
  return steps.findLast((each): each is VerifyStep & { step: Name } => each.step === name);
}

function start(changes: Partial<Settings> = {}): Promise<Gangway> {
  return startGangway({ token: TOKEN, ...changes });
}

describe.skipIf(process.platform !== 'linux')(
  'A server that is checked (skipped where 127.0.0.2 is no address)',
  () => {
    it('that goes through Gangway passes every step, its request included', async () => {
      const url = await device();
      await using gangway = await start();
      const home = homeWith(nodeServer(url, '--eager'));
      await wished(home, 'claude-desktop', { kind: 'through' }, gangway.port);
      const checked = await check(home, gangway);
      expect(checked.ends).toEqual([
        'probe passed',
        'start passed',
        'initialize passed',
        'tools passed',
        'requests passed',
      ]);
      expect(checked.steps.filter(({ state }) => state === 'running').map((each) => each.step)).toEqual([
        'probe',
        'start',
        'initialize',
        'tools',
      ]);
      expect(step(checked, 'initialize')).toMatchObject({ sentence: 'nas-node 1.2.3 speaks MCP 2025-11-25.' });
      expect(step(checked, 'tools')).toMatchObject({
        sentence: 'It offers one tool.',
        tools: [{ name: 'status', description: 'Asks the device.' }],
      });
      expect(step(checked, 'requests')).toMatchObject({
        sentence: `Its last request was a connection to ${new URL(url).host}.`,
        last: { label: 'claude-desktop.nas', outcome: { kind: 'connected' } },
      });
    });

    it('that asks its device only when it is used has nothing to show yet, and that is no failure', async () => {
      const url = await device();
      await using gangway = await start();
      const home = homeWith(nodeServer(url));
      await wished(home, 'claude-desktop', { kind: 'through' }, gangway.port);
      expect(step(await check(home, gangway), 'requests')).toMatchObject({
        state: 'skipped',
        sentence: expect.stringMatching(/^None yet/),
      });
    });

    it('whose device is away fails where the way is tried, and where its request is seen', async () => {
      const url = await device();
      const port = Number(new URL(url).port);
      origins.pop()?.close();
      await using gangway = await start();
      const home = homeWith(nodeServer(url, '--eager'));
      await wished(home, 'claude-desktop', { kind: 'through' }, gangway.port);
      const checked = await check(home, gangway);
      expect(checked.ends).toEqual([
        'probe failed',
        'start passed',
        'initialize passed',
        'tools passed',
        'requests failed',
      ]);
      expect(step(checked, 'probe')).toMatchObject({ target: { host: NEIGHBOUR, port }, code: 'ECONNREFUSED' });
      expect(step(checked, 'requests')).toMatchObject({ code: 'ECONNREFUSED' });
    });

    it('that still shows an old token is told so', async () => {
      const url = await device();
      await using gangway = await start();
      const home = homeWith(nodeServer(url, '--eager'));
      await wished(home, 'claude-desktop', { kind: 'through' }, gangway.port);
      const settings = { ...gangway.settings, token: 'another-token-of-16' };
      await gangway.engine.apply(settings);
      expect(step(await check(home, gangway, { settings }), 'requests')).toMatchObject({ code: 'OLD_TOKEN' });
    });

    it('that we run is spoken to at its endpoint', async () => {
      const url = await device();
      const home = homeWith(nodeServer(url), '.cursor/mcp.json');
      const server = {
        name: 'nas',
        command: process.execPath,
        args: [SERVER],
        env: { NAS_URL: url },
        cwd: null,
        era: 'auto',
        spare: false,
      } as const;
      await using gangway = await start({ servers: [server] });
      await wished(home, 'cursor', { kind: 'run', by: 'address' }, gangway.port);
      const checked = await check(home, gangway);
      expect(checked.ends).toEqual([
        'probe passed',
        'start passed',
        'initialize passed',
        'tools passed',
        'requests skipped',
      ]);
      expect(gangway.engine.snapshot().bridge.servers[0]?.sessions).toEqual([]);
    });

    it('that we run and that does not start is told with our own reason, and so is a wrong token', async () => {
      const server = { name: 'nas', command: 'no-such-command-here', args: [], env: {}, cwd: null } as const;
      await using gangway = await start({ servers: [{ ...server, era: 'auto', spare: false }] });
      const home = homeWith({ command: 'no-such-command-here' }, '.cursor/mcp.json');
      await wished(home, 'cursor', { kind: 'run', by: 'address' }, gangway.port);
      expect(step(await check(home, gangway), 'initialize')).toMatchObject({
        state: 'failed',
        sentence: expect.stringContaining('was not found'),
      });
      const settings = { ...gangway.settings, token: 'another-token-of-16' };
      expect(step(await check(home, gangway, { settings }), 'initialize')).toMatchObject({
        code: 'ENDPOINT_FAILED',
        sentence: expect.stringContaining('A token is required'),
      });
    });

    it('whose way leads through a port that is closed is told that we are off', async () => {
      await using gangway = await start();
      const home = homeWith(nodeServer(await device()));
      await wished(home, 'claude-desktop', { kind: 'through' }, gangway.port);
      const off = await check(home, gangway, { port: null });
      expect(step(off, 'requests')).toMatchObject({ state: 'failed', code: 'OFF' });
    });

    it('that we no longer have is told so', async () => {
      const url = await device();
      const home = homeWith(nodeServer(url));
      await using gangway = await start();
      await wished(home, 'claude-desktop', { kind: 'run', by: 'shim' }, gangway.port);
      expect(step(await check(home, gangway), 'start')).toMatchObject({ state: 'failed', code: 'UNKNOWN_SERVER' });
    });
  },
);

describe('A server of any generation', () => {
  it.each(FIXTURES)('is greeted in its own way: %s', async (name) => {
    await using gangway = await start();
    const { command, args, env } = fixtureServer(name);
    const checked = await check(homeWith({ command, args, env }), gangway);
    expect(checked.ends).toContain('tools passed');
    expect(step(checked, 'tools')?.tools.length).toBeGreaterThan(2);
  });
});

describe('A server that cannot be talked to', () => {
  it('is named with what it wrote last, without its secrets', async () => {
    await using gangway = await start();
    const script = 'console.error("cannot open /data, key is abcd-efgh"); process.exit(3)';
    const home = homeWith({ command: process.execPath, args: ['-e', script], env: { API_KEY: 'abcd-efgh' } });
    const checked = await check(home, gangway);
    expect(checked.ends).toEqual([
      'probe skipped',
      'start passed',
      'initialize failed',
      'tools skipped',
      'requests skipped',
    ]);
    expect(step(checked, 'initialize')).toMatchObject({
      code: 'INITIALIZE_FAILED',
      sentence: expect.stringContaining('exit code 3'),
      stderr: ['cannot open /data, key is [redacted]'],
    });
  });

  it('is told from one whose command is not there', async () => {
    await using gangway = await start();
    const checked = await check(homeWith({ command: 'no-such-command-here' }), gangway);
    expect(checked.ends).toEqual([
      'probe skipped',
      'start failed',
      'initialize skipped',
      'tools skipped',
      'requests skipped',
    ]);
    expect(step(checked, 'start')).toMatchObject({ sentence: expect.stringContaining('was not found') });
  });

  it('is given up when its time is over, and when the person cancels; no process is left', async () => {
    await using gangway = await start();
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

  it('has the environment that clients give, not ours', async () => {
    await using gangway = await start();
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
    await using gangway = await start();
    const home = homeWith({ command: 'no-such-command-here' });
    const before = readFileSync(home.file);
    await check(home, gangway);
    expect(readFileSync(home.file)).toEqual(before);
  });
});
