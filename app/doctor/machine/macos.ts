import type { ProbeResults } from '../facts.ts';
import { NOT_APPLICABLE, type Observed, seen, unknown } from '../observed.ts';
import type { Probe } from '../probe.ts';
import type { CommandOutput, RunCommand } from '../run-command.ts';

/** A probe that asks one of macOS's own programs, and is not run anywhere else. */
export function macTool<Value>(
  platform: NodeJS.Platform,
  run: RunCommand,
  file: string,
  args: readonly string[],
  read: (output: CommandOutput) => Value | null,
): Probe<Value> {
  return async ({ signal }): Promise<Observed<Value>> => {
    if (platform !== 'darwin') return NOT_APPLICABLE;
    const output = await run(file, args, signal);
    const value = read(output);
    return value === null ? unknown(output.fault ?? 'unreadable') : seen(value);
  };
}

/** `sw_vers`: three lines of `Name:<tab>value`. */
export function readSwVers({ stdout }: CommandOutput): ProbeResults['macos'] | null {
  const field = (name: string): string | undefined => new RegExp(`^${name}:\\s*(\\S+)\\s*$`, 'm').exec(stdout)?.[1];
  const version = field('ProductVersion');
  const build = field('BuildVersion');
  return version === undefined || build === undefined ? null : { version, build };
}
