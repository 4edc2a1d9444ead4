import path from 'node:path';

/** Where the app's own files are. */
export interface AppPlaces {
  /** The bundle's Resources folder; null when the app runs from its sources. */
  readonly resources: string | null;
  /** The folder of package.json. */
  readonly app: string;
  readonly platform: NodeJS.Platform;
}

/**
 * What a client's config names so that it speaks to one of our servers over stdio; the server's name comes behind it. In the
 * packed app it is a program with a runtime of its own, so that neither a PATH nor anybody's Node is needed.
 */
export function shimCommand({ resources, app, platform }: AppPlaces): {
  readonly command: string;
  readonly args: readonly string[];
} {
  const args = ['connect'];
  if (resources === null) {
    const node = path.join(app, 'node_modules', 'node', 'bin', platform === 'win32' ? 'node.exe' : 'node');
    return { command: node, args: [path.join(app, 'out', 'cli.cjs'), ...args] };
  }
  return {
    command: path.join(resources, 'bin', 'mcp-gangway'),
    args: platform === 'darwin' ? [...args, '--start'] : args,
  };
}
