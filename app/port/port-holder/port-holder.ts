import { execFile } from 'node:child_process';
import { askGangway } from '../ask.ts';
import type { Holder } from './holder.ts';
import { holderInLsof, lsofArguments } from './lsof.ts';
import { holderInProc } from './proc-net.ts';
import { NETSTAT_ARGUMENTS, nameInTasklist, pidInNetstat, tasklistArguments } from './windows.ts';

/** Who listens on a port that we wanted. */
export type PortHolder =
  | { readonly kind: 'gangway'; readonly pid: number | null }
  | { readonly kind: 'program'; readonly pid: number; readonly name: string }
  | { readonly kind: 'unknown' };

/** Milliseconds: a person waits for the error that this explains. */
const HEALTH_TIMEOUT = 1_500;
const TOOL_TIMEOUT = 2_000;

/** Finds out who listens on `port` of this machine. Never rejects: it only explains another failure. */
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
