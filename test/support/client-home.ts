import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  type Applied,
  ClientFiles,
  type ClientFilesContext,
  type DesiredMode,
  type EntryKey,
  type FoundServer,
  type Plan,
  type PlanEnvironment,
  systemDisk,
} from '../../app/clients/index.ts';
import { ENVIRONMENT } from './client-environment.ts';
import { rememberingLog } from './quiet-log.ts';

/** A client's file in a person's home folder on a Mac, and Gangway's hands on it. */
export interface ClientHome {
  readonly file: string;
  /** Where Gangway keeps what it remembers. */
  readonly folder: string;
  /** A new start of the program: nothing is remembered but what is on the disk. */
  files(changes?: Partial<ClientFilesContext>): ClientFiles;
  bytes(): Buffer;
}

export const NAS: EntryKey = { holder: ['mcpServers'], name: 'nas' };

/** Claude Desktop's file unless another one is named. */
export const CLAUDE = 'Library/Application Support/Claude/claude_desktop_config.json';

export function clientHome(home: string, content: string | Uint8Array, path = CLAUDE): ClientHome {
  const file = join(home, path);
  const folder = join(home, 'Library/Application Support/MCP Gangway/clients');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  return {
    file,
    folder,
    files: (changes = {}) =>
      new ClientFiles({
        disk: systemDisk,
        folder,
        home: { folder: home, platform: 'darwin', env: {} },
        probes: { nodeVersion: () => Promise.resolve('24.21.0') },
        log: rememberingLog().log,
        now: () => new Date('2026-11-22T10:00:00Z'),
        ...changes,
      }),
    bytes: () => readFileSync(file),
  };
}

export function planFor(
  home: ClientHome,
  files: ClientFiles,
  desired: DesiredMode,
  environment: PlanEnvironment = ENVIRONMENT,
): Promise<Plan> {
  return files.plan('claude-desktop', home.file, NAS, desired, environment);
}

/** Plans and applies in one go. */
export async function grant(home: ClientHome, files: ClientFiles, desired: DesiredMode): Promise<Applied> {
  return files.apply(await planFor(home, files, desired));
}

/** The one server of the file that the tests are about. */
export async function nasIn(files: ClientFiles): Promise<FoundServer> {
  const [client] = await files.list(ENVIRONMENT);
  const servers = client?.content.kind === 'servers' ? client.content.servers : [];
  const nas = servers.find(({ key }) => key.name === NAS.name);
  if (nas === undefined) throw new Error(JSON.stringify(client));
  return nas;
}
