import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { DesiredMode } from '../../../app/clients/index.ts';
import { serverSetting } from '../../support/bridge-host.ts';
import { ENVIRONMENT } from '../../support/client-environment.ts';
import { type ClientHome, NAS } from '../../support/client-home.ts';
import type { Gangway } from '../../support/gangway.ts';
import { addressOf } from '../../support/tcp.ts';
import { check, homeWith, inOrder, startWithToken, step, TOKEN } from '../../support/verified-server.ts';

const SERVER = join(import.meta.dirname, '../../fixtures/lan/node-server.mjs');
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

function nodeServer(url: string, ...args: readonly string[]): object {
  return { command: process.execPath, args: [SERVER, ...args], env: { NAS_URL: url } };
}

async function wished(
  home: ClientHome,
  client: 'claude-desktop' | 'cursor',
  desired: DesiredMode,
  port: number,
): Promise<void> {
  const environment = { ...ENVIRONMENT, gateway: { port, token: TOKEN } };
  const files = home.files();
  expect(await files.apply(await files.plan(client, home.file, NAS, desired, environment))).toMatchObject({
    kind: 'written',
  });
}

/** A home where the server goes through this Gangway, whose token and port the client's file names. */
async function sentThrough(gangway: Gangway, url: string, ...args: readonly string[]): Promise<ClientHome> {
  const home = homeWith(nodeServer(url, ...args));
  await wished(home, 'claude-desktop', { kind: 'through' }, gangway.port);
  return home;
}

describe.skipIf(process.platform !== 'linux')(
  'A server that is checked (skipped where 127.0.0.2 is no address)',
  () => {
    it('that goes through Gangway passes every step, its request included', async () => {
      const url = await device();
      await using gangway = await startWithToken();
      const home = await sentThrough(gangway, url, '--eager');
      const checked = await check(home, gangway);
      expect(checked.ends).toEqual(inOrder('passed', 'passed', 'passed', 'passed', 'passed'));
      // A step that takes its time says again that it is running.
      const running = checked.steps.filter(({ state }) => state === 'running').map((each) => each.step);
      expect(running.filter((each, index) => each !== running[index - 1])).toEqual([
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
      await using gangway = await startWithToken();
      const home = await sentThrough(gangway, url);
      expect(step(await check(home, gangway), 'requests')).toMatchObject({
        state: 'skipped',
        sentence: expect.stringMatching(/^None yet/),
      });
    });

    it('whose device is away fails where the way is tried, and where its request is seen', async () => {
      const url = await device();
      const port = Number(new URL(url).port);
      origins.pop()?.close();
      await using gangway = await startWithToken();
      const home = await sentThrough(gangway, url, '--eager');
      const checked = await check(home, gangway);
      expect(checked.ends).toEqual(inOrder('failed', 'passed', 'passed', 'passed', 'failed'));
      expect(step(checked, 'probe')).toMatchObject({ target: { host: NEIGHBOUR, port }, code: 'ECONNREFUSED' });
      expect(step(checked, 'requests')).toMatchObject({ code: 'ECONNREFUSED' });
    });

    it('that still shows an old token is told so', async () => {
      const url = await device();
      await using gangway = await startWithToken();
      const home = await sentThrough(gangway, url, '--eager');
      const settings = { ...gangway.settings, token: 'another-token-of-16' };
      await gangway.engine.apply(settings);
      expect(step(await check(home, gangway, { settings }), 'requests')).toMatchObject({ code: 'OLD_TOKEN' });
    });

    it('that we run is spoken to at its endpoint', async () => {
      const url = await device();
      const home = homeWith(nodeServer(url), '.cursor/mcp.json');
      const server = serverSetting({ name: 'nas', args: [SERVER], env: { NAS_URL: url }, era: 'auto' });
      await using gangway = await startWithToken({ servers: [server] });
      await wished(home, 'cursor', { kind: 'run', by: 'address' }, gangway.port);
      const checked = await check(home, gangway);
      expect(checked.ends).toEqual(inOrder('passed', 'passed', 'passed', 'passed', 'skipped'));
      expect(gangway.engine.snapshot().bridge.servers[0]?.sessions).toEqual([]);
    });

    it('that we run and that does not start is told with our own reason, and so is a wrong token', async () => {
      const server = serverSetting({ name: 'nas', command: 'no-such-command-here', era: 'auto' });
      await using gangway = await startWithToken({ servers: [server] });
      const home = homeWith({ command: 'no-such-command-here' }, '.cursor/mcp.json');
      await wished(home, 'cursor', { kind: 'run', by: 'address' }, gangway.port);
      expect(step(await check(home, gangway), 'initialize')).toMatchObject({
        state: 'failed',
        sentence: expect.stringContaining('was not found'),
      });
      const settings = { ...gangway.settings, token: 'another-token-of-16' };
      expect(step(await check(home, gangway, { settings }), 'initialize')).toMatchObject({
        code: 'ENDPOINT_FAILED',
        sentence: expect.stringContaining('This token is not accepted'),
      });
    });

    it('whose way leads through a port that is closed is told that we are off', async () => {
      await using gangway = await startWithToken();
      const home = await sentThrough(gangway, await device());
      const off = await check(home, gangway, { port: null });
      expect(step(off, 'requests')).toMatchObject({ state: 'failed', code: 'OFF' });
    });

    it('that we no longer have is told so', async () => {
      const url = await device();
      const home = homeWith(nodeServer(url));
      await using gangway = await startWithToken();
      await wished(home, 'claude-desktop', { kind: 'run', by: 'shim' }, gangway.port);
      expect(step(await check(home, gangway), 'start')).toMatchObject({ state: 'failed', code: 'UNKNOWN_SERVER' });
    });
  },
);
