import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { uuidOfApp, uuidPlaces, uuidText } from '../../platform/mach-o/index.ts';
import type { BundleFacts } from '../facts.ts';
import { NOT_APPLICABLE, seen } from '../observed.ts';
import type { Probe } from '../probe.ts';
import type { CommandOutput, RunCommand } from '../run-command.ts';

/** As in electron-builder.yml: the name macOS knows the app by. */
export const BUNDLE_ID = 'io.github.mcp-gangway.app';

/** The bundle a program of it runs from; null when it runs from none, as Node itself does. */
export function bundleOf(executable: string): string | null {
  return /^(.*?\.app)\/Contents\//.exec(executable)?.[1] ?? null;
}

/**
 * What macOS tells our app by: its signature and its LC_UUID (TN3179, TN3178). The command line that the
 * bundle brings along has a program of its own; it is the app's that counts.
 */
export function lookAtBundle(platform: NodeJS.Platform, run: RunCommand, executable: string): Probe<BundleFacts> {
  return async ({ signal }) => {
    const path = bundleOf(executable);
    if (platform !== 'darwin' || path === null) return NOT_APPLICABLE;
    const [output, file] = await Promise.all([
      run('/usr/bin/codesign', ['--display', '--verbose=2', path], signal),
      readFile(join(path, 'Contents', 'MacOS', basename(path, '.app')), { signal }),
    ]);
    const signature = readSignature(output);
    const uuids = uuidPlaces(file).map(uuidText);
    const own = uuidText(uuidOfApp(BUNDLE_ID));
    return seen({
      path,
      ...signature,
      uuids,
      ownUuid: uuids.every((uuid) => uuid === own),
      translocated: path.includes('/AppTranslocation/'),
    });
  };
}

/** What `codesign --display` says, on stderr: lines of `Name=value`. Code that is not signed makes it fail. */
export function readSignature({ stderr }: CommandOutput): Pick<BundleFacts, 'identifier' | 'team' | 'signature'> {
  const field = (name: string): string | null => new RegExp(`^${name}=(.+)$`, 'm').exec(stderr)?.[1] ?? null;
  const team = field('TeamIdentifier');
  return { identifier: field('Identifier'), team: team === 'not set' ? null : team, signature: kindOf(stderr) };
}

function kindOf(output: string): BundleFacts['signature'] {
  if (/not signed at all/.test(output)) return 'none';
  if (/^Signature=adhoc$/m.test(output)) return 'ad-hoc';
  return /^Authority=Developer ID Application:/m.test(output) ? 'developer-id' : 'other';
}

/** Where `mdfind` has found apps with our identifier: a path on each line. */
export function readCopies({ stdout, fault }: CommandOutput): readonly string[] | null {
  if (fault !== null) return null;
  return stdout.split('\n').filter((line) => line.startsWith('/'));
}
