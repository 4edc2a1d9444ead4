import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { sum } from './statistics.ts';

/** Ticks a second in /proc/<pid>/stat: USER_HZ, which Linux fixes at 100 for programs on every architecture Node runs on. */
const TICKS_PER_SECOND = 100;

/** CPU time and memory are read from Linux's /proc; elsewhere the rows that need them say so. */
export const processesAreReadable = existsSync('/proc/self/stat');

interface ProcessStat {
  readonly pid: number;
  readonly parent: number;
  /** User and system time of the process and of its children that have ended. */
  readonly cpuSeconds: number;
}

/** The process and everything below it. */
export function processTree(root: number): readonly number[] {
  const all = everyProcess();
  const tree = [root];
  for (const pid of tree) tree.push(...all.filter((stat) => stat.parent === pid).map((stat) => stat.pid));
  return tree;
}

/** CPU seconds the processes have used so far, ended children included. A process that is gone counts 0. */
export function cpuSeconds(pids: readonly number[]): number {
  return pids.reduce((total, pid) => total + (processStat(pid)?.cpuSeconds ?? 0), 0);
}

/**
 * CPU seconds that the threads of a process which live have used so far, as the scheduler counts them, in nanoseconds: for blocks of work
 * that are short beside a tick of `cpuSeconds`. Children are left out.
 */
export function schedulerSeconds(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  return sum(threads.map((thread) => Number(readProc(pid, `task/${thread}/schedstat`).split(' ')[0]))) / 1e9;
}

/** Resident memory of the processes together, bytes. */
export function residentBytes(pids: readonly number[]): number {
  return pids.reduce((total, pid) => total + residentOf(pid), 0);
}

/** Pids of living processes that were started with exactly this word among their arguments. */
export function processesWithArgument(word: string): readonly number[] {
  return everyProcess()
    .map((stat) => stat.pid)
    .filter((pid) => readProc(pid, 'cmdline').split('\0').includes(word));
}

/**
 * The most memory each of these processes of Node has had resident so far, added up, bytes. What they map of files, Node itself above
 * all, is in memory once however many processes run it, and counts once.
 */
export function residentPeak(pids: readonly number[]): number {
  const peaks = pids.map((pid) => kibibytesOf(pid, 'VmHWM'));
  const mapped = pids.map((pid) => kibibytesOf(pid, 'RssFile'));
  return (sum(peaks) - sum(mapped) + Math.max(0, ...mapped)) * 1024;
}

function residentOf(pid: number): number {
  return kibibytesOf(pid, 'VmRSS') * 1024;
}

function kibibytesOf(pid: number, field: 'VmRSS' | 'VmHWM' | 'RssFile'): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(readProc(pid, 'status'))?.[1] ?? 0);
}

function everyProcess(): readonly ProcessStat[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => processStat(Number(name)) ?? []);
}

/** proc(5): the command in field 2 may hold spaces and brackets, so fields are counted from the last bracket. */
function processStat(pid: number): ProcessStat | null {
  const stat = readProc(pid, 'stat');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const parent = fields[1];
  if (parent === undefined) return null;
  const ticks = fields.slice(11, 15).reduce((total, field) => total + Number(field), 0);
  return { pid, parent: Number(parent), cpuSeconds: ticks / TICKS_PER_SECOND };
}

/** An empty text for a process that ended between being listed and being read. */
function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
