import { isObject } from '../schema/index.ts';
import type { ServerSetting } from '../settings/settings.ts';
import { type ConfigProblem, EntryFault } from './config-problem.ts';
import { expand } from './expand.ts';

/** The servers of a file, and what is wrong with those that are left out. */
export interface ConfigServers {
  readonly servers: readonly ServerSetting[];
  /** The one marked `"default": true`, or the only one; null when none stands out. */
  readonly defaultServer: string | null;
  readonly problems: readonly ConfigProblem[];
}

/**
 * Reads the `mcpServers` JSON that desktop clients keep: `command`, `args`, `env` and `cwd`, with variables of ours in
 * them. An entry that is wrong is left out and named; the others count. Beyond what the clients know, an entry may say
 * `default`, `era` and `spare`; `disabled` ones are skipped.
 */
export function configServers(json: string, env: NodeJS.ProcessEnv): ConfigServers {
  const entries = entriesIn(json);
  if (entries === null) return { servers: [], defaultServer: null, problems: [{ kind: 'no-servers' }] };
  const servers: ServerSetting[] = [];
  const problems: ConfigProblem[] = [];
  let marked: string | null = null;
  for (const [title, entry] of entries) {
    try {
      if (isObject(entry) && entry['disabled'] === true) continue;
      const server = serverFrom(title, entry, env);
      if (servers.some(({ name }) => name === server.name))
        throw new EntryFault({ kind: 'same-name', server: server.name });
      servers.push(server);
      if (isObject(entry) && entry['default'] === true) marked ??= server.name;
    } catch (error) {
      if (!(error instanceof EntryFault)) throw error;
      problems.push(error.problem);
    }
  }
  const only = servers.length === 1 ? (servers[0]?.name ?? null) : null;
  return { servers, defaultServer: marked ?? only, problems };
}

function entriesIn(json: string): readonly [string, unknown][] | null {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    // Somebody may be in the middle of writing it: the caller keeps what it had, and says so.
    return null;
  }
  const servers = isObject(value) ? value['mcpServers'] : undefined;
  return isObject(servers) ? Object.entries(servers) : null;
}

function serverFrom(title: string, entry: unknown, env: NodeJS.ProcessEnv): ServerSetting {
  const name = pathSegment(title);
  const fault = (field: string): EntryFault => new EntryFault({ kind: 'bad-entry', server: title, field });
  if (name === '') throw fault('name');
  if (!isObject(entry)) throw fault('command');
  const { command, args = [], env: own = {}, cwd = null, era = 'auto', spare = true, url } = entry;
  if (command === undefined && typeof url === 'string') throw new EntryFault({ kind: 'remote', server: title });
  if (typeof command !== 'string' || command === '') throw fault('command');
  if (!Array.isArray(args) || !args.every((arg) => typeof arg === 'string')) throw fault('args');
  if (!isObject(own) || !Object.values(own).every((value) => typeof value === 'string')) throw fault('env');
  if (cwd !== null && typeof cwd !== 'string') throw fault('cwd');
  if (!isEra(era)) throw fault('era');
  if (typeof spare !== 'boolean') throw fault('spare');
  const full = (text: unknown): string => {
    const expanded = expand(String(text), env);
    if ('text' in expanded) return expanded.text;
    throw new EntryFault({ kind: 'missing-variable', server: title, variable: expanded.missing });
  };
  return {
    name,
    command: full(command),
    args: args.map(full),
    env: Object.fromEntries(Object.entries(own).map(([key, value]) => [key, full(value)])),
    cwd: cwd === null ? null : full(cwd),
    era,
    spare,
  };
}

/** A name as it stands in `/servers/<name>/mcp`: what people write there has spaces and capitals. */
function pathSegment(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[-.]+|-+$/g, '');
}

function isEra(value: unknown): value is ServerSetting['era'] {
  return value === 'auto' || value === 'legacy' || value === 'dual' || value === 'modern';
}
