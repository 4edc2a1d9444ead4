import {
  type Client,
  type ClientFiles,
  type FoundServer,
  launched,
  movedServer,
  type Program,
} from '../clients/index.ts';
import { findCommand } from '../platform/shell/index.ts';
import { serverNamed } from '../servers/index.ts';
import { shownUrl } from '../settings/server-url.ts';
import { isRemote, type RemoteSetting, type ServerSetting } from '../settings/settings.ts';
import type { RuntimeName, ServerFacts } from './facts.ts';
import type { ProgramOfServer } from './network/runtime.ts';
import { readTarget, type WrittenTarget } from './question.ts';

/** The servers that Gangway serves itself: those that it runs, and those that it reaches by a URL. */
export function ownServers(servers: readonly ServerSetting[]): readonly KnownServer[] {
  return servers.map((server) => {
    const { name, title } = server;
    const known = { name, ...(title === undefined ? {} : { title }), client: null, mode: 'run' } as const;
    if (isRemote(server)) return { ...known, program: NO_PROGRAM, url: server.url };
    const { command, args, env, cwd } = server;
    return { ...known, program: { kind: 'program', command, args, env, cwd } };
  });
}

const NO_PROGRAM: Program = { kind: 'program', command: '', args: [], env: {}, cwd: null };

/**
 * The servers that clients of this machine start as programs or reach by a URL, but for those whose URL is one of ours. Files that
 * cannot be read tell of none.
 * @param port the gateway's, by which entries that lead to it are told
 * @param env what references in an entry to the environment are filled in from
 */
export async function clientServers(
  files: ClientFiles,
  port: number,
  env: NodeJS.ProcessEnv,
): Promise<readonly KnownServer[]> {
  // Our shim is known by its name, wherever it is installed.
  const found = await files.list({ gateway: { port }, shim: { command: '', args: [] } });
  return found.flatMap(({ client, content }) =>
    content.kind === 'refused'
      ? []
      : content.servers.flatMap((server) => {
          const known = knownServer(client, server, env);
          return known === null ? [] : [known];
        }),
  );
}

function knownServer(
  client: Client,
  { entry, raw = {}, mode }: FoundServer,
  env: NodeJS.ProcessEnv,
): KnownServer | null {
  const { name, launch } = entry;
  const known = { name, client: client.title, mode } as const;
  if (launch.kind === 'program') return { ...known, program: launch };
  if (launch.kind !== 'address' || mode === 'run') return null;
  const moved = movedServer(client, { ...entry, launch }, raw, [], env);
  const remote = moved.kind === 'server' && isRemote(moved.server) ? { remote: { ...moved.server, name } } : {};
  return { ...known, program: NO_PROGRAM, url: launch.url, ...remote };
}

/** A server the person may have trouble with: one of ours, or one in the file of a client. */
export interface KnownServer {
  readonly name: string;
  /** What it is called in the file it was read from, where that is not the name. */
  readonly title?: string;
  /** The client whose file it stands in; null for one that Gangway runs. */
  readonly client: string | null;
  readonly mode: ServerFacts['mode'];
  /** Its environment is full of secrets: only addresses are taken out of it. */
  readonly program: Program;
  /** Where it is reached; left out for one that is started, and its program is empty where it is given. */
  readonly url?: string;
  /** Of a client: how Gangway would reach it, headers and all; left out where only the client can fill its entry in. */
  readonly remote?: RemoteSetting;
}

/** How a person refers to it where names are not unique. */
export function titleOf({ name, client }: Pick<KnownServer, 'name' | 'client'>): string {
  return client === null ? name : `${name} (${client})`;
}

/** By title, else by the bare name; ours before those of clients. */
export function findServer(servers: readonly KnownServer[], wanted: string): KnownServer | null {
  const ours = serverNamed(
    wanted,
    servers.filter(({ client }) => client === null),
  );
  const named = servers.filter(({ name }) => name === wanted);
  return servers.find((server) => titleOf(server) === wanted) ?? ours ?? named[0] ?? null;
}

/** Where the server wants to go: the first address with a scheme in its arguments or its environment. */
export function targetOfServer({ program: { args, env }, url: own }: KnownServer): WrittenTarget | null {
  // The URL of a remote server is where it is reached, also where that is this machine.
  if (own !== undefined) return readTarget(own);
  for (const word of [...args, ...Object.values(env)]) {
    const url = /\b[a-z][a-z0-9+.-]{0,40}:\/\/[^\s"']+/i.exec(word)?.[0];
    const target = url === undefined ? null : readTarget(url);
    if (target !== null && !/^(?:localhost|127\..*|::1)$/.test(target.target.host)) return target;
  }
  return null;
}

/** What it is started with; null for a server that is reached by a URL. */
export function programOf({ program: { command, args }, url }: KnownServer): ProgramOfServer | null {
  if (url !== undefined) return null;
  const { program, runtime } = launched(command, args);
  return { program, runtime: isRuntime(runtime) ? runtime : null };
}

export function serverFacts(server: KnownServer, env: NodeJS.ProcessEnv, platform: NodeJS.Platform): ServerFacts {
  const { command, args, cwd } = server.program;
  const { name, client, mode, url } = server;
  if (url !== undefined) return { name, client, program: '', runtime: '', file: null, mode, url: shownUrl(url) };
  const { program, runtime } = launched(command, args);
  const found = findCommand({ command: program, cwd, env, platform });
  return {
    name,
    client,
    program,
    runtime,
    file: 'file' in found ? found.file : null,
    mode,
  };
}

function isRuntime(runtime: string): runtime is RuntimeName {
  return runtime === 'node' || runtime === 'python' || runtime === 'bun' || runtime === 'deno';
}
