import { posix, win32 } from 'node:path';
import { codeOf } from '../../base/errno.ts';
import { isObject } from '../../base/schema/index.ts';
import type { Home } from '../table/client.ts';
import type { Disk } from './disk.ts';
import { MOST_BYTES } from './places.ts';

/** A server that Claude Desktop has installed as an extension (`.mcpb`, before `.dxt`). It stands in no file that can be edited. */
export interface Extension {
  readonly name: string;
  /** As its manifest has it: nothing is filled in. */
  readonly command: string;
  readonly isEnabled: boolean;
}

/** Extensions that are listed. */
const MOST_EXTENSIONS = 200;

/** The folder that Claude Desktop unpacks extensions in, one below it for each. */
export function extensionsFolder({ folder, platform, env }: Home): string {
  const path = platform === 'win32' ? win32 : posix;
  const claude =
    platform === 'darwin'
      ? path.join(folder, 'Library', 'Application Support')
      : platform === 'win32'
        ? env['APPDATA'] || path.join(folder, 'AppData', 'Roaming')
        : env['XDG_CONFIG_HOME'] || path.join(folder, '.config');
  return path.join(claude, 'Claude', 'Claude Extensions');
}

/** What is installed, by name. Manifests come from elsewhere: what is none, or is too large, is left out. */
export async function readExtensions(disk: Disk, home: Home): Promise<readonly Extension[]> {
  const folder = extensionsFolder(home);
  const { join } = home.platform === 'win32' ? win32 : posix;
  const ids = (await disk.list(folder)).slice(0, MOST_EXTENSIONS);
  const read = await Promise.all(
    ids.map(async (id) => {
      const manifest = await objectIn(disk, join(folder, id, 'manifest.json'));
      const settings = await objectIn(disk, join(`${folder} Settings`, `${id}.json`));
      return manifest === null ? null : extensionIn(manifest, settings?.['isEnabled'] !== false);
    }),
  );
  return read
    .filter((extension) => extension !== null)
    .sort((left, right) => (left.name < right.name ? -1 : left.name > right.name ? 1 : 0));
}

function extensionIn(manifest: Readonly<Record<string, unknown>>, isEnabled: boolean): Extension | null {
  const { name, display_name: title, server } = manifest;
  const shown = typeof title === 'string' && title.trim() !== '' ? title : name;
  if (typeof shown !== 'string' || shown === '') return null;
  const config = isObject(server) && isObject(server['mcp_config']) ? server['mcp_config'] : {};
  const { command, args } = config;
  const words = [command, ...(Array.isArray(args) ? args : [])].filter((word) => typeof word === 'string');
  return { name: shown, command: words.join(' '), isEnabled };
}

async function objectIn(disk: Disk, file: string): Promise<Readonly<Record<string, unknown>> | null> {
  try {
    const { isFile = true, size = 0 } = await disk.facts(file);
    if (!isFile || size > MOST_BYTES) return null;
    const value: unknown = JSON.parse((await disk.read(file)).toString('utf8'));
    return isObject(value) ? value : null;
  } catch (error) {
    if (codeOf(error) === null && !(error instanceof SyntaxError)) throw error;
    return null;
  }
}
