import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { codeOf } from '../../../base/errno.ts';

/** A program that listens on a port, as far as the system lets us see it. */
export interface Holder {
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
