import { reasonOf } from '../base/errno.ts';
import { nearest } from '../base/nearest.ts';
import { isObject } from '../base/schema/index.ts';
import { changedSettings, exported, imported, settingsIn } from '../control/index.ts';
import { type AppText, appTextIn } from '../i18n/app.ts';
import { inARow } from '../i18n/in-a-row.ts';
import { readNamed } from '../platform/file/index.ts';
import { decodedText } from '../servers/index.ts';
import { boundToPort, DEFAULT_SETTINGS, type Settings } from '../settings/index.ts';
import { jsonText, printable } from './columns.ts';
import { PENDING_EXIT, type SettingsCommand } from './command.ts';
import { openSettings, type SettingsDesk } from './settings-desk.ts';

interface Output {
  write(text: string): unknown;
}

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
        out.write(typeof value === 'string' && !json ? `${printable(value)}\n` : jsonText(value));
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
        if (given.length > 0) err.write(`mcp-gangway: ${printable(say.toBeGiven(given.join(text.status.comma)))}\n`);
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
    const read = await fileIn(path, text);
    if (typeof read === 'string') return fail(read);
    const now = await desk.read();
    const { patch, given, unknown } = imported(read, now);
    const lines = changesOf(now, patch);
    out.write(`${(lines.length === 0 ? [text.commandLine.clients.nothingToDo] : lines).map(printable).join('\n')}\n`);
    if (unknown.length > 0) err.write(`mcp-gangway: ${printable(say.unknownKeys(unknown.join(text.status.comma)))}\n`);
    if (given.length > 0) err.write(`mcp-gangway: ${printable(say.toBeGiven(given.join(text.status.comma)))}\n`);
    if (lines.length === 0) return 0;
    if (!yes) {
      err.write(`mcp-gangway: ${text.commandLine.clients.pending}\n`);
      return PENDING_EXIT;
    }
    return await changed(desk, patch);
  }

  async function changed(desk: SettingsDesk, patch: Parameters<SettingsDesk['change']>[0]): Promise<0 | 1> {
    const { port, servers } = await desk.read();
    const refusal = await desk.change(patch);
    if (refusal !== null) return fail(refusal);
    const bound = Object.hasOwn(patch, 'port') && patch['port'] !== port ? boundToPort(servers) : [];
    const { signIns } = text.settingsWindow.port;
    if (bound.length > 0)
      err.write(`mcp-gangway: ${printable(signIns(bound.join(text.settingsWindow.removal.comma)))}\n`);
    if (!desk.isRunning) err.write(`mcp-gangway: ${printable(text.commandLine.instance.fromNextStart)}\n`);
    return 0;
  }
}

function unknownKey(key: string, text: AppText): string {
  const near = nearest(key, Object.keys(DEFAULT_SETTINGS));
  const sentence = text.commandLine.settings.unknownKey(key);
  return near === null ? sentence : inARow(sentence, text.cliUsage.didYouMean(near));
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

async function fileIn(path: string, text: AppText): Promise<Readonly<Record<string, unknown>> | string> {
  const words = text.commandLine.settings;
  try {
    // PowerShell 5 writes `>` in UTF-16.
    return settingsIn(decodedText(await readNamed(path))) ?? words.noExport(path);
  } catch (error) {
    return text.servers.config.unreadable(path, reasonOf(error));
  }
}

/** One line a setting that would be another one, without secrets. */
function changesOf(now: Settings, patch: Readonly<Record<string, unknown>>): readonly string[] {
  return changedSettings(now, patch).map(
    ({ key, before, after }) => `${key}: ${JSON.stringify(before)} -> ${JSON.stringify(after)}`,
  );
}
