import { execFile } from 'node:child_process';
import type { ClientId } from '../../clients/index.ts';

/** What became of quitting a client and opening it again. `opened`: it was not running. */
export type Restarted =
  | { readonly kind: 'restarted' | 'opened' | 'still-open' }
  /** The system's own words. */
  | { readonly kind: 'failed'; readonly reason: string };

/** The clients that are apps of their own, which a person can be spared quitting by hand. */
export interface ClientApps {
  canRestart(client: ClientId): boolean;
  restart(client: ClientId): Promise<Restarted>;
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

/** @param env where `osascript` and `open` are looked for */
export function clientApps(platform: NodeJS.Platform, env: NodeJS.ProcessEnv): ClientApps {
  return {
    canRestart: (client) => platform === 'darwin' && BUNDLES[client] !== undefined,
    async restart(client) {
      const bundle = BUNDLES[client];
      if (platform !== 'darwin' || bundle === undefined) throw new Error(`nobody knows how to restart ${client}`);
      const quit = await output('osascript', ['-l', 'JavaScript', '-e', QUIT, bundle, String(QUIT_SECONDS)], env);
      if (quit.kind === 'failed') return quit;
      if (quit.text === 'open') return { kind: 'still-open' };
      const opened = await output('open', ['-b', bundle], env);
      if (opened.kind === 'failed') return opened;
      return { kind: quit.text === 'none' ? 'opened' : 'restarted' };
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
