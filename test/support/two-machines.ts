import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { PYTHON } from './programs.ts';

/** Two machines on one network, each a network namespace of its own. What is put before a command runs it there. */
export interface TwoMachines {
  readonly here: Machine;
  readonly there: Machine;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface Machine {
  readonly command: readonly string[];
  readonly address: string;
}

const END = join(import.meta.dirname, '../fixtures/lan/tun-end.py');
const MAKE_TUN = `import fcntl, os, struct
fcntl.ioctl(os.open('/dev/net/tun', os.O_RDWR), 0x400454CA, struct.pack('16sH', b'tun0', 0x1001))`;

/** Why there cannot be two on this machine; null when there can. */
export function twoMachinesObstacle(): string | null {
  if (process.platform !== 'linux') return 'network namespaces are of Linux';
  const { status } = spawnSync('unshare', ['--net', PYTHON, '-c', MAKE_TUN]);
  return status === 0 ? null : 'a cable between namespaces takes root and /dev/net/tun';
}

export async function startTwoMachines(): Promise<TwoMachines> {
  const [here, there] = await Promise.all([start('10.77.0.1'), start('10.77.0.2')]);
  const [left, right] = [here.process, there.process];
  if (right.stdin !== null) left.stdout?.pipe(right.stdin);
  if (left.stdin !== null) right.stdout?.pipe(left.stdin);
  return {
    here: here.machine,
    there: there.machine,
    async [Symbol.asyncDispose]() {
      for (const end of [left, right]) {
        end.kill();
        if (end.exitCode === null && end.signalCode === null) await once(end, 'exit');
      }
    },
  };
}

/** A namespace, held open by the end of the cable in it. */
async function start(address: string): Promise<{ readonly process: ChildProcess; readonly machine: Machine }> {
  const child = spawn('unshare', ['--net', PYTHON, END, address], { stdio: ['pipe', 'pipe', 'pipe'] });
  await once(child.stderr, 'data');
  const command = ['nsenter', `--target=${child.pid}`, '--net', '--'];
  return { process: child, machine: { command, address } };
}
