import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type ClientFiles,
  type DesiredMode,
  type EntryKey,
  nodeProbe,
  type Plan,
  type PlanEnvironment,
} from '../../../app/clients/index.ts';
import type { Settings } from '../../../app/settings/index.ts';
import { ENVIRONMENT } from '../../support/client-environment.ts';
import { type ClientHome, clientHome } from '../../support/client-home.ts';
import { type Gangway, startGangway } from '../../support/gangway.ts';
import { type LanScene, lanSceneObstacle, startLanScene } from '../../support/lan-scene.ts';
import { has, hasPython, PYTHON } from '../../support/programs.ts';
import { startEcho } from '../../support/tcp.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const FIXTURES = join(import.meta.dirname, '../../fixtures/lan');
const TOKEN = 'Tok-en_1-Tok-en_1';
const obstacle = lanSceneObstacle();
const hasLibraries = hasPython('requests') && hasPython('httpx');

/** A server's name, its tools, and what became of its last request once they came through us. */
const SERVERS = [
  // fetch asks for a tunnel even where http would do.
  ['nas-node', ['status'], { kind: 'connected' }],
  ['nas-python', ['requests', 'httpx'], { kind: 'answered', status: 200 }],
] as const;

/** Claude Desktop's file as a person wrote it, odd spacing included. */
function strictConfigFor(url: string): string {
  return withoutExtras(configFor(url));
}

/** A client's file as a person wrote it, comments and odd spacing included. */
function configFor(url: string): string {
  return `{
  "mcpServers": {
    "nas-node":   { "command": "${process.execPath}", "args": ["${join(FIXTURES, 'node-server.mjs')}"],
                    "env": { "NAS_URL": "${url}" } },
    // the one with requests and httpx
    "nas-python": {
      "command": "${PYTHON}",
      "args": [ "${join(FIXTURES, 'python-server.py')}" ],
      "env": { "NAS_URL": "${url}" },
    }
  }
}
`;
}

describe.skipIf(obstacle !== null)(`One click (skipped without a network of its own: ${obstacle})`, () => {
  let scene: LanScene;
  let gangway: Gangway;

  beforeAll(async () => {
    scene = await startLanScene();
    gangway = await startGangway({ token: TOKEN });
    await scene.share(gangway.port);
  });

  afterAll(async () => {
    await gangway[Symbol.asyncDispose]();
    await scene[Symbol.asyncDispose]();
  });

  function around(): PlanEnvironment {
    return { ...ENVIRONMENT, gateway: { port: gangway.port, token: TOKEN }, servers: gangway.settings.servers };
  }

  describe.each(SERVERS)('for %s', (name, tools, outcome) => {
    const key: EntryKey = { holder: ['mcpServers'], name };
    const isMissing = name === 'nas-python' && !hasLibraries;

    it.skipIf(isMissing)('mends what was broken, by the proxy, and gives it back as it was', async () => {
      const home = clientHome(temporaryDirectory(), strictConfigFor(scene.device.url));
      const before = home.bytes();
      const files = home.files({ probes: nodeProbe(process.env, process.platform) });
      await expectBroken(home, name, tools);

      await click(files, home, 'claude-desktop', key, { kind: 'through' });
      await expectMended(home, name, tools);
      const last = gangway.engine.snapshot().lastRequests.find(({ label }) => label === `claude-desktop.${name}`);
      const { host, port } = scene.device;
      expect(last).toMatchObject({ target: { host, port }, outcome, requests: tools.length, failures: 0 });
      expect(Date.now() - (last?.lastAt ?? 0)).toBeLessThan(20_000);

      await click(files, home, 'claude-desktop', key, { kind: 'off' });
      expect(home.bytes()).toEqual(before);
      await expectBroken(home, name, tools);
    });

    it.skipIf(isMissing)('mends it by running it here, and gives it back as it was', async () => {
      const home = clientHome(temporaryDirectory(), configFor(scene.device.url), '.cursor/mcp.json');
      const before = home.bytes();
      const files = home.files();
      const plan = await files.plan('cursor', home.file, key, { kind: 'run', by: 'address' }, around());
      if (plan.kind !== 'change' || plan.server === null) throw new Error(JSON.stringify(plan));
      const settings: Settings = { ...gangway.settings, servers: [plan.server] };
      await gangway.engine.apply(settings);
      await files.apply(plan);
      await expectMended(home, name, tools);
      await click(files, home, 'cursor', key, { kind: 'off' });
      await gangway.engine.apply(gangway.settings);
      expect(home.bytes()).toEqual(before);
      await expectBroken(home, name, tools);
    });
  });

  it.skipIf(!has(PYTHON, '--version'))(
    'mends a server that speaks TCP, by a forward, and gives it back as it was',
    async () => {
      const { host, port } = scene.device;
      const entry = { command: PYTHON, args: [join(FIXTURES, 'socket-server.py')] };
      const config = { mcpServers: { db: { ...entry, env: { DB_HOST: host, DB_PORT: String(port) } } } };
      const home = clientHome(temporaryDirectory(), JSON.stringify(config));
      const before = home.bytes();
      const files = home.files();
      await expectBroken(home, 'db', ['status']);

      const key: EntryKey = { holder: ['mcpServers'], name: 'db' };
      // A device behind this machine's own address: its port would lead back to the forward itself.
      await using _taken = await startEcho({ port });
      const plan = await files.planForward('claude-desktop', home.file, key, null, { ...around(), forwards: [] });
      if (plan.kind !== 'change' || plan.forward === null) throw new Error(JSON.stringify(plan));
      await gangway.engine.apply({ ...gangway.settings, forwards: [plan.forward] });
      await files.apply(plan);
      await scene.share(plan.forward.port);
      expect(await scene.callTool(home.file, 'db', 'status')).toEqual({ text: '200 the nas', isError: false });
      const last = gangway.engine
        .snapshot()
        .lastRequests.find(({ label }) => label === `127.0.0.1:${plan.forward?.port}`);
      expect(last).toMatchObject({ target: { host, port }, outcome: { kind: 'connected' } });

      await click(files, home, 'claude-desktop', key, { kind: 'off' });
      await gangway.engine.apply(gangway.settings);
      expect(home.bytes()).toEqual(before);
      await expectBroken(home, 'db', ['status']);
    },
  );

  async function expectBroken(home: ClientHome, name: string, tools: readonly string[]): Promise<void> {
    const text = expect.stringMatching(/EHOSTUNREACH|No route to host/);
    expect(await scene.callTools(plainJson(home), name, tools)).toEqual(tools.map(() => ({ text, isError: true })));
  }

  async function expectMended(home: ClientHome, name: string, tools: readonly string[]): Promise<void> {
    const outcome = { text: '200 the nas', isError: false };
    expect(await scene.callTools(plainJson(home), name, tools)).toEqual(tools.map(() => outcome));
  }

  async function click(
    files: ClientFiles,
    home: ClientHome,
    client: 'claude-desktop' | 'cursor',
    key: EntryKey,
    desired: DesiredMode,
  ): Promise<void> {
    const plan: Plan = await files.plan(client, home.file, key, desired, around());
    expect(await files.apply(plan)).toMatchObject({ kind: 'written' });
  }
});

/** Some clients allow comments and trailing commas in their file; the stand-in reads plain JSON. */
function plainJson({ file, bytes }: ClientHome): string {
  const plain = `${file}.plain`;
  writeFileSync(plain, withoutExtras(bytes().toString('utf8')));
  return plain;
}

function withoutExtras(json: string): string {
  return json.replace(/^\s*\/\/.*\n/gm, '').replace(/,(\s*[}\]])/g, '$1');
}
