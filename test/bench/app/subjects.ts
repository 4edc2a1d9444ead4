import { rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openWindow, readSettings, runApp } from '../../e2e/support/running-app.ts';
import { CLI } from '../common/gangway.ts';
import { cpuSeconds } from '../common/processes.ts';
import { freePort, Program } from '../common/program.ts';

const FIXTURE = fileURLToPath(new URL('../inbound/fixture/server.js', import.meta.url));
const POLL_MS = 10;
const SERVER = { command: process.execPath, args: [FIXTURE, '--era', 'dual'] } as const;

/** The same engine in two processes of its own. */
export interface Subject {
  readonly name: string;
  readonly port: number;
  /** The version of Node that the engine runs in. */
  readonly node: string;
  /** CPU seconds of the engine's process so far; those of windows and MCP servers left out. */
  cpuSeconds(): number;
  stop(): Promise<void>;
}

export const HEADLESS = 'headless engine';
export const APP = 'MCP Gangway app';

export async function startHeadless(): Promise<Subject> {
  const port = await freePort();
  const args = [CLI, 'serve', '-p', String(port), '--sse', SERVER.command, ...SERVER.args];
  const program = await Program.start(HEADLESS, { command: process.execPath, args }, () => answers(port));
  return {
    name: HEADLESS,
    port,
    node: process.version,
    cpuSeconds: () => cpuSeconds([program.pid]),
    stop: () => program.stop(),
  };
}

/** The app with every window open and shown, on the stand-in for Electron. */
export async function startAppWithWindows(): Promise<Subject> {
  const server = { ...SERVER, name: 'bench', env: {}, cwd: null, era: 'auto', spare: false } as const;
  const app = await runApp({ settings: { servers: [server], defaultServer: 'bench' }, habits: { on: true } });
  const { port } = readSettings(app.home).settings;
  for (const window of ['settings', 'logs', 'welcome'] as const) await openWindow(app, window);
  await app.tray.click();
  await until(() => answers(port));
  await until(() => app.isVisible('#popover'));
  const { pid, node } = await app.app.evaluate(() => ({ pid: process.pid, node: process.version }));
  const shown = await app.app.evaluate(
    ({ BrowserWindow }) => BrowserWindow.getAllWindows().filter((window) => window.isVisible()).length,
  );
  if (shown !== 4) throw new Error(`${shown} windows are shown instead of four`);
  return {
    name: APP,
    port,
    node,
    cpuSeconds: () => cpuSeconds([pid]),
    async stop() {
      await app.stop();
      rmSync(app.home, { recursive: true, force: true });
    },
  };
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await delay(POLL_MS);
}

async function answers(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/healthz`).then(
    ({ ok }) => ok,
    () => false,
  );
}
