import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { codeOf } from '../../base/errno.ts';
import { askGangway } from './ask.ts';

/** A program that listens on a port, as far as the system lets us see it. */
interface Holder {
  readonly pid: number;
  /** Empty when only the process number is known. */
  readonly name: string;
}

/** TCP_LISTEN in include/net/tcp_states.h, as the table prints it. */
const LISTEN = '0A';

/**
 * Inodes of the sockets that listen on `port`, out of the text of /proc/net/tcp or /proc/net/tcp6
 * (proc_net_tcp in the kernel's documentation): local address and port in hexadecimal, state, and the inode tenth.
 */
export function listeningInodes(table: string, port: number): readonly string[] {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  const inodes: string[] = [];
  for (const line of table.split('\n').slice(1)) {
    const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
    if (state === LISTEN && local.endsWith(`:${wanted}`)) inodes.push(inode);
  }
  return inodes;
}

/**
 * What to call a process by its command line: the program, and for an interpreter its script as well. Options and
 * arguments stay out: they may hold secrets.
 */
export function programName(argv: readonly string[]): string {
  const [program = '', ...rest] = argv;
  const name = basename(program);
  const isInterpreter = /^(?:node|deno|bun|python|ruby|perl|php|java|bash|sh)[\d.]*$/.test(name);
  const script = isInterpreter ? rest.find((argument) => /^[^-].*\.\w+$/.test(argument)) : undefined;
  return script === undefined ? name : `${name} ${basename(script)}`;
}

/** Finds the holder in Linux's /proc. Null when it belongs to a user whose processes we may not look into. */
export function holderInProc(port: number, root = '/proc'): Holder | null {
  const sockets = new Set<string>();
  for (const table of ['tcp', 'tcp6']) {
    const text = attempt(() => readFileSync(`${root}/net/${table}`, 'latin1')) ?? '';
    for (const inode of listeningInodes(text, port)) sockets.add(`socket:[${inode}]`);
  }
  if (sockets.size === 0) return null;
  for (const pid of readdirSync(root).filter((name) => /^\d+$/.test(name))) {
    // Processes end while we look, and others' descriptors are not ours to read.
    const descriptors = attempt(() => readdirSync(`${root}/${pid}/fd`)) ?? [];
    const holds = descriptors.some((descriptor) =>
      sockets.has(attempt(() => readlinkSync(`${root}/${pid}/fd/${descriptor}`)) ?? ''),
    );
    if (!holds) continue;
    const argv = attempt(() => readFileSync(`${root}/${pid}/cmdline`, 'utf8').split('\0')) ?? [];
    return { pid: Number(pid), name: programName(argv) };
  }
  return null;
}

/** Null for what the system does not show us, for whatever reason. */
function attempt<Value>(read: () => Value): Value | null {
  try {
    return read();
  } catch (error) {
    if (codeOf(error) !== null) return null;
    throw error;
  }
}

/** Arguments for netstat: every TCP socket with its process, numbers only. */
const NETSTAT_ARGUMENTS = ['-ano', '-p', 'TCP'] as const;

/**
 * The process that listens on `port`, out of `netstat -ano`. Windows translates the state column, so a listener is recognized
 * by its foreign address: port 0.
 */
export function pidInNetstat(output: string, port: number): number | null {
  for (const line of output.split(/\r?\n/)) {
    const [protocol, local = '', foreign = '', , pid] = line.trim().split(/\s+/);
    if (protocol === 'TCP' && local.endsWith(`:${port}`) && foreign.endsWith(':0')) return Number(pid);
  }
  return null;
}

function tasklistArguments(pid: number): readonly string[] {
  return ['/FI', `PID eq ${pid}`, '/FO', 'CSV', '/NH'];
}

/** The image name in tasklist's CSV; empty when there is no such task, a line in the language of the system. */
export function nameInTasklist(output: string): string {
  return /^"([^"]+)","\d+"/m.exec(output)?.[1] ?? '';
}

/** Arguments that make lsof name the listener of a port in a form for programs: one field a line, no look-ups. */
function lsofArguments(port: number): readonly string[] {
  return ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'];
}

/** The first process of lsof's field output (lsof(8), "OUTPUT FOR OTHER PROGRAMS"): `p123` and then `cname`. */
export function holderInLsof(output: string): Holder | null {
  const pid = Number(/^p(\d+)$/m.exec(output)?.[1]);
  if (!Number.isInteger(pid)) return null;
  // lsof writes a blank in a command's name as \x20.
  const name = (/^c(.*)$/m.exec(output)?.[1] ?? '').replace(/\\x([0-9a-f]{2})/g, (_, hex) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return { pid, name };
}

/** Who listens on a port that we wanted. */
export type PortHolder =
  | { readonly kind: 'gangway'; readonly pid: number | null }
  | { readonly kind: 'program'; readonly pid: number; readonly name: string }
  | { readonly kind: 'unknown' };

/** Milliseconds: a person waits for the error that this explains. */
const HEALTH_TIMEOUT = 1_500;
const TOOL_TIMEOUT = 2_000;

/** Finds the process that listens on `port` of this machine. Never rejects: it only explains another failure. */
export async function portHolder(host: string, port: number, platform = process.platform): Promise<PortHolder> {
  const [health, holder] = await Promise.all([
    askGangway({ host, port, path: '/healthz', timeout: HEALTH_TIMEOUT }),
    systemHolder(port, platform),
  ]);
  if (health.kind === 'page' || health.kind === 'token-required') return { kind: 'gangway', pid: holder?.pid ?? null };
  return holder === null ? { kind: 'unknown' } : { kind: 'program', ...holder };
}

async function systemHolder(port: number, platform: NodeJS.Platform): Promise<Holder | null> {
  if (platform === 'win32') {
    const pid = pidInNetstat(await outputOf('netstat', NETSTAT_ARGUMENTS), port);
    return pid === null ? null : { pid, name: nameInTasklist(await outputOf('tasklist', tasklistArguments(pid))) };
  }
  const found = platform === 'linux' ? holderInProc(port) : null;
  return found ?? holderInLsof(await outputOf('lsof', lsofArguments(port)));
}

/** What a tool printed; nothing when it is not installed. lsof exits with 1 when it found nothing. */
function outputOf(tool: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(tool, args, { timeout: TOOL_TIMEOUT, windowsHide: true }, (_error, stdout) => resolve(stdout));
  });
}
