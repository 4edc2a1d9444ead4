import { Handles } from '../base/handles.ts';
import { authorityOf } from '../base/host.ts';
import { isObject, read } from '../base/schema/index.ts';
import { changedSettings, exported, imported, settingsIn } from '../control/index.ts';
import { said } from '../i18n/app.ts';
import type { ChangeOutcome, ImportAnswer, ImportedSetting } from '../ipc/index.ts';
import { forwardSchema, joinCommandLine, type Settings } from '../settings/index.ts';

export interface TransfersOwner {
  readonly settings: Settings;
  change(patch: (now: Settings) => Partial<Settings>): Promise<ChangeOutcome>;
}

/** Files that a window may still ask to import. */
const MOST_KEPT = 8;

/** Characters of a file: settings are small, and a file that is picked by mistake may be anything. */
export const LONGEST_EXPORT = 8 * 1024 * 1024;

/** Takes the settings to another machine without secrets, as `mcp-gangway settings export` and `import` do. */
export class Transfers {
  readonly #owner: TransfersOwner;
  readonly #files = new Handles<Readonly<Record<string, unknown>>>(MOST_KEPT);

  constructor(owner: TransfersOwner) {
    this.#owner = owner;
  }

  /** The text of a file, and what has to be given again where it is imported. */
  export(): { readonly text: string; readonly given: readonly string[] } {
    const { file, given } = exported(this.#owner.settings);
    return { text: `${JSON.stringify(file, null, 2)}\n`, given };
  }

  /** What the text of a file would change here. */
  preview(file: string, text: string): ImportAnswer {
    const { settings: now } = this.#owner;
    const settings = text.length > LONGEST_EXPORT ? null : settingsIn(text);
    if (settings === null) {
      return { kind: 'refused', sentence: said(({ settingsWindow: { moving } }) => moving.noExport(file)) };
    }
    const { patch, given, unknown } = imported(settings, now);
    const tokens = tokensIn(text).filter((path) => !now.tokens.some(({ name }) => path === `tokens.${name}`));
    const changes = changedSettings(now, patch).map(({ key, before, after }): ImportedSetting => {
      const [was, is] = [linesOf(key, before), linesOf(key, after)];
      return {
        key,
        before: was.filter((line) => !is.includes(line)),
        after: is.filter((line) => !was.includes(line)),
      };
    });
    const id = this.#files.keep(settings);
    return { kind: 'preview', id, file, changes, given: [...given, ...tokens], unknown };
  }

  /** Takes what was shown over. What is refused changes nothing. */
  async import(id: number): Promise<ChangeOutcome> {
    const file = this.#files.get(id);
    if (file === undefined) return { ok: true };
    // The schema reads it as it reads what a window sends.
    const outcome = await this.#owner.change((now) => {
      const { patch } = imported(file, now);
      const { limits } = patch;
      return { ...patch, ...(isObject(limits) ? { limits: { ...now.limits, ...limits } } : {}) };
    });
    if (outcome.ok) this.#files.forget(id);
    return outcome;
  }
}

/** Tokens that the other machine had: they are in no file. */
function tokensIn(text: string): readonly string[] {
  const { given } = JSON.parse(text) as { readonly given?: unknown };
  if (!Array.isArray(given)) return [];
  return given.flatMap((path: unknown) =>
    typeof path === 'string' && /^tokens\.[\w.-]{1,128}$/.test(path) ? [path] : [],
  );
}

/** A setting as lines that a person reads; what would run stands there whole. */
function linesOf(key: string, value: unknown): readonly string[] {
  if (value === null || value === '') return [];
  if (key === 'servers' && Array.isArray(value)) return value.flatMap(serverLines);
  if (Array.isArray(value)) return value.map((one: unknown) => forwardLine(one) ?? plain(one));
  if (isObject(value)) return Object.entries(value).map(([name, one]) => `${name}: ${plain(one)}`);
  return [plain(value)];
}

function serverLines(server: unknown): readonly string[] {
  if (!isObject(server)) return [plain(server)];
  const { name, title: _title, url, command, args, env, headers, cwd, era, spare: _spare, transport, ...more } = server;
  const words = Array.isArray(args) ? args.map(String) : [];
  const rest = {
    cwd,
    env,
    headers,
    era: era === 'auto' ? null : era,
    transport: transport === 'auto' ? null : transport,
  };
  return [
    `${plain(name)}: ${url === undefined ? joinCommandLine([plain(command), ...words]) : plain(url)}`,
    ...Object.entries({ ...rest, ...more }).flatMap(([part, one]) => partLines(`${plain(name)}  ${part}`, one)),
  ];
}

function partLines(name: string, value: unknown): readonly string[] {
  if (value === null || value === undefined) return [];
  if (isObject(value)) return Object.entries(value).flatMap(([key, one]) => partLines(`${name}.${key}`, one));
  return [`${name}: ${plain(value)}`];
}

function forwardLine(value: unknown): string | null {
  const reading = read(forwardSchema, value);
  if (!reading.ok) return null;
  const { port, host, targetPort } = reading.value;
  return `127.0.0.1:${port} → ${authorityOf({ host, port: targetPort })}`;
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
