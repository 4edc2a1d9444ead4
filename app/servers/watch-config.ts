// `promises` is loaded by its first use: 2 MB less memory for all who have no config file.
import { promises } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { homeFolder } from '../base/home-folder.ts';
import type { Log } from '../base/log.ts';
import { faultOf, readPipe, readRegularFile } from '../platform/file/index.ts';
import { followFile } from '../platform/follow/index.ts';
import { type ConfigServers, configServers } from './config-file.ts';
import { isOfWholeFile } from './config-problem.ts';
import { decodedText } from './server-entries.ts';

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
  // A pipe has its content once: `--config <(…)`.
  const isPipe = await promises.stat(path).then(
    (facts) => faultOf(facts) === 'EFTYPE',
    () => false,
  );
  let text = await contentOf(path, isPipe);
  let config = read(path, text, options.env, null);
  if (isPipe) return { config, close: () => undefined };
  let closed = false;
  const followed = followFile(path, {
    async changed() {
      const now = await contentOf(path, false);
      if (closed || (now.text === text.text && now.code === text.code)) return;
      text = now;
      config = read(path, now, options.env, config);
      options.changed(config);
    },
    unwatched: (code) => options.log.warn('The config file cannot be watched; it is looked at every 3 s', { code }),
  });
  return {
    get config() {
      return config;
    },
    close: () => {
      closed = true;
      followed.close();
    },
  };
}

type Content =
  | { readonly text: string; readonly code?: undefined }
  | { readonly text?: undefined; readonly code: string };

/** Waiting for a pipe that has no writer would keep this process from ending: it is read only where that is what was named. */
async function contentOf(path: string, isPipe: boolean): Promise<Content> {
  try {
    if (isPipe) return { text: decodedText(await readPipe(path)) };
    const fault = faultOf(await promises.stat(path));
    if (fault !== null) return { code: fault };
    return { text: decodedText(await promises.readFile(path)) };
  } catch (error) {
    return { code: error instanceof Error && 'code' in error ? String(error.code) : 'UNKNOWN' };
  }
}

/** Characters of a file that a header takes its value from; a token has a few thousand at most. */
const LONGEST_VALUE = 64 * 1024;

/** A file that is named in another one, from whose folder relative paths start. */
function contentBeside(file: string, path: string): string {
  const home = path.replace(/^~(?=[/\\])/, homeFolder());
  return readRegularFile(resolve(dirname(file), home))
    .toString('utf8')
    .slice(0, LONGEST_VALUE);
}

function read(file: string, content: Content, env: NodeJS.ProcessEnv, before: ConfigServers | null): ConfigServers {
  const names = before?.names ?? new Map();
  const { servers = [], defaultServer = null, sets = [] } = before ?? {};
  const kept = { servers, defaultServer, sets, names };
  if (content.text === undefined) return { ...kept, problems: [{ kind: 'unreadable', file, code: content.code }] };
  const config = configServers(content.text, env, names, (path) => contentBeside(file, path));
  return config.problems.some(isOfWholeFile) ? { ...config, ...kept } : config;
}
