import { execFile } from 'node:child_process';
import { open } from 'node:fs/promises';
import { basename, posix, win32 } from 'node:path';
import { codeOf } from '../../base/errno.ts';
import type { ClientId, Home } from '../../clients/index.ts';

/** What clients wrote down about the servers they started. */
export interface ClientLogs {
  /** The words of the newest start of a server that tell of a block, such as `No route to host`; null when there are none. */
  blocked(client: ClientId, server: string): Promise<string | null>;
}

/** Bytes at the end of a log that are read: the newest start of a server is what counts. */
const TAIL = 64 * 1024;

/** Where Claude Desktop begins to write about a start (docs of the protocol, "Debugging": one log a server). */
const START = 'Initializing server...';

/** What runtimes say when macOS keeps a program from the local network: errno 65, with its name or its text. */
const BLOCKED = /(?:\[Errno \d+\] )?[Nn]o route to host|EHOSTUNREACH(?: [\w.:[\]-]+)?|\b[Ee]rrno:? ?-?65\b/;

/** The logs of the clients that keep one for each server. */
export function clientLogs(home: Pick<Home, 'folder' | 'platform' | 'env'>): ClientLogs {
  return {
    async blocked(client, server) {
      const file = logOf(client, server, home);
      if (file === null) return null;
      const text = await tailOf(file);
      return BLOCKED.exec(text.slice(text.lastIndexOf(START) + 1))?.[0] ?? null;
    },
  };
}

function logOf(
  client: ClientId,
  server: string,
  { folder, platform, env }: Pick<Home, 'folder' | 'platform' | 'env'>,
): string | null {
  const name = `mcp-server-${server}.log`;
  // The name comes from a file that any program may have written.
  if (client !== 'claude-desktop' || basename(name) !== name || win32.basename(name) !== name) return null;
  if (platform === 'darwin') return posix.join(folder, 'Library', 'Logs', 'Claude', name);
  if (platform !== 'win32') return null;
  return win32.join(env['APPDATA'] || win32.join(folder, 'AppData', 'Roaming'), 'Claude', 'logs', name);
}

/** Empty when there is no such file, or it cannot be read: a log is a hint, nothing depends on it. */
async function tailOf(path: string): Promise<string> {
  try {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      const length = Math.min(size, TAIL);
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length);
      return buffer.toString('utf8', 0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (codeOf(error) !== null) return '';
    throw error;
  }
}

/** What became of quitting a client and opening it again. `opened`: it was not running. */
export type Restarted =
  | { readonly kind: 'restarted' | 'opened' | 'still-open' }
  /** The system's own words. */
  | { readonly kind: 'failed'; readonly reason: string };

/** The clients that are apps of their own, which a person can be spared quitting by hand. */
export interface ClientApps {
  canRestart(client: ClientId): boolean;
  restart(client: ClientId): Promise<Restarted>;
  /** Whether a client was started after a moment, in milliseconds since the epoch; true as well while it is not running. */
  isStartedSince(client: ClientId, moment: number): Promise<boolean>;
}

/** What macOS calls them. Only clients that read their file at no other time than their start. */
const BUNDLES: Partial<Readonly<Record<ClientId, string>>> = {
  'claude-desktop': 'com.anthropic.claudefordesktop',
  jan: 'jan.ai.app',
};

/** Seconds a client may take to quit: it may have something to save, or a question to ask. */
const QUIT_SECONDS = 15;

/** For starting osascript and open themselves. */
const MARGIN_SECONDS = 10;

/**
 * Asks an app to quit as the Dock does and waits until it is gone. NSRunningApplication.terminate needs no permission for
 * automation, which an Apple event sent by hand would. Its properties are only kept up while a run loop runs.
 * NSProcessInfo.systemUptime is monotonic.
 */
const QUIT = `
ObjC.import('AppKit');
function run([bundle, seconds]) {
  const apps = ObjC.unwrap($.NSRunningApplication.runningApplicationsWithBundleIdentifier(bundle));
  if (apps.length === 0) return 'none';
  for (const app of apps) app.terminate;
  const uptime = () => $.NSProcessInfo.processInfo.systemUptime;
  const end = uptime() + Number(seconds);
  while (apps.some((app) => !app.terminated) && uptime() < end) {
    $.NSRunLoop.currentRunLoop.runUntilDate($.NSDate.dateWithTimeIntervalSinceNow(0.1));
  }
  return apps.every((app) => app.terminated) ? 'gone' : 'open';
}`;

/** Milliseconds since the epoch at which an app was started last; `none` while it is not running. */
const STARTED = `
ObjC.import('AppKit');
function run([bundle]) {
  const apps = ObjC.unwrap($.NSRunningApplication.runningApplicationsWithBundleIdentifier(bundle));
  if (apps.length === 0) return 'none';
  return String(Math.max(...apps.map((app) => app.launchDate.timeIntervalSince1970 * 1000)));
}`;

/** @param env where `osascript` and `open` are looked for */
export function clientApps(platform: NodeJS.Platform, env: NodeJS.ProcessEnv): ClientApps {
  return {
    canRestart: (client) => platform === 'darwin' && BUNDLES[client] !== undefined,
    async restart(client) {
      const bundle = BUNDLES[client];
      if (platform !== 'darwin' || bundle === undefined) throw new Error(`no way to restart ${client}`);
      const quit = await output('osascript', ['-l', 'JavaScript', '-e', QUIT, bundle, String(QUIT_SECONDS)], env);
      if (quit.kind === 'failed') return quit;
      if (quit.text === 'open') return { kind: 'still-open' };
      const opened = await output('open', ['-b', bundle], env);
      if (opened.kind === 'failed') return opened;
      return { kind: quit.text === 'none' ? 'opened' : 'restarted' };
    },
    async isStartedSince(client, moment) {
      const bundle = BUNDLES[client];
      if (platform !== 'darwin' || bundle === undefined) return false;
      const started = await output('osascript', ['-l', 'JavaScript', '-e', STARTED, bundle], env);
      // What cannot be found out is left to the person, who can restart the client.
      return started.kind === 'done' && (started.text === 'none' || Number(started.text) > moment);
    },
  };
}

type Output = { readonly kind: 'done'; readonly text: string } | { readonly kind: 'failed'; readonly reason: string };

function output(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Output> {
  const timeout = (QUIT_SECONDS + MARGIN_SECONDS) * 1000;
  return new Promise((resolve) => {
    execFile(command, args, { env, timeout }, (error, stdout, stderr) => {
      const said = stderr.trim();
      resolve(
        error === null
          ? { kind: 'done', text: stdout.trim() }
          : { kind: 'failed', reason: said === '' ? error.message : said },
      );
    });
  });
}
