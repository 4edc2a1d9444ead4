import { type ConfigProblem, configServers, freeName, LONGEST_NAME } from '../../servers/index.ts';
import { isRemote, type ProgramSetting, type ServerSetting } from '../../settings/settings.ts';
import type { Client } from '../table/client.ts';
import type { Program } from './entry.ts';

export type Moved =
  | { readonly kind: 'server'; readonly server: ServerSetting }
  /** A variable of the client's own, such as VS Code's `${input:token}`, which means nothing outside it. */
  | { readonly kind: 'variable'; readonly variable: string }
  | { readonly kind: 'problem'; readonly problem: ConfigProblem };

/** What stands for a value only the client knows, once the variables of the environment are filled in. */
const CLIENT_VARIABLE = /\$\{[^}]*\}|\{(?:env|file):[^}]*\}/;

/** Characters of a title that the settings take. */
const LONGEST_TITLE = 256;

/**
 * The server of ours that an entry turns into. One that is the same as a server we have already is that server; else it
 * gets a name that is free. `env` fills in the variables that the client would have filled in.
 */
export function movedServer(
  client: Client,
  name: string,
  program: Program,
  servers: readonly ServerSetting[],
  env: NodeJS.ProcessEnv,
): Moved {
  const { command, args, cwd } = program;
  const own = Object.entries(program.env).map(([key, value]) => [key, braced(client, value)]);
  // The rules for names and variables are those of the files that servers can also be read from.
  const entry = { command, args, cwd, env: Object.fromEntries(own) };
  const read = configServers(JSON.stringify({ mcpServers: { [name]: entry } }), env);
  const [problem] = read.problems;
  const [server] = read.servers;
  if (problem !== undefined) return { kind: 'problem', problem };
  if (server === undefined || isRemote(server)) return { kind: 'problem', problem: { kind: 'no-servers' } };
  const left = [server.command, ...server.args, ...Object.values(server.env)].map(
    (text) => CLIENT_VARIABLE.exec(text)?.[0],
  );
  const variable = left.find((found) => found !== undefined);
  if (variable !== undefined) return { kind: 'variable', variable };
  return { kind: 'server', server: known(server, servers) ?? named(server, name, servers) };
}

function braced(client: Client, value: string): string {
  return client.bareVariables === true ? value.replace(/\$([A-Za-z_]\w*)/g, '$${$1}') : value;
}

function known(server: ProgramSetting, servers: readonly ServerSetting[]): ServerSetting | undefined {
  const signature = ({ command, args, env, cwd }: ProgramSetting): string =>
    JSON.stringify([command, args, Object.entries(env).sort(), cwd]);
  return servers.find((other) => !isRemote(other) && signature(other) === signature(server));
}

/** Under a name that is free, with what the client calls it beside it. */
function named(server: ProgramSetting, title: string, servers: readonly ServerSetting[]): ServerSetting {
  const name = freeName(title, new Set(servers.map((other) => other.name)), LONGEST_NAME);
  const { title: _, ...rest } = server;
  return { ...rest, name, ...(title === name ? {} : { title: title.slice(0, LONGEST_TITLE) }) };
}
