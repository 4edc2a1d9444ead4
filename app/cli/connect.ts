import { keepHeapSmallForOneClient } from '../base/heap.ts';
import { appFolder } from '../base/home-folder.ts';
import { startedBy } from '../base/instances.ts';
import {
  byControl,
  byPort,
  type Dial,
  readAnnouncement,
  SHIM_TIMES,
  StdioProxy,
  type StdioProxyTimes,
  startApp,
  unavailable,
} from '../connect/index.ts';
import { textIn } from '../i18n/index.ts';
import type { Command } from './command.ts';
import { addressFor, findNamed, thisPerson, troubleOf } from './instance.ts';

/** Milliseconds requests wait while the app is being opened. */
const START_PATIENCE = 30_000;

/** Nothing was asked, and no gateway was there to answer. */
const NOT_REACHED_EXIT = 1;

/** Milliseconds until we go although the client has not read everything. */
const FLUSH_LIMIT = 1000;

type Connect = Command & { readonly kind: 'connect' };

/** A stdio MCP server for the client that started us, in front of a server of the running gateway. */
export async function connect(command: Connect): Promise<void> {
  const text = textIn(command.language);
  const isTokenKept = command.token !== null && command.host === null && command.port === null;
  const words = isTokenKept ? { ...text.shim, tokenNeeded: text.shim.tokenWithAddress } : text.shim;
  let toldTrouble = '';
  const say = (line: string) => process.stderr.write(`mcp-gangway: ${line}\n`);
  const { stdin, stdout } = process;
  const person = thisPerson();
  const announcement = () => readAnnouncement(appFolder(person));
  const via = startedBy(process.env);
  const place = () => addressFor(command, announcement());
  const dial: Dial = async (server) => {
    // An entry that opens the app means the app, not what was started from a terminal meanwhile.
    const found = await findNamed(command, person, !command.start);
    if (found.kind === 'found') return byControl(found.client.release(), server, via);
    const trouble = troubleOf(found, text);
    if (trouble !== null && found.kind !== 'none') {
      return { kind: 'answered', error: unavailable(trouble), passing: false };
    }
    if (trouble !== null && trouble !== toldTrouble) say(trouble);
    toldTrouble = trouble ?? '';
    return byPort(place(), server, via);
  };
  const isOff = () => {
    const app = announcement();
    return command.port === null && app !== null && !app.control && app.place === null;
  };
  keepHeapSmallForOneClient();
  const shim = new StdioProxy({
    server: command.server,
    dial,
    place,
    isOff,
    startApp: command.start ? () => startApp(process.argv[1] ?? '', (why) => say(words.cannotStart(why))) : null,
    input: stdin,
    output: stdout,
    words,
    times: timesFor(command),
    say,
  });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => shim.end());
  if ((await shim.run()) === 'unused') process.exitCode = NOT_REACHED_EXIT;
  stdin.destroy();
  setTimeout(() => process.exit(), FLUSH_LIMIT).unref();
}

function timesFor({ start, drain }: Connect): StdioProxyTimes {
  return {
    ...SHIM_TIMES,
    ...(start ? { patience: START_PATIENCE } : {}),
    ...(drain === null ? {} : { lastAnswers: drain * 1000 }),
  };
}
