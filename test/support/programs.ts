import { spawn, spawnSync } from 'node:child_process';

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const { NODE_COMPILE_CACHE } = process.env;

/** For a program of Node that inherits no other variables: where Node finds what it has compiled of it before (vitest.config.ts). */
export const COMPILED: Readonly<Record<string, string>> =
  NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE };

/** The Python that Debian's packages (requests, httpx, aiohttp) are installed for. */
export const PYTHON = '/usr/bin/python3';

/** Whether a program can be started here; its tests are skipped elsewhere. CONTRIBUTING.md says how to install them all. */
export function has(command: string, ...args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

/** Whether a module of Debian's Python is there. It is looked for and not loaded, which takes far longer. */
export function hasPython(module: string): boolean {
  return has(PYTHON, '-c', `import importlib.util, sys; sys.exit(importlib.util.find_spec('${module}') is None)`);
}

/** Runs a program to its end, in an environment without any proxy variables but those given. */
export function run(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env: { ...withoutProxies(), ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => {
      stdout += String(chunk);
    });
    child.stderr.on('data', (chunk) => {
      stderr += String(chunk);
    });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}

function withoutProxies(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/_proxy$/i.test(name)));
}
