// Builds the app, runs it, and after every change of the sources builds what changed and starts the app again.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import path from 'node:path';
import { build } from 'vite';

const root = path.join(import.meta.dirname, '..');
const electron: unknown = createRequire(import.meta.url)('electron');
if (typeof electron !== 'string') throw new Error('The package electron names no executable');

const PARTS = ['main', 'preload', 'renderer'] as const;
const SETTLE_MS = 150;

let app: ChildProcess | null = null;
let timer: NodeJS.Timeout | undefined;
let turn: Promise<void> = Promise.resolve();
const built = new Set<string>();

for (const part of PARTS) {
  const watcher = await build({
    root,
    configFile: path.join(root, `vite.${part}.config.ts`),
    logLevel: 'warn',
    build: { watch: {} },
  });
  if (!('on' in watcher)) throw new Error('The build does not watch');
  watcher.on('event', (event) => {
    if (event.code === 'ERROR') console.error(event.error.message);
    if (event.code !== 'END') return;
    built.add(part);
    if (built.size < PARTS.length) return;
    // One save may touch all three.
    clearTimeout(timer);
    timer = setTimeout(() => {
      turn = turn.then(() => restart(String(electron)));
    }, SETTLE_MS);
  });
}

async function restart(executable: string): Promise<void> {
  if (app !== null && app.exitCode === null) {
    app.removeAllListeners('exit');
    const left = once(app, 'exit');
    app.kill('SIGTERM');
    await left;
  }
  app = spawn(executable, ['.'], { cwd: root, stdio: 'inherit' });
  // Whoever quits the app is done.
  app.once('exit', (code) => process.exit(code ?? 0));
}
