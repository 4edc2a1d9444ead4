import { readFileSync } from 'node:fs';
import os from 'node:os';
import { codeOf } from '../base/errno.ts';
import type { Log } from '../base/log.ts';
import type { Identity } from '../base/records.ts';
import { MachOError, uuidPlaces, uuidText } from '../platform/mach-o/index.ts';

/** The file with the build of macOS; any program may read it. */
const SYSTEM_VERSION = '/System/Library/CoreServices/SystemVersion.plist';

export interface IdentitySources {
  readonly version: string;
  /** The main executable of the app. */
  readonly executable: string;
  readonly systemVersion?: string;
  readonly log: Log;
}

/** The identity of this app for macOS. What cannot be read is left out; a later start that can read it sees a change. */
export function readIdentity({ version, executable, systemVersion = SYSTEM_VERSION, log }: IdentitySources): Identity {
  const build = attempt(() => readFileSync(systemVersion, 'utf8'), log) ?? '';
  const uuid = attempt(() => uuidOf(readFileSync(executable)), log) ?? '';
  return {
    system: /<key>ProductBuildVersion<\/key>\s*<string>([^<]{1,32})<\/string>/.exec(build)?.[1] ?? os.release(),
    program: uuid === '' ? version : `${version} ${uuid}`,
  };
}

function uuidOf(program: Buffer): string {
  const [first] = uuidPlaces(program);
  return first === undefined ? '' : uuidText(first);
}

function attempt<Value>(read: () => Value, log: Log): Value | null {
  try {
    return read();
  } catch (error) {
    // Not a Mac, or run from its sources.
    const known = error instanceof MachOError || (error instanceof Error && codeOf(error) !== null);
    if (!known) throw error;
    log.debug(`The identity of the app is not complete: ${error.message}`);
    return null;
  }
}
