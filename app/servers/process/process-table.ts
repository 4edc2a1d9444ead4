import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { promisify } from 'node:util';

/** Environment variable by which the processes of one gateway are known, those that left their group included. */
export const MARK = 'MCP_GANGWAY_RUN';

/** A running process; those that are dead and not yet collected by their parent are none. */
export interface ProcessFacts {
  readonly pid: number;
  /** Its process group. */
  readonly group: number;
  /** When it was started: clock ticks since boot on Linux, milliseconds since the epoch on macOS, where ps says seconds. */
  readonly start: number;
  /** The name of its program, without arguments: those may hold secrets. */
  readonly program: string;
  /** The value of `MARK` in its environment; null where there is none, or where it may not be read. */
  readonly mark: string | null;
}

/** How start times of a process compare: exactly on Linux, by the second that `ps` rounds to on macOS. */
export function isSameStart(a: number, b: number, platform: NodeJS.Platform = process.platform): boolean {
  return platform === 'linux' ? a === b : Math.abs(a - b) < 2000;
}

/**
 * When a child that has just been started was started, as the process table will say it later. Null where that is not known,
 * and then nothing can be told apart by it.
 */
export function startOfChild(pid: number): number | null {
  if (process.platform === 'linux') return readStat(pid)?.start ?? null;
  return process.platform === 'darwin' ? Date.now() : null;
}

/** When this process was started, likewise; as the system says it, since an app may be long at its start before it runs any code. */
export async function ownStart(): Promise<number | null> {
  const { pid, platform } = process;
  if (platform === 'linux') return readStat(pid)?.start ?? null;
  if (platform !== 'darwin') return null;
  const started = await ps(['-o', 'lstart=', '-p', String(pid)]);
  return Date.parse(`${started.trim()} UTC`) || null;
}

/**
 * What tells one run of this machine from the next, and one container from another: process ids mean nothing across them.
 * Null where there are no process groups, or the system does not say.
 */
export async function currentBoot(): Promise<string | null> {
  try {
    if (process.platform === 'linux') {
      return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${readlinkSync('/proc/self/ns/pid')}`;
    }
    if (process.platform !== 'darwin') return null;
    const { stdout } = await promisify(execFile)('/usr/sbin/sysctl', ['-n', 'kern.bootsessionuuid']);
    return stdout.trim() || null;
  } catch {
    // A system that hides it: then nothing is recorded, and nothing ended.
    return null;
  }
}

/** Every process that this user may see. Rejects with the system's error. */
export async function processTable(): Promise<readonly ProcessFacts[]> {
  if (process.platform === 'linux') return procTable();
  const [facts, environments] = await Promise.all([
    ps(['-axww', '-o', 'pid=,pgid=,stat=,lstart=,comm=']),
    ps(['-axwwE', '-o', 'pid=,command=']),
  ]);
  return parsePs(facts, environments);
}

async function ps(args: readonly string[]): Promise<string> {
  const options = { env: { LC_ALL: 'C', TZ: 'UTC' }, maxBuffer: 64 * 1024 * 1024 };
  return (await promisify(execFile)('/bin/ps', [...args], options)).stdout;
}

function procTable(): readonly ProcessFacts[] {
  return readdirSync('/proc').flatMap((name) => {
    const stat = /^\d+$/.test(name) ? readStat(Number(name)) : null;
    return stat === null ? [] : [{ ...stat, mark: readMark(stat.pid) }];
  });
}

/** proc_pid_stat(5). The program's name stands in parentheses and may hold any byte, so fields count from the last one. */
function readStat(pid: number): Omit<ProcessFacts, 'mark'> | null {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    // It has ended meanwhile.
    return null;
  }
  const close = text.lastIndexOf(')');
  const fields = text.slice(close + 2).split(' ');
  const [state, , group] = fields;
  if (state === 'Z' || state === 'X') return null;
  return { pid, group: Number(group), start: Number(fields[19]), program: text.slice(text.indexOf('(') + 1, close) };
}

function readMark(pid: number): string | null {
  try {
    const environment = readFileSync(`/proc/${pid}/environ`, 'latin1');
    const entry = environment.split('\0').find((each) => each.startsWith(`${MARK}=`));
    return entry?.slice(MARK.length + 1) ?? null;
  } catch {
    // Another user's process, or one that has ended.
    return null;
  }
}

/** What macOS's ps prints: the facts of each process, and once more its command with the environment behind it. */
export function parsePs(facts: string, environments: string): readonly ProcessFacts[] {
  const marks = new Map<number, string>();
  for (const line of environments.split('\n')) {
    const [, pid, mark] = new RegExp(`^\\s*(\\d+) .* ${MARK}=(\\S+)`).exec(line) ?? [];
    if (pid !== undefined && mark !== undefined) marks.set(Number(pid), mark);
  }
  return facts.split('\n').flatMap((line) => {
    const [, pid, group, state = '', started = '', command = ''] =
      /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(\w{3} \w{3}\s+\d+ [\d:]{8} \d{4})\s+(.+)$/.exec(line) ?? [];
    if (pid === undefined || state.startsWith('Z')) return [];
    const start = Date.parse(`${started} UTC`);
    const program = command.slice(command.lastIndexOf('/') + 1);
    return [{ pid: Number(pid), group: Number(group), start, program, mark: marks.get(Number(pid)) ?? null }];
  });
}
