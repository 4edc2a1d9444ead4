import { type ExecFileException, execFile } from 'node:child_process';
import { reasonOf } from '../base/errno.ts';

/** Milliseconds a tool of the system may take. */
const PATIENCE = 4_000;
/** Characters of output that are read. */
const OUTPUT_LIMIT = 1024 * 1024;

export interface CommandOutput {
  readonly stdout: string;
  readonly stderr: string;
  /** Why it did not end well: an errno, `exit 1`, `timeout`; null when it did. */
  readonly fault: string | null;
}

/** Runs a program of the system; injected, so that tests can give another machine's answers. */
export type RunCommand = (file: string, args: readonly string[], signal: AbortSignal) => Promise<CommandOutput>;

/**
 * Runs a program without a shell, in the C locale so that its output can be read, and reads what it prints. Never rejects: a
 * program that is missing, fails or takes longer than four seconds is a reason.
 */
export const runCommand: RunCommand = (file, args, signal) =>
  new Promise((resolve) => {
    const { PATH, HOME, USER } = process.env;
    execFile(
      file,
      [...args],
      {
        signal,
        timeout: PATIENCE,
        killSignal: 'SIGKILL',
        maxBuffer: OUTPUT_LIMIT,
        windowsHide: true,
        env: { PATH, HOME, USER, LC_ALL: 'C' },
      },
      (error, stdout, stderr) => {
        resolve({ stdout, stderr, fault: error === null ? null : faultOf(error) });
      },
    );
  });

function faultOf(error: ExecFileException): string {
  if (error.killed === true) return 'timeout';
  return typeof error.code === 'number' ? `exit ${error.code}` : reasonOf(error);
}
