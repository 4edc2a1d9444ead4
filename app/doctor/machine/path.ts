import { findCommand, searchPath } from '../../shell/index.ts';
import type { PathFacts } from '../facts.ts';

/** What MCP servers are started with. */
const LAUNCHERS = ['node', 'npx', 'python3', 'uvx', 'bun', 'deno', 'docker'] as const;

/** The folders that commands of servers are searched in, and which of the usual ones are there. */
export function pathFacts(env: NodeJS.ProcessEnv, platform: NodeJS.Platform, fromShell: boolean): PathFacts {
  return {
    folders: searchPath(env, platform),
    fromShell,
    commands: LAUNCHERS.map((name) => {
      const found = findCommand({ command: name, cwd: null, env, platform });
      return { name, file: 'file' in found ? found.file : null };
    }),
  };
}
