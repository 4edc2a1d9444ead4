import type { LaunchFacts } from '../facts.ts';
import { bundleOf } from './bundle.ts';

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
