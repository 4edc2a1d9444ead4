import { ControlFault } from '../control/client/index.ts';
import { appTextIn } from '../i18n/app.ts';
import { Redactor } from '../log/index.ts';
import { freeName } from '../servers/index.ts';
import { joinCommandLine } from '../settings/command-line.ts';
import { isRemote, isServerAddress, looksLikeUrl, type ServerSetting, shownUrl } from '../settings/index.ts';
import { noApp, runningApp, settingsFile } from './clients-desk.ts';
import { jsonText, padded, printable, columns as widthOf } from './columns.ts';
import type { GroupCommand, ServersCommand } from './command.ts';
import { openSettings } from './settings-desk.ts';

interface Output {
  write(text: string): unknown;
}

/** Lists, adds and removes servers of the app, and turns it on and off. Resolves with the exit status: 0 when it is done, else 1. */
export async function runServers(command: ServersCommand, out: Output, err: Output): Promise<0 | 1> {
  const text = appTextIn(command.language);
  const words = text.commandLine.servers;
  const note = (sentence: string): unknown => err.write(`mcp-gangway: ${printable(sentence)}\n`);
  const fail = (sentence: string): 1 => {
    note(sentence);
    return 1;
  };
  const { action } = command;
  if (action.kind === 'on' || action.kind === 'off') {
    const client = await runningApp(action.kind, text);
    if (typeof client === 'string') return fail(client);
    if (client === null) return fail(await noApp(action.kind, text));
    try {
      await client.request(
        action.kind,
        action.kind === 'off' && action.seconds !== null ? { seconds: action.seconds } : {},
      );
      return 0;
    } catch (error) {
      return fail(error instanceof ControlFault ? error.message : text.commandLine.instance.broke);
    } finally {
      client.close();
    }
  }
  const desk = await openSettings(text);
  if (typeof desk === 'string') return fail(desk);
  try {
    const { servers, defaultServer } = await desk.read();
    switch (action.kind) {
      case 'list': {
        if (command.json) {
          const { settings } = await desk.shown();
          const shown = 'servers' in settings ? settings.servers : [];
          out.write(jsonText({ servers: shown, defaultServer }));
          return 0;
        }
        const width = Math.max(0, ...servers.map(({ name }) => widthOf(name)));
        const lines = servers.map((one) => `${padded(one.name, width)}  ${lineOf(one)}`);
        out.write(`${(lines.length === 0 ? [words.none] : lines).map(printable).join('\n')}\n`);
        return 0;
      }
      case 'remove': {
        if (servers.every(({ name }) => name !== action.name)) {
          return fail(
            text.servers.unknownServer(
              action.name,
              servers.map(({ name }) => name),
            ),
          );
        }
        const rest = servers.filter(({ name }) => name !== action.name);
        const refusal = await desk.change({
          servers: rest,
          defaultServer: defaultServer === action.name ? (rest[0]?.name ?? null) : defaultServer,
        });
        if (refusal !== null) return fail(refusal);
        if (!desk.isRunning) note(text.commandLine.instance.fromNextStart);
        return 0;
      }
      case 'add': {
        const taken = new Set(servers.map(({ name }) => name));
        const name = freeName(action.title, new Set());
        if (taken.has(name)) return fail(words.taken(name));
        const server = serverOf(name, action);
        if (server === null)
          return fail(text.cliUsage.invalid('URL', shownUrl(action.line[0] ?? ''), text.cliUsage.expected.serverUrl));
        const refusal = await desk.change({ servers: [...servers, server], defaultServer: defaultServer ?? name });
        if (refusal !== null) return fail(refusal);
        out.write(`${printable(words.added(name))}\n`);
        if (!desk.isRunning) note(text.commandLine.instance.fromNextStart);
        const isSecret = isRemote(server) && (Object.keys(server.headers).length > 0 || server.url.includes('?'));
        if (!desk.isRunning && isSecret) {
          note(words.inClear(settingsFile()));
        }
        return 0;
      }
      default:
        return action satisfies never;
    }
  } finally {
    desk.close();
  }
}

/** As it is written: nothing is filled in, and nothing is run. Null for a URL that no server can have. */
function serverOf(
  name: string,
  { title, line, env, headers }: Extract<ServersCommand['action'], { readonly kind: 'add' }>,
): ServerSetting | null {
  const [command = '', ...args] = line;
  const named = { name, ...(title === name ? {} : { title }), era: 'auto' as const };
  if (!looksLikeUrl(command)) return { ...named, command, args, env, cwd: null, spare: true };
  return isServerAddress(command) ? { ...named, url: command, transport: 'auto', headers } : null;
}

/** Command lines may hold secrets, and a screen is looked at by others. */
function lineOf(server: ServerSetting): string {
  const line = isRemote(server) ? shownUrl(server.url) : joinCommandLine([server.command, ...server.args]);
  return new Redactor().whole(line);
}

/** Lists, makes and removes groups of the app's servers. Resolves with the exit status: 0 when it is done, else 1. */
export async function runGroups({ action, json, language }: GroupCommand, out: Output, err: Output): Promise<0 | 1> {
  const text = appTextIn(language);
  const words = text.commandLine.groups;
  const note = (sentence: string): unknown => err.write(`mcp-gangway: ${printable(sentence)}\n`);
  const fail = (sentence: string): 1 => {
    note(sentence);
    return 1;
  };
  const desk = await openSettings(text);
  if (typeof desk === 'string') return fail(desk);
  try {
    const { servers, groups } = await desk.read();
    const named = groups.map(({ name }) => name);
    switch (action.kind) {
      case 'list': {
        if (json) out.write(jsonText({ groups }));
        else {
          const width = Math.max(0, ...named.map(widthOf));
          const lines = groups.map((group) => `${padded(group.name, width)}  ${group.servers.join(' ')}`);
          out.write(`${(lines.length === 0 ? [words.none] : lines).map(printable).join('\n')}\n`);
        }
        return 0;
      }
      case 'add': {
        const { name } = action;
        if (named.includes(name)) return fail(words.taken(name));
        const known = servers.map((server) => server.name);
        const stranger = action.servers.find((server) => !known.includes(server));
        if (stranger !== undefined) return fail(text.servers.unknownServer(stranger, known));
        const refusal = await desk.change({ groups: [...groups, { name, servers: action.servers }] });
        if (refusal !== null) return fail(refusal);
        out.write(`${printable(words.added(name))}\n`);
        break;
      }
      case 'remove': {
        if (!named.includes(action.name)) return fail(text.aggregate.unknownGroup(action.name, named));
        const refusal = await desk.change({ groups: groups.filter(({ name }) => name !== action.name) });
        if (refusal !== null) return fail(refusal);
        break;
      }
      default:
        return action satisfies never;
    }
    if (!desk.isRunning) note(text.commandLine.instance.fromNextStart);
    return 0;
  } finally {
    desk.close();
  }
}
