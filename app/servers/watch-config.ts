// `promises` is loaded by its first use: 2 MB less memory for all who have no config file.
import { type FSWatcher, promises, watch } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import type { Log } from '../log/log.ts';
import { type ConfigServers, configServers } from './config-file.ts';

/** Milliseconds of quiet after which a change is read: editors write a file in several steps. */
const SETTLE = 100;

export interface WatchOptions {
  readonly log: Log;
  /** Where `${NAME}` is looked up. */
  readonly env: NodeJS.ProcessEnv;
  /**
   * The file says something else now. When it could not be read or parsed, `servers` are those of before and the problem is
   * named: half a file on its way from an editor must not end every session.
   */
  readonly changed: (config: ConfigServers) => void;
}

export interface WatchedConfig {
  readonly config: ConfigServers;
  close(): void;
}

/** Reads a config file and goes on watching it. A file that cannot be read is a problem, and is read once it can. */
export async function watchConfig(file: string, options: WatchOptions): Promise<WatchedConfig> {
  const path = resolve(file);
  let text = await contentOf(path);
  let config = read(path, text, options.env, null);
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  const look = async () => {
    const now = await contentOf(path);
    if (closed || (now.text === text.text && now.code === text.code)) return;
    text = now;
    config = read(path, now, options.env, config);
    options.changed(config);
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(() => void look(), SETTLE);
  };
  const watchers = await watchersOf(path, soon, options.log);
  return {
    get config() {
      return config;
    },
    close: () => {
      closed = true;
      clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
    },
  };
}

type Content =
  | { readonly text: string; readonly code?: undefined }
  | { readonly text?: undefined; readonly code: string };

async function contentOf(path: string): Promise<Content> {
  try {
    return { text: await promises.readFile(path, 'utf8') };
  } catch (error) {
    return { code: error instanceof Error && 'code' in error ? String(error.code) : 'UNKNOWN' };
  }
}

function read(file: string, content: Content, env: NodeJS.ProcessEnv, before: ConfigServers | null): ConfigServers {
  const kept = { servers: before?.servers ?? [], defaultServer: before?.defaultServer ?? null };
  if (content.text === undefined) return { ...kept, problems: [{ kind: 'unreadable', file, code: content.code }] };
  const config = configServers(content.text, env);
  const isBroken = config.problems.some(({ kind }) => kind === 'no-servers');
  return isBroken ? { ...config, ...kept } : config;
}

/** Folders are watched, not the file: editors replace it by another of the same name. Behind a link both ends can change. */
async function watchersOf(path: string, changed: () => void, log: Log): Promise<readonly FSWatcher[]> {
  const real = await promises.realpath(path).catch(() => path);
  const watchers: FSWatcher[] = [];
  for (const target of new Set([path, real])) {
    try {
      const watcher = watch(dirname(target), (_, name) => {
        if (name === null || name === basename(target)) changed();
      });
      watcher.on('error', (error) => log.warn('The config file is no longer watched', { error: error.message }));
      watchers.push(watcher);
    } catch (error) {
      log.warn('The config file cannot be watched', { error: error instanceof Error ? error.message : String(error) });
    }
  }
  return watchers;
}
