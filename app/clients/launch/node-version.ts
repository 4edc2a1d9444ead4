import { execFile } from 'node:child_process';
import { dirname, isAbsolute, join } from 'node:path';
import { findCommand } from '../../platform/shell/index.ts';
import type { Probes } from './propose.ts';

/** `node --version` answers in milliseconds; version managers' shims may take a while. */
const PATIENCE = 5000;

/**
 * Asks the Node that a command runs for its version. Without a path, the first one on the given PATH counts; with one, the
 * one beside the command (`npx` sits next to its `node`), else that of the PATH.
 */
export function nodeProbe(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): Probes {
  return {
    async nodeVersion(command) {
      const beside = isAbsolute(command) ? await versionOf(join(dirname(command), 'node'), env, platform) : null;
      return beside ?? versionOf('node', env, platform);
    },
  };
}

function versionOf(command: string, env: NodeJS.ProcessEnv, platform: NodeJS.Platform): Promise<string | null> {
  const found = findCommand({ command, cwd: null, env, platform });
  if ('fault' in found) return Promise.resolve(null);
  return new Promise((resolve) => {
    execFile(found.file, ['--version'], { env, timeout: PATIENCE }, (error, stdout) => {
      const version = /^v(\d+\.\d+\.\d+)/.exec(stdout)?.[1];
      // A Node that does not even tell its version is no Node to count on.
      resolve(error === null && version !== undefined ? version : null);
    });
  });
}
