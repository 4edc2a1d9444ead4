import type { ClientFiles } from '../clients/index.ts';
import type { ServerSetting } from '../settings/settings.ts';
import type { KnownServer } from './servers.ts';

/** The servers that Gangway runs itself. */
export function ownServers(servers: readonly ServerSetting[]): readonly KnownServer[] {
  return servers.map(({ name, title, command, args, env, cwd }) => ({
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
