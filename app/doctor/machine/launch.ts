import { leadsTo } from '../../clients/index.ts';
import { findCommand, searchPath } from '../../platform/shell/index.ts';
import type { LaunchFacts, PathFacts, ProxyVariable } from '../facts.ts';
import { bundleOf } from './macos.ts';

const NAMES = /^(?:https?|all|no)_proxy$|^NODE_USE_ENV_PROXY$|^JAVA_TOOL_OPTIONS$/i;

/** The proxy variables that are set in an environment, by name. What they hold stays here. */
export function proxyVariables(env: NodeJS.ProcessEnv, port: number): readonly ProxyVariable[] {
  return Object.entries(env)
    .filter(([name, value]) => NAMES.test(name) && value !== undefined && value !== '')
    .map(([name, value = '']) => ({ name, leadsHere: leadsTo(value, port) }))
    .toSorted((one, other) => one.name.localeCompare(other.name));
}

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

export interface LaunchClues {
  readonly env: NodeJS.ProcessEnv;
  readonly platform: NodeJS.Platform;
  readonly executable: string;
  /** -1 where there are no users. */
  readonly uid: number;
}

/**
 * Who is responsible for this process. macOS lets in what Terminal and SSH start; what an app or a launchd agent starts needs
 * that app's permission, and an agent's is never asked for (TN3179). The environment is inherited, so it tells.
 */
export function launchFacts({ env, platform, executable, uid }: LaunchClues): LaunchFacts {
  const root = uid === 0;
  const { TERM_PROGRAM: terminal = '', SSH_CONNECTION: ssh = '', XPC_SERVICE_NAME: service = '' } = env;
  const { __CFBundleIdentifier: bundle = '', INVOCATION_ID: unit = '' } = env;
  const known = (kind: LaunchFacts['kind'], by: string | null): LaunchFacts => ({ kind, by, root });
  if (ssh !== '') return known('ssh', null);
  if (platform !== 'darwin') return unit === '' ? known('unknown', null) : known('service', 'systemd');
  if (terminal === 'Apple_Terminal') return known('terminal', 'com.apple.Terminal');
  if (terminal !== '' && terminal !== 'tmux') return known('other-app', bundle === '' ? terminal : bundle);
  if (bundleOf(executable) !== null && (service === '' || service.startsWith('application.'))) {
    return known('app', bundle === '' ? null : bundle);
  }
  if (service !== '' && service !== '0' && !service.startsWith('application.')) return known('service', service);
  if (bundle !== '') return known(bundle === 'com.apple.Terminal' ? 'terminal' : 'other-app', bundle);
  return known('unknown', null);
}
