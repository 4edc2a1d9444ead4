import type { AppText } from '../i18n/app.ts';
import type { AppState } from '../ipc/index.ts';
import { consoleLine, isSecretName, type LogEntry, REDACTED, Redactor, secretsOf } from '../log/index.ts';
import {
  isRemote,
  joinCommandLine,
  type ProgramSetting,
  type ServerSetting,
  type Settings,
  shownUrl,
} from '../settings/index.ts';

/** The same value with every secret text in it taken out: by the name it goes by, else by what it looks like. */
export function withoutSecrets(value: unknown, redactor: Redactor): unknown {
  if (typeof value === 'string') return redactor.text(value);
  if (Array.isArray(value)) return value.map((one: unknown) => withoutSecrets(one, redactor));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]: readonly [string, unknown]) => [
      name,
      typeof inner === 'string' && isSecretName(name) ? REDACTED : withoutSecrets(inner, redactor),
    ]),
  );
}

/** As many lines of the log as a person who helps may have to read. */
export const LINES_IN_DIAGNOSTICS = 2000;

export interface DiagnosticsFacts {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** What the app runs on: system, versions. */
  readonly machine: Readonly<Record<string, string | number | boolean>>;
  readonly settings: Settings;
  readonly state: AppState;
  /** Oldest first. */
  readonly entries: readonly LogEntry[];
}

/**
 * Everything that helps to find out what is wrong, as a text to be read before it is sent: what the app runs on, the settings,
 * the state, the end of the log. The token, passwords and every value of a server's environment are taken out; names of hosts
 * and programs are not.
 */
export function diagnosticsText({ now, machine, settings, state, entries }: DiagnosticsFacts, text: AppText): string {
  const words = text.diagnostics;
  const values = settings.servers.flatMap((server) => Object.values(isRemote(server) ? server.headers : server.env));
  const redactor = new Redactor([...secretsOf(settings), ...values]);
  const shown = (value: unknown): string => JSON.stringify(withoutSecrets(value, redactor), null, 2);
  const lines = entries.slice(-LINES_IN_DIAGNOSTICS).map((entry) => redactor.text(consoleLine(entry, false)));
  return [
    `${words.title} ${state.version}`,
    new Date(now).toISOString(),
    words.note,
    ...section(words.machine, shown(machine)),
    ...section(words.settings, shown(readable(settings))),
    ...section(words.state, shown(state)),
    ...section(words.log(lines.length), ...lines),
    '',
  ].join('\n');
}

function section(title: string, ...lines: readonly string[]): readonly string[] {
  return ['', `== ${title} ==`, ...lines];
}

function readable(settings: Settings): object {
  const { token, servers, ...rest } = settings;
  return { ...rest, token: token === null ? null : REDACTED, servers: servers.map(withoutValues) };
}

function withoutValues(server: ServerSetting): object {
  const names = (values: object) => Object.fromEntries(Object.keys(values).map((name) => [name, REDACTED]));
  if (isRemote(server)) return { ...server, url: shownUrl(server.url), headers: names(server.headers) };
  return { ...withCommandLine(server), env: names(server.env) };
}

/** As one line, where an option stands beside its value: alone, `abc` of `--password abc` could not be known for a secret. */
function withCommandLine({ command, args, ...server }: ProgramSetting): object {
  return { ...server, command: joinCommandLine([command, ...args]) };
}
