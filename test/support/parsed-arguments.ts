import { expect } from 'vitest';
import type { Command } from '../../app/cli/command.ts';
import type { FileDoubt } from '../../app/cli/file-trust.ts';
import { parseArguments } from '../../app/cli/parse-arguments.ts';
import type { Environment } from '../../app/cli/secrets.ts';
import type { Settings } from '../../app/settings/settings.ts';

/** What these arguments ask for on a Mac, with these variables and files. */
export function parse(
  argv: readonly string[],
  environment: Environment = {},
  files: Readonly<Record<string, string>> = {},
  doubts: readonly FileDoubt[] = [],
): Command {
  return parseArguments(argv, {
    platform: 'darwin',
    environment,
    doubts: () => doubts,
    readFile(path) {
      const content = files[path];
      if (content === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
      return content;
    },
  });
}

/** The settings of `serve`. Fails when the arguments ask for anything else. */
export function settingsOf(argv: readonly string[], environment: Environment = {}): Settings {
  const command = parse(argv, environment);
  if (command.kind !== 'serve') throw new Error(`expected serve, got ${JSON.stringify(command)}`);
  return command.settings;
}

/** The one line in which the arguments are refused. Fails when they are not. */
export function complaint(argv: readonly string[], environment: Environment = {}): string {
  const command = parse(argv, environment);
  if (command.kind !== 'error') throw new Error(`expected an error, got ${JSON.stringify(command)}`);
  expect(command.exitCode).toBe(2);
  expect(command.message).not.toContain('\n');
  return command.message;
}
