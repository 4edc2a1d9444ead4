import { appTextIn } from '../i18n/app.ts';
import { padded, printable, columns as widthOf } from './columns.ts';
import type { GroupCommand } from './command.ts';
import { openSettings } from './settings-desk.ts';

interface Output {
  write(text: string): unknown;
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
        if (json) out.write(`${JSON.stringify({ groups }, null, 2)}\n`);
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
