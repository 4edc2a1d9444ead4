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
