import { execFile } from 'node:child_process';
import { askGangway } from '../ask.ts';
import { type Holder, holderInProc } from './proc-net.ts';

/** Arguments for netstat: every TCP socket with its process, numbers only. */
export const NETSTAT_ARGUMENTS = ['-ano', '-p', 'TCP'] as const;

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

export function tasklistArguments(pid: number): readonly string[] {
  return ['/FI', `PID eq ${pid}`, '/FO', 'CSV', '/NH'];
}

/** The image name in tasklist's CSV; empty when there is no such task, a line in the language of the system. */
export function nameInTasklist(output: string): string {
  return /^"([^"]+)","\d+"/m.exec(output)?.[1] ?? '';
}

/** Arguments that make lsof name the listener of a port in a form for programs: one field a line, no look-ups. */
export function lsofArguments(port: number): readonly string[] {
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
