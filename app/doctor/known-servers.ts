import type { ClientFiles } from '../clients/index.ts';
import type { ServerSetting } from '../settings/settings.ts';
import type { KnownServer } from './servers.ts';

/** The servers that Gangway runs itself. */
export function ownServers(servers: readonly ServerSetting[]): readonly KnownServer[] {
  return servers.map(({ name, command, args, env, cwd }) => ({
    name,
    client: null,
    mode: 'run',
    program: { kind: 'program', command, args, env, cwd },
  }));
}

/** The servers that clients of this machine start as programs. Files that cannot be read tell of none. */
export async function clientServers(
  files: ClientFiles,
  around: Parameters<ClientFiles['list']>[0],
): Promise<readonly KnownServer[]> {
  const found = await files.list(around);
  return found.flatMap(({ client, content }) =>
    content.kind === 'refused'
      ? []
      : content.servers.flatMap(({ entry: { name, launch }, mode }) =>
          launch.kind === 'program' ? [{ name, client: client.title, mode, program: launch }] : [],
        ),
  );
}
