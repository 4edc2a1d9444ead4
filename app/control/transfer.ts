import { isObject } from '../base/schema/index.ts';
import { REDACTED } from '../log/index.ts';
import { originOf } from '../settings/server-url.ts';
import { DEFAULT_SETTINGS, isRemote, type Settings } from '../settings/settings.ts';
import { withoutSecrets } from './methods.ts';

/** The form of the file that an export writes. */
const EXPORT_VERSION = 1;

/** A setting that an import would change, without secrets. */
export interface ChangedSetting {
  readonly key: string;
  readonly before: unknown;
  readonly after: unknown;
}

/**
 * The settings for another machine, without secrets, and what has to be given again there. Tokens are made anew: only their hashes are
 * kept, from which they cannot be shown.
 */
export function exported(settings: Settings): { readonly file: object; readonly given: readonly string[] } {
  const { tokens, ...rest } = settings;
  const { settings: all, hidden } = withoutSecrets(settings);
  const shown = Object.fromEntries(Object.entries(all).filter(([key]) => key in rest && key !== 'tokens'));
  const given = [
    ...hidden.filter((path) => !path.startsWith('tokens.')).map((path) => named(path, settings)),
    ...tokens.filter(({ client }) => client === null).map(({ name }) => `tokens.${name}`),
  ];
  return { file: { 'mcp-gangway': EXPORT_VERSION, settings: shown, given }, given };
}

/** `servers.0.env.KEY` by the name of the server, which people know. */
function named(path: string, { servers }: Pick<Settings, 'servers'>): string {
  return path.replace(/^servers\.(\d+)/, (found, index) => {
    const name = servers[Number(index)]?.name;
    return name === undefined ? found : `servers.${name}`;
  });
}

/** The settings in the text of an export; null where it is none. */
export function settingsIn(text: string): Readonly<Record<string, unknown>> | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  if (!isObject(value) || value['mcp-gangway'] !== EXPORT_VERSION) return null;
  return isObject(value['settings']) ? value['settings'] : null;
}

/**
 * What an import would set. A secret that is not in the file stays what it is here, where the server is the same; else its
 * variable or header is left out, and a server that is nothing without it.
 */
export function imported(
  file: Readonly<Record<string, unknown>>,
  now: Settings,
): {
  readonly patch: Readonly<Record<string, unknown>>;
  readonly given: readonly string[];
  readonly unknown: readonly string[];
} {
  const given: string[] = [];
  const unknown = Object.keys(file).filter((key) => !Object.hasOwn(DEFAULT_SETTINGS, key));
  const patch: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(file)) {
    if (unknown.includes(key) || key === 'tokens') continue;
    if (key === 'servers' && Array.isArray(value)) {
      patch[key] = value.flatMap((server) => filled(server, now, given));
    } else if (value === REDACTED) {
      if (now[key as keyof Settings] === null) given.push(key);
    } else {
      patch[key] = value;
    }
  }
  const names = Array.isArray(patch['servers']) ? patch['servers'].map((one: unknown) => nameIn(one)) : null;
  if (names !== null && !names.includes(String(patch['defaultServer']))) patch['defaultServer'] = null;
  return { patch, given, unknown };
}

function nameIn(server: unknown): string {
  return isObject(server) ? String(server['name']) : '';
}

function filled(server: unknown, now: Settings, given: string[]): readonly unknown[] {
  const name = nameIn(server);
  const own = keptBy(server, now);
  let isWhole = true;
  const fill = (value: unknown, here: unknown, path: string, isEntry: boolean): unknown => {
    if (value === REDACTED) {
      if (typeof here === 'string') return here;
      given.push(path);
      if (!isEntry) isWhole = false;
      return undefined;
    }
    if (Array.isArray(value)) {
      return value.map((one: unknown, index) =>
        fill(one, Array.isArray(here) ? here[index] : undefined, `${path}.${index}`, false),
      );
    }
    if (!isObject(value)) return value;
    const isMap = /\.(?:env|headers)$/.test(path);
    const entries = Object.entries(value).map(([key, one]) => [
      key,
      fill(one, isObject(here) ? here[key] : undefined, `${path}.${key}`, isMap),
    ]);
    return Object.fromEntries(entries.filter(([, one]) => one !== undefined));
  };
  const whole = fill(server, own, `servers.${name}`, false);
  return isWhole ? [whole] : [];
}

/**
 * The server here whose secrets one of a file of the same name goes on with. A file says where a server is, so that a secret must not
 * follow it: what headers hold stays with its origin, and a client secret with its authorization server.
 */
function keptBy(server: unknown, { servers }: Settings): object | undefined {
  const own = servers.find(({ name }) => name === nameIn(server));
  if (own === undefined || !isRemote(own) || !isObject(server)) return own;
  const { url, oauth } = server;
  if (url !== REDACTED && originOf(String(url)) !== originOf(own.url)) return undefined;
  const isSame = authServerOf(oauth) === REDACTED || authServerOf(oauth) === authServerOf(own.oauth);
  return isSame ? own : { ...own, oauth: undefined };
}

function authServerOf(oauth: unknown): unknown {
  return isObject(oauth) ? oauth['authServerMetadataUrl'] : undefined;
}

/** The settings that would be others. */
export function changedSettings(now: Settings, patch: Readonly<Record<string, unknown>>): readonly ChangedSetting[] {
  const before = withoutSecrets(now).settings as Readonly<Record<string, unknown>>;
  const after = withoutSecrets({ ...now, ...patch } as Settings).settings as Readonly<Record<string, unknown>>;
  const real: Readonly<Record<string, unknown>> = { ...now };
  return Object.keys(patch)
    .filter((key) => JSON.stringify(real[key]) !== JSON.stringify(patch[key]))
    .map((key) => ({ key, before: before[key], after: after[key] }));
}
