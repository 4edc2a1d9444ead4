import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import { appFolder } from '../../../app/base/home-folder.ts';
import { announce, readAnnouncement, writeAnnouncement } from '../../../app/connect/index.ts';
import { AppController } from '../../../app/desktop/index.ts';
import { createLog } from '../../../app/log/index.ts';
import { DEFAULT_SETTINGS, memoryStore } from '../../../app/settings/index.ts';
import { serverSetting } from '../../support/bridge-host.ts';
import { LineClient } from '../../support/line-client.ts';
import { rememberingLog } from '../../support/quiet-log.ts';
import { freePort } from '../../support/tcp.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { until } from '../../support/until.ts';

const TOKEN = 'a-token-that-is-long-enough';
const open: AppController[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((controller) => controller.end()));
});

async function operate(): Promise<AppController> {
  const settings = { ...DEFAULT_SETTINGS, port: await freePort(), servers: [serverSetting()], defaultServer: 'echo' };
  const store = memoryStore({ settings });
  const controller = new AppController({ store, running: createLog({ level: 'error' }), searchPath: () => null });
  open.push(controller);
  return controller;
}

test('the running app writes down where it is, for its user alone, and that it is off', async () => {
  const folder = temporaryDirectory();
  const controller = await operate();
  announce(controller, folder, true, rememberingLog().log);
  const off = { pid: process.pid, place: null, control: true };
  expect(readAnnouncement(folder)).toEqual(off);
  await controller.turnOn();
  const { port } = controller.settings;
  expect(readAnnouncement(folder)?.place).toEqual({ host: '127.0.0.1', port });
  expect(readdirSync(folder)).toEqual(['running.json']);
  expect(statSync(`${folder}/running.json`).mode & 0o777).toBe(0o600);
  await controller.change({ token: TOKEN });
  expect(readFileSync(`${folder}/running.json`, 'utf8')).not.toContain(TOKEN);
  const moved = await freePort();
  await controller.change({ port: moved });
  await until('the new port is written down', () => readAnnouncement(folder)?.place?.port === moved);
  await controller.turnOff();
  expect(readAnnouncement(folder)).toEqual(off);
});

test('connect follows an app without a control socket to another port', async () => {
  const home = temporaryDirectory();
  const controller = await operate();
  announce(controller, appFolder({ platform: process.platform, home, env: {} }), false, rememberingLog().log);
  await controller.turnOn();
  const client = new LineClient([], { HOME: home });
  await client.initialize();
  await controller.turnOff();
  await controller.change({ port: await freePort() });
  const held = client.tool('echo', { text: 'found again' });
  await until('it has said what is wrong', () => client.err.includes('MCP Gangway is switched off.'));
  await controller.turnOn();
  expect(await held).toBe('found again');
});

test('what an app that was killed has left behind is no announcement', async () => {
  const folder = temporaryDirectory();
  const app = spawn(process.execPath, ['-e', '']);
  await once(app, 'exit');
  writeAnnouncement(folder, { pid: app.pid ?? 0, place: { host: '127.0.0.1', port: 1 }, control: true });
  expect(readAnnouncement(folder)).toBeNull();
});

test('a folder that cannot be written to is said in the log, once for each attempt', async () => {
  const { log, lines } = rememberingLog();
  const controller = await operate();
  announce(controller, '/dev/null/nowhere', false, log);
  await controller.turnOn();
  const complaints = () => lines.filter(({ level }) => level === 'warn').length;
  const before = complaints();
  expect(before).toBeGreaterThan(0);
  await controller.change({ language: 'zh-Hant' });
  expect(complaints()).toBe(before);
});
