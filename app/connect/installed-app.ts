import { execFile } from 'node:child_process';
import path from 'node:path';

/** As in electron-builder.yml. */
const BUNDLE_ID = 'io.github.mcp-gangway.app';

/**
 * Opens the app in the background, as a click would (macOS): the one whose bundle we are part of, else the one that macOS
 * knows by its identifier. `failed` gets the reason in one line.
 */
export function startApp(script: string, failed: (reason: string) => void): void {
  const bundle = bundleAround(script);
  const which = bundle === null ? ['-b', BUNDLE_ID] : [bundle];
  execFile('/usr/bin/open', ['-g', ...which], (error, _stdout, stderr) => {
    if (error !== null) failed(stderr.trim().split('\n', 1)[0] || error.message);
  });
}

/** The `….app` folder that a file is in; null when it is in none. */
export function bundleAround(file: string): string | null {
  const parts = file.split(path.posix.sep);
  const index = parts.findLastIndex((part) => part.endsWith('.app'));
  return index === -1 ? null : parts.slice(0, index + 1).join(path.posix.sep);
}

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
 * packed app it is a program with a runtime of its own, so that neither a PATH nor an installed Node is needed.
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
