import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { codeOf } from '../../base/errno.ts';
import { withoutOwnPoolSize } from '../../base/thread-pool.ts';
import { type CommandFault, commandLine, foreignFault, runnableCommand } from '../../platform/shell/index.ts';

/** What to run. It comes from the settings or the command line, never from a request. */
export interface ChildPlan {
  readonly command: string;
  readonly args: readonly string[];
  /** Working directory; null is ours. */
  readonly cwd: string | null;
  /** The whole environment of the child. */
  readonly env: NodeJS.ProcessEnv;
}

/** What the system says of a format it cannot run; libuv has no name for EBADARCH, errno 86 of macOS. */
const CANNOT_RUN = new Set(['ENOEXEC', 'EBADARCH', 'Unknown system error -86']);

export type ChildProcess = ChildProcessByStdio<Writable, Readable, Readable>;

/**
 * Starts a process without a shell, at the head of a process group of its own, with three pipes to us. Node opens every pipe
 * close-on-exec, so no other child holds an end of these, and this child sees the end of its stdin however we die.
 * A process without a pid has failed: its `error` event follows.
 */
export function start(plan: ChildPlan): { readonly process: ChildProcess } | { readonly fault: CommandFault } {
  const { platform } = process;
  const { ComSpec } = plan.env;
  const nul = nulFault(plan);
  if (nul !== null) return { fault: nul };
  const found = runnableCommand({ ...plan, platform });
  if ('fault' in found) return found;
  const { file, args, verbatim } = commandLine(found.file, plan.args, platform, ComSpec);
  try {
    return {
      process: spawn(file, args, {
        ...(plan.cwd === null ? {} : { cwd: plan.cwd }),
        env: withoutOwnPoolSize(plan.env),
        stdio: ['pipe', 'pipe', 'pipe'],
        detached: platform !== 'win32',
        windowsHide: true,
        windowsVerbatimArguments: verbatim,
      }),
    };
  } catch (error) {
    // Some refusals of the system (E2BIG, ENOMEM) are thrown instead of emitted.
    return { fault: refusal(plan, error) };
  }
}

/** Why this cannot be run, as far as shows without starting it; null when nothing speaks against it. */
export function planFault(plan: ChildPlan): CommandFault | null {
  const found = runnableCommand({ ...plan, platform: process.platform });
  return nulFault(plan) ?? ('fault' in found ? found.fault : null);
}

export function refusal(plan: ChildPlan, error: unknown): CommandFault {
  const code = codeOf(error) ?? 'UNKNOWN';
  if (code === 'E2BIG') return tooLongFault(plan);
  const foreign = CANNOT_RUN.has(code) ? foreignFault({ ...plan, platform: process.platform }) : null;
  return foreign ?? { kind: 'refused', command: plan.command, code };
}

/** Exit codes of a shell that cannot read its script, cannot run it, or finds nothing of what it names. */
const SHELL_GAVE_UP = new Set([2, 126, 127]);

/**
 * Whether the file of a child that ended with `code` was made for another machine. execvp(3) of glibc hands a program that the
 * system does not run (ENOEXEC) to /bin/sh, whose complaint is all that is heard of it.
 */
export function foreignAfterAll(plan: ChildPlan, code: number | null): CommandFault | null {
  if (process.platform !== 'linux' || code === null || !SHELL_GAVE_UP.has(code)) return null;
  return foreignFault({ ...plan, platform: process.platform });
}

/** Every string the child is given, by a name that a person finds again in its definition. */
function* partsOf({ command, args, cwd, env }: ChildPlan): Generator<readonly [where: string, value: string]> {
  yield ['command', command];
  yield ['cwd', cwd ?? ''];
  for (const [index, arg] of args.entries()) yield [`args[${index}]`, arg];
  for (const [name, value] of Object.entries(env)) yield [`env.${name.replaceAll('\0', '')}`, `${name}${value ?? ''}`];
}

/** Node refuses a NUL with ERR_INVALID_ARG_VALUE, whose message quotes the value, secrets and all. */
function nulFault(plan: ChildPlan): CommandFault | null {
  for (const [where, value] of partsOf(plan)) {
    if (value.includes('\0')) return { kind: 'nul', command: plan.command.replaceAll('\0', ''), where };
  }
  return null;
}

/** One string may have 128 KiB on Linux (MAX_ARG_STRLEN), all of them together a part of the stack: the longest is named. */
function tooLongFault(plan: ChildPlan): CommandFault {
  let longest = { where: 'args', bytes: 0 };
  for (const [where, value] of partsOf(plan)) {
    const bytes = Buffer.byteLength(value);
    if (bytes > longest.bytes) longest = { where, bytes };
  }
  return { kind: 'too-long', command: plan.command, ...longest };
}
