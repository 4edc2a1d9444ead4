import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';

/** Set in the process that runs in a network of its own, or where there is none to be had. */
const MARK = 'GANGWAY_COMPAT_NETWORK';
const LOOPBACK_UP = 'ip link set lo up && exec "$@"';

/** `own`: loopback and nothing else. `shared`: that of the machine. */
export type Network = 'own' | 'shared';

/** The network of this process, null before `runAgain`. */
export function networkOfThis(): Network | null {
  const mark = process.env[MARK];
  return mark === 'own' || mark === 'shared' ? mark : null;
}

/**
 * Runs this program again in a network namespace that has only loopback (unshare(1), as an ordinary user too). Where the
 * system has none it runs in the network of the machine, and says so. Resolves with its exit status.
 */
export async function runAgain(): Promise<number> {
  const own = spawnSync('unshare', ['-rn', 'sh', '-c', LOOPBACK_UP, 'sh', 'true']).status === 0;
  if (!own) {
    process.stderr.write(
      'No network of its own: `unshare -rn` and `ip link set lo up` do not work here. The servers run in the network of this machine, and what they reach may differ from what the table says.\n',
    );
  }
  const program = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  const [command = '', ...args] = own ? ['unshare', '-rn', 'sh', '-c', LOOPBACK_UP, 'sh', ...program] : program;
  const network: Network = own ? 'own' : 'shared';
  const child = spawn(command, args, { stdio: 'inherit', env: { ...process.env, [MARK]: network } });
  // Ctrl+C reaches the child by itself; we wait for how it ends.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  const [code] = await once(child, 'exit');
  return typeof code === 'number' ? code : 1;
}
