import { readFileSync } from 'node:fs';
import { reasonOf } from '../base/errno.ts';
import { nearest } from '../base/nearest.ts';
import { isObject } from '../base/schema/index.ts';
import { withoutSecrets } from '../control/index.ts';
import { type AppText, appTextIn } from '../i18n/app.ts';
import { REDACTED } from '../log/index.ts';
import { DEFAULT_SETTINGS, type Settings } from '../settings/index.ts';
import { printable } from './columns.ts';
import { PENDING_EXIT, type SettingsCommand } from './command.ts';
import { openSettings, type SettingsDesk } from './settings-desk.ts';

interface Output {
  write(text: string): unknown;
}

/** The form of the file that `export` writes. */
const EXPORT_VERSION = 1;

/**
 * Shows, changes, exports and imports the app's settings. Secrets are not shown and not exported: what has to be given again is
 * listed. Resolves with the exit status: 0 when it is done, 1 when it is not, 3 when an import waits for `--yes`.
 */
export async function runSettings(
  { action, words, json, yes, language }: SettingsCommand,
  out: Output,
  err: Output,
): Promise<0 | 1 | typeof PENDING_EXIT> {
  const text = appTextIn(language);
  const say = text.commandLine.settings;
  const fail = (sentence: string): 1 => {
    err.write(`mcp-gangway: ${printable(sentence)}\n`);
    return 1;
  };
  const desk = await openSettings(text);
  if (typeof desk === 'string') return fail(desk);
  try {
    const [first = '', second = ''] = words;
    switch (action) {
      case 'get': {
        const { settings } = await desk.shown();
        const value = first === '' ? settings : valueAt(settings, first);
        if (value === undefined) return fail(unknownKey(first, text));
        out.write(typeof value === 'string' && !json ? `${printable(value)}\n` : `${JSON.stringify(value, null, 2)}\n`);
        return 0;
      }
      case 'set': {
        const patch = patchOf(first, second);
        if (patch === null) return fail(unknownKey(first, text));
        return await changed(desk, patch);
      }
      case 'export': {
        const { file, given } = exported(await desk.read());
        out.write(`${JSON.stringify(file, null, 2)}\n`);
        if (given.length > 0) err.write(`mcp-gangway: ${printable(say.toBeGiven(given.join(', ')))}\n`);
        return 0;
      }
      case 'import':
        return await importFrom(first, desk);
      default:
        return action satisfies never;
    }
  } finally {
    desk.close();
  }

  async function importFrom(path: string, desk: SettingsDesk): Promise<0 | 1 | typeof PENDING_EXIT> {
    const read = fileIn(path, text);
    if (typeof read === 'string') return fail(read);
    const now = await desk.read();
    const { patch, given, unknown } = imported(read, now);
    const lines = changesOf(now, patch);
    out.write(`${(lines.length === 0 ? [text.commandLine.clients.nothingToDo] : lines).map(printable).join('\n')}\n`);
    if (unknown.length > 0) err.write(`mcp-gangway: ${printable(say.unknownKeys(unknown.join(', ')))}\n`);
    if (given.length > 0) err.write(`mcp-gangway: ${printable(say.toBeGiven(given.join(', ')))}\n`);
    if (lines.length === 0) return 0;
    if (!yes) {
      err.write(`mcp-gangway: ${text.commandLine.clients.pending}\n`);
      return PENDING_EXIT;
    }
    return await changed(desk, patch);
  }

  async function changed(desk: SettingsDesk, patch: Parameters<SettingsDesk['change']>[0]): Promise<0 | 1> {
    const refusal = await desk.change(patch);
    if (refusal !== null) return fail(refusal);
    if (!desk.isRunning) err.write(`mcp-gangway: ${printable(text.commandLine.instance.fromNextStart)}\n`);
    return 0;
  }
}

function unknownKey(key: string, text: AppText): string {
  const near = nearest(key, Object.keys(DEFAULT_SETTINGS));
  const sentence = text.commandLine.settings.unknownKey(key);
  return near === null ? sentence : `${sentence} ${text.cliUsage.didYouMean(near)}`;
}

function valueAt(settings: object, path: string): unknown {
  return path.split('.').reduce<unknown>((at, key) => {
    if (Array.isArray(at)) return at[Number(key)];
    return isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  }, settings);
}

/** Settings are set whole, of `limits` one by one. JSON where it is JSON, else a text: `null`, `8080` and `true` are not texts. */
function patchOf(key: string, written: string): Readonly<Record<string, unknown>> | null {
  const [top = '', limit, ...more] = key.split('.');
  if (!Object.hasOwn(DEFAULT_SETTINGS, top) || more.length > 0) return null;
  let value: unknown = written;
  try {
    value = JSON.parse(written);
  } catch {
    // Then it is meant as it is written: a host, a level.
  }
  if (limit === undefined) return { [top]: value };
  return top === 'limits' && Object.hasOwn(DEFAULT_SETTINGS.limits, limit) ? { limits: { [limit]: value } } : null;
}

/** Tokens are made anew on another machine: only their hashes are kept, from which they cannot be shown. */
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

function fileIn(path: string, text: AppText): Readonly<Record<string, unknown>> | string {
  const words = text.commandLine.settings;
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    const settings = isObject(value) ? value['settings'] : null;
    return isObject(value) && value['mcp-gangway'] === EXPORT_VERSION && isObject(settings)
      ? settings
      : words.noExport(path);
  } catch (error) {
    return error instanceof SyntaxError ? words.noExport(path) : text.cliUsage.configUnreadable(path, reasonOf(error));
  }
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
  const own = now.servers.find((one) => one.name === name);
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

/** One line a setting that would be another one, without secrets. */
function changesOf(now: Settings, patch: Readonly<Record<string, unknown>>): readonly string[] {
  const before = withoutSecrets(now).settings as Readonly<Record<string, unknown>>;
  const after = withoutSecrets({ ...now, ...patch } as Settings).settings as Readonly<Record<string, unknown>>;
  const real: Readonly<Record<string, unknown>> = { ...now };
  return Object.keys(patch)
    .filter((key) => JSON.stringify(real[key]) !== JSON.stringify(patch[key]))
    .map((key) => `${key}: ${JSON.stringify(before[key])} -> ${JSON.stringify(after[key])}`);
}
