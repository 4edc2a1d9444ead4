import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const host = path.join(import.meta.dirname, '..');

/** The stand-in's executable. */
export const executable = path.join(host, 'bin', 'electron');

/** What a program of `programs/` did. */
export interface ProgramRun {
  readonly code: number | null;
  readonly home: string;
  /** What it noted, by name. */
  readonly seen: Readonly<Record<string, unknown>>;
  /** Everything it printed. */
  readonly output: string;
}

/** A folder to be the home of one test; its maker removes it. */
export function makeHome(): string {
  return fs.mkdtempSync(path.join(os.tmpdir(), 'electron-host-home-'));
}

export async function runProgram(name: string, options: RunOptions): Promise<ProgramRun> {
  const args = [path.join(host, 'programs', `${name}.ts`), ...(options.args ?? [])];
  const child = spawn(executable, args, {
    env: { ...process.env, HOME: options.home, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  const [, json] = /^SEEN (.*)$/m.exec(output) ?? [];
  return { code, home: options.home, output, seen: json === undefined ? {} : JSON.parse(json) };
}

export interface RunOptions {
  readonly home: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}
