import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type EntryKey, type PlanEnvironment, proposalSentence, proposeMode } from '../../../app/clients/index.ts';
import { appTextIn } from '../../../app/i18n/app.ts';
import { ENVIRONMENT } from '../../support/client-environment.ts';
import { clientHome } from '../../support/client-home.ts';
import { type Gangway, startGangway } from '../../support/gangway.ts';
import { type HomeAssistant, LONG_LIVED_TOKEN, startHomeAssistant } from '../../support/home-assistant.ts';
import { type LanScene, lanSceneObstacle, startLanScene } from '../../support/lan-scene.ts';
import { COMPILED, has, PYTHON, run } from '../../support/programs.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const ROOT = join(import.meta.dirname, '../../..');
/** Where the bridges are, as they would be after `uv tool install mcp-proxy` and `npm install --global mcp-remote`. */
const PATH = [join(ROOT, 'test/fixtures/lan'), join(ROOT, 'node_modules/.bin'), process.env['PATH']].join(delimiter);

const obstacle = has(PYTHON, '--version') ? lanSceneObstacle() : 'there is no Python';

/** Entries of the documentation of Home Assistant and of mcp-remote, by the name that they have there. */
const ENTRIES = [
  {
    what: 'mcp-proxy with SSE_URL, as the first documentation has it',
    bridge: 'mcp-proxy',
    entry: ({ sseUrl }: HomeAssistant) => ({
      command: 'mcp-proxy',
      env: { SSE_URL: sseUrl, API_ACCESS_TOKEN: LONG_LIVED_TOKEN },
    }),
  },
  {
    what: 'mcp-proxy with the URL behind it, as the documentation has it since Streamable HTTP',
    bridge: 'mcp-proxy',
    entry: ({ streamableUrl }: HomeAssistant) => ({
      command: 'mcp-proxy',
      args: ['--transport=streamablehttp', '--stateless', streamableUrl],
      env: { API_ACCESS_TOKEN: LONG_LIVED_TOKEN },
    }),
  },
  {
    what: 'mcp-remote with the token in a variable',
    bridge: 'mcp-remote',
    entry: ({ streamableUrl }: HomeAssistant) => ({
      command: 'mcp-remote',
      args: [streamableUrl, '--allow-http', '--header', 'Authorization:${AUTH}'],
      env: { AUTH: `Bearer ${LONG_LIVED_TOKEN}` },
    }),
  },
];

const CALL_TOOL = join(inject('bundles'), 'call-tool.mjs');
const KEY: EntryKey = { holder: ['mcpServers'], name: 'Home Assistant' };

describe.skipIf(obstacle !== null)(
  `Home Assistant in the local network, and Claude Desktop kept from it (skipped without: ${obstacle})`,
  () => {
    let scene: LanScene;
    let gangway: Gangway;
    let homeAssistant: HomeAssistant;

    beforeAll(async () => {
      scene = await startLanScene();
      gangway = await startGangway();
      homeAssistant = await startHomeAssistant(scene.device.host);
      await scene.share(gangway.port);
    });

    afterAll(async () => {
      await gangway[Symbol.asyncDispose]();
      await homeAssistant[Symbol.asyncDispose]();
      await scene[Symbol.asyncDispose]();
    });

    it.each(ENTRIES)('is not reached by $what, is by one click, and the file comes back to the byte', async (walk) => {
      const entry = walk.entry(homeAssistant);
      const home = clientHome(
        temporaryDirectory(),
        `{\n   "mcpServers": { "Home Assistant":  ${JSON.stringify(entry)} },\n   "globalShortcut": "Alt+Space"\n}\n`,
      );
      const before = home.bytes();
      const env = { PATH, HOME: home.folder, ...COMPILED };
      const callTool = () => scene.callTool(home.file, KEY.name, 'echo', env);
      await expect(callTool()).rejects.toThrow(/EHOSTUNREACH|No route to host/);
      expect(homeAssistant.seen).toEqual([]);
      // The network alone is in its way: the same bridge works where nothing keeps it from there.
      const outside = await run(process.execPath, [CALL_TOOL, home.file, KEY.name, 'echo'], env);
      expect(outside.stdout).toContain('{"text":"{}","isError":false}');

      const program = { kind: 'program', args: [], cwd: null, ...entry } as const;
      const proposal = await proposeMode(program, false, { nodeVersion: () => Promise.resolve('24.21.0') });
      expect(proposal.mode).toBe('run');
      const { host } = scene.device;
      expect(proposalSentence(proposal, appTextIn('en'))).toContain(`Home Assistant at ${host}`);

      const shim = { command: process.execPath, args: [inject('cli'), 'connect', '--port', String(gangway.port)] };
      const around: PlanEnvironment = { ...ENVIRONMENT, gateway: { port: gangway.port, token: null }, shim };
      const files = home.files();
      const plan = await files.plan('claude-desktop', home.file, KEY, { kind: 'run', by: 'shim' }, around);
      if (plan.kind !== 'change' || plan.server === null) throw new Error(JSON.stringify(plan));
      await gangway.engine.apply({ ...gangway.settings, servers: [plan.server] });
      expect(await files.apply(plan)).toMatchObject({ kind: 'written' });
      expect(home.bytes().toString()).not.toMatch(new RegExp(`${walk.bridge}|${LONG_LIVED_TOKEN}`));
      expect(await callTool()).toEqual({ text: '{}', isError: false });

      expect(await files.apply(await files.planUndo('claude-desktop', home.file))).toMatchObject({ kind: 'written' });
      await gangway.engine.apply(gangway.settings);
      expect(home.bytes()).toEqual(before);
      expect(gangway.lines.map((line) => JSON.stringify(line)).join('\n')).not.toContain(LONG_LIVED_TOKEN);
      homeAssistant.seen.length = 0;
    });
  },
);
