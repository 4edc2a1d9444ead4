import { type ClientFiles, launched, type Program } from '../clients/index.ts';
import { findCommand } from '../platform/shell/index.ts';
import { serverNamed } from '../servers/index.ts';
import type { ServerSetting } from '../settings/settings.ts';
import type { RuntimeName, ServerFacts } from './facts.ts';
import type { ProgramOfServer } from './network/runtime.ts';
import { readTarget, type WrittenTarget } from './question.ts';

/** The servers that Gangway runs itself; those that are reached by a URL are no programs. */
export function ownServers(servers: readonly ServerSetting[]): readonly KnownServer[] {
  const programs = servers.filter((server) => 'command' in server);
  return programs.map(({ name, title, command, args, env, cwd }) => ({
    name,
    ...(title === undefined ? {} : { title }),
    client: null,
    mode: 'run',
    program: { kind: 'program', command, args, env, cwd },
  }));
}

/**
 * The servers that clients of this machine start as programs. Files that cannot be read tell of none.
 * @param port the gateway's, by which entries that lead to it are told
 */
export async function clientServers(files: ClientFiles, port: number): Promise<readonly KnownServer[]> {
  // Our shim is known by its name, wherever it is installed.
  const found = await files.list({ gateway: { port }, shim: { command: '', args: [] } });
  return found.flatMap(({ client, content }) =>
    content.kind === 'refused'
      ? []
      : content.servers.flatMap(({ entry: { name, launch }, mode }) =>
          launch.kind === 'program' ? [{ name, client: client.title, mode, program: launch }] : [],
        ),
  );
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
export function targetOfServer({ program: { args, env } }: KnownServer): WrittenTarget | null {
  for (const word of [...args, ...Object.values(env)]) {
    const url = /\b[a-z][a-z0-9+.-]*:\/\/[^\s"']+/i.exec(word)?.[0];
    const target = url === undefined ? null : readTarget(url);
    if (target !== null && !/^(?:localhost|127\..*|::1)$/.test(target.target.host)) return target;
  }
  return null;
}

export function programOf({ program: { command, args } }: KnownServer): ProgramOfServer {
  const { program, runtime } = launched(command, args);
  return { program, runtime: isRuntime(runtime) ? runtime : null };
}

export function serverFacts(server: KnownServer, env: NodeJS.ProcessEnv, platform: NodeJS.Platform): ServerFacts {
  const { command, args, cwd } = server.program;
  const { program, runtime } = launched(command, args);
  const found = findCommand({ command: program, cwd, env, platform });
  return {
    name: server.name,
    client: server.client,
    program,
    runtime,
    file: 'file' in found ? found.file : null,
    mode: server.mode,
  };
}

function isRuntime(runtime: string): runtime is RuntimeName {
  return runtime === 'node' || runtime === 'python' || runtime === 'bun' || runtime === 'deno';
}
