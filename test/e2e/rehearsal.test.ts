import fs from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HomeAssistant, LONG_LIVED_TOKEN, startHomeAssistant } from '../support/home-assistant.ts';
import { type LanScene, lanSceneObstacle, startLanScene } from '../support/lan-scene.ts';
import { has, hasPython, PYTHON } from '../support/programs.ts';
import { writeClientFile } from './support/client-files.ts';
import { describeApp } from './support/describe-app.ts';
import type { AppDriver } from './support/driver.ts';
import { openWindow, readSettings, runApp, stopApp } from './support/running-app.ts';

const FIXTURES = path.join(import.meta.dirname, '..', 'fixtures', 'lan');
const obstacle = lanSceneObstacle();
const noPython = !hasPython('requests') || !hasPython('httpx');

/** Servers that work in a terminal, and not below a client that macOS keeps from the local network. */
function servers(url: string, homeAssistant: HomeAssistant): string {
  const env = { NAS_URL: url };
  const access = { SSE_URL: homeAssistant.sseUrl, API_ACCESS_TOKEN: LONG_LIVED_TOKEN };
  return `${JSON.stringify(
    {
      mcpServers: {
        'nas-node': { command: process.execPath, args: [path.join(FIXTURES, 'node-server.mjs')], env },
        'nas-python': { command: PYTHON, args: [path.join(FIXTURES, 'python-server.py')], env },
        'Home Assistant': { command: path.join(FIXTURES, 'mcp-proxy'), env: access },
      },
      globalShortcut: 'Alt+Space',
    },
    null,
    3,
  )}\n`;
}

describe.skipIf(obstacle !== null)(`Where servers cannot reach the network (skipped here: ${obstacle})`, () => {
  describeApp('one click', () => {
    let scene: LanScene;
    let homeAssistant: HomeAssistant;
    let app: AppDriver;
    let page: Page;
    let file: string;
    let content: string;

    beforeAll(async () => {
      scene = await startLanScene();
      homeAssistant = await startHomeAssistant(scene.device.host);
      app = await runApp({ habits: { on: true } });
      content = servers(scene.device.url, homeAssistant);
      file = writeClientFile(app.home, 'claude', content);
      writeClientFile(app.home, 'cursor', content);
      await scene.share(readSettings(app.home).settings.port);
      // On a Mac these are one folder; the stand-in app is on a Mac, and our program that the client starts is not.
      const found = path.join(app.home, '.config', 'MCP Gangway');
      fs.mkdirSync(path.dirname(found), { recursive: true });
      fs.symlinkSync(await app.userData(), found);
      page = await openWindow(app, 'clients');
    });

    afterAll(async () => {
      await stopApp(app);
      await homeAssistant[Symbol.asyncDispose]();
      await scene[Symbol.asyncDispose]();
    });

    const modes = (server: string) => page.getByRole('radiogroup', { name: `How ${server} reaches the network` });
    const row = (server: string) => page.locator('.client-server', { hasText: server });
    const press = (name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click();

    async function choose(server: string, mode: string): Promise<void> {
      await modes(server).getByRole('radio', { name: mode }).click();
      await press('Apply');
      await expect.poll(() => modes(server).locator('[aria-checked="true"]').textContent()).toBe(mode);
    }

    async function undo(server: string): Promise<void> {
      await press(`Undo the change of ${server}`);
      await expect.poll(() => modes(server).locator('[aria-checked="true"]').textContent()).toBe('Direct');
      expect(fs.readFileSync(file, 'utf8')).toBe(content);
    }

    async function isBroken(server: string, tool: string): Promise<void> {
      const outcome = await scene.callTool(file, server, tool);
      expect(outcome.isError).toBe(true);
      expect(outcome.text).toMatch(/EHOSTUNREACH|No route to host/);
    }

    it.skipIf(noPython)('leads a Python server through Gangway, and its last request shows', async () => {
      await isBroken('nas-python', 'requests');
      await choose('nas-python', 'Through Gangway');
      expect(await row('nas-python').textContent()).toContain('No request seen yet');
      for (const tool of ['requests', 'httpx']) {
        expect(await scene.callTool(file, 'nas-python', tool)).toEqual({ text: '200 the nas', isError: false });
      }
      const { host, port } = scene.device;
      const badge = new RegExp(`Last request \\d+ s ago: ${host}:${port}, 200`);
      await expect.poll(() => row('nas-python').textContent()).toMatch(badge);
      await undo('nas-python');
      await isBroken('nas-python', 'httpx');
    });

    it('leads a Node server through Gangway, and its last request shows', async () => {
      await isBroken('nas-node', 'status');
      await choose('nas-node', 'Through Gangway');
      expect(await scene.callTool(file, 'nas-node', 'status')).toEqual({ text: '200 the nas', isError: false });
      const { host, port } = scene.device;
      await expect
        .poll(() => row('nas-node').textContent())
        .toMatch(new RegExp(`Last request \\d+ s ago: ${host}:${port}`));
      await press('Verify nas-node');
      const check = page.getByRole('region', { name: 'Check of nas-node' });
      await expect.poll(() => check.getByRole('listitem').allTextContents()).toHaveLength(5);
      await expect.poll(() => check.textContent()).toContain('It offers one tool.');
      expect(await check.textContent()).toContain(`${host}:${port} can be reached from this app.`);
      await undo('nas-node');
      await isBroken('nas-node', 'status');
    });

    it('runs a server in Gangway, for a client that starts programs only', async () => {
      await choose('nas-node', 'Run in Gangway');
      const { command, args, env } = JSON.parse(fs.readFileSync(file, 'utf8')).mcpServers['nas-node'];
      expect([command, ...args].slice(-2)).toEqual(['connect', 'nas-node']);
      expect(env).toBeUndefined();
      const outcome = await scene.callTool(file, 'nas-node', 'status', { HOME: app.home });
      expect(outcome).toEqual({ text: '200 the nas', isError: false });
      await undo('nas-node');
      await expect.poll(() => readSettings(app.home).settings.servers).toEqual([]);
    });

    it.skipIf(!has(PYTHON, '--version'))('takes the place of the bridge in front of Home Assistant', async () => {
      await expect(scene.callTool(file, 'Home Assistant', 'echo')).rejects.toThrow(/No route to host/);
      expect(await row('Home Assistant').textContent()).toContain(`Home Assistant at ${scene.device.host}`);
      await choose('Home Assistant', 'Run in Gangway');
      expect(fs.readFileSync(file, 'utf8')).not.toMatch(new RegExp(`mcp-proxy|${LONG_LIVED_TOKEN}`));
      const outcome = await scene.callTool(file, 'Home Assistant', 'echo', { HOME: app.home });
      expect(outcome).toEqual({ text: '{}', isError: false });
      await undo('Home Assistant');
    });

    it('runs a server in Gangway, for a client that connects to addresses', async () => {
      await page
        .getByRole('navigation')
        .getByRole('button', { name: /^Cursor/ })
        .click();
      file = path.join(app.home, '.cursor/mcp.json');
      await isBroken('nas-node', 'status');
      await choose('nas-node', 'Run in Gangway');
      expect(JSON.parse(fs.readFileSync(file, 'utf8')).mcpServers['nas-node']).toEqual({
        url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/.*mcp$/),
        headers: { Authorization: expect.stringMatching(/^Bearer \S{43}$/) },
      });
      expect(await scene.callTool(file, 'nas-node', 'status')).toEqual({ text: '200 the nas', isError: false });
      await undo('nas-node');
      await isBroken('nas-node', 'status');
    });
  });
});
