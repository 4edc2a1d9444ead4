import { homedir } from 'node:os';
import { appFolder, type Place, reachable, readAnnouncement, SHIM_TIMES, Shim, startApp } from '../shim/index.ts';
import { textIn } from '../text/index.ts';
import type { Command } from './command.ts';

/** Where a gateway is that nobody has told us about. */
const USUAL = { host: '127.0.0.1', port: 28080 } as const;

/** Milliseconds requests wait while the app is being opened. */
const START_PATIENCE = 30_000;

/** Milliseconds until we go although the client has not read everything. */
const FLUSH_LIMIT = 1000;

type Connect = Command & { readonly kind: 'connect' };

/** A stdio MCP server for whoever has started us; what it says comes from a server of the running gateway. */
export async function connect(command: Connect): Promise<void> {
  const words = textIn(command.language).shim;
  const say = (line: string) => process.stderr.write(`mcp-gangway: ${line}\n`);
  const { platform, env, stdin, stdout } = process;
  const folder = appFolder({ platform, env, home: homedir() });
  const shim = new Shim({
    server: command.server,
    place: () => placeFor(command, readAnnouncement(folder)?.place ?? null),
    isOff: () => command.port === null && readAnnouncement(folder)?.place === null,
    startApp: command.start ? () => startApp(process.argv[1] ?? '', (why) => say(words.cannotStart(why))) : null,
    input: stdin,
    output: stdout,
    words,
    times: command.start ? { ...SHIM_TIMES, patience: START_PATIENCE } : SHIM_TIMES,
    say,
  });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => shim.end());
  await shim.run();
  stdin.destroy();
  setTimeout(() => process.exit(), FLUSH_LIMIT).unref();
}

/** What the command line says goes before what the app has written down; its token is only for its own port. */
export function placeFor({ host, port, token }: Pick<Connect, 'host' | 'port' | 'token'>, found: Place | null): Place {
  const usual = { ...USUAL, token: null };
  const known = found !== null && (port === null || port === found.port) ? found : usual;
  return reachable({ host: host ?? known.host, port: port ?? known.port, token: token ?? known.token });
}
