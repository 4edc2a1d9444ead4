import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { basename, dirname, isAbsolute, join } from 'node:path';
import type { Target } from '../../base/address.ts';
import { isObject } from '../../base/schema/index.ts';
import { commandLine, findCommand } from '../../platform/shell/index.ts';
import { type Attempt, NOT_APPLICABLE, type Probe, type RuntimeAttempt, type RuntimeName, seen } from '../facts.ts';
import { CONNECT_PATIENCE, round } from './connect.ts';

/** What each script prints first: what takes long from then on is the connection, and not the start of the runtime. */
const STARTED = 'started';
const STARTED_LINE = /^started\r?$/m;

/** Node's own resolver and sockets, as every Node server uses them. */
const NODE = `
console.log('${STARTED}');
const [host, port, patience] = process.argv.slice(-3);
const started = performance.now();
const say = (errno) => { console.log(JSON.stringify({ errno, ms: performance.now() - started })); process.exit(0); };
const socket = require('node:net').connect({ host, port: Number(port) });
socket.on('connect', () => say(null));
socket.on('error', (error) => say((error.errors ?? [error])[0].code ?? 'UNKNOWN'));
setTimeout(() => say('timeout'), Number(patience));
`;

/** The socket module, which every Python library stands on. */
const PYTHON = `
import errno, json, socket, sys, time
print("${STARTED}", flush=True)
host, port, patience = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
started = time.perf_counter()
try:
    socket.create_connection((host, port), timeout=patience / 1000).close()
    code = None
except socket.timeout:
    code = "timeout"
except socket.gaierror as error:
    code = "EAI_AGAIN" if error.errno == socket.EAI_AGAIN else "ENOTFOUND"
except OSError as error:
    code = errno.errorcode.get(error.errno, "UNKNOWN")
print(json.dumps({"errno": code, "ms": (time.perf_counter() - started) * 1000}))
`;

/** Deno gives no network to a program that was not started with it. */
const DENO = `
console.log('${STARTED}');
const [host, port, patience] = Deno.args;
const started = performance.now();
const say = (errno) => { console.log(JSON.stringify({ errno, ms: performance.now() - started })); Deno.exit(0); };
setTimeout(() => say('timeout'), Number(patience));
try { (await Deno.connect({ hostname: host, port: Number(port) })).close(); say(null); }
catch (error) { say(error.code ?? error.name); }
`;

type Arguments = (host: string, port: number, patience: number) => readonly string[];

/** How each runtime is told to connect once and to print one line about it. */
export const SCRIPTS: Readonly<Record<RuntimeName, Arguments>> = {
  node: (host, port, patience) => ['-e', NODE, '--', host, String(port), String(patience)],
  bun: (host, port, patience) => ['-e', NODE, '--', host, String(port), String(patience)],
  python: (host, port, patience) => ['-c', PYTHON, host, String(port), String(patience)],
  deno: (host, port, patience) => ['eval', '--quiet', DENO, host, String(port), String(patience)],
};

/** Milliseconds for starting the runtime and connecting. */
const PATIENCE = 8_000;
const OUTPUT_LIMIT = 4096;

/** A program that can be told to connect. */
export interface Runner {
  readonly runtime: RuntimeName;
  readonly file: string;
}

export interface RuntimeOptions {
  readonly env: () => Promise<NodeJS.ProcessEnv>;
  readonly platform: NodeJS.Platform;
  /** The program of the server in question and its runtime; null when the question is about none. */
  readonly program: (server: string) => Promise<ProgramOfServer | null>;
}

export interface ProgramOfServer {
  /** The launcher, wrappers taken off: `npx`, `/opt/homebrew/bin/uvx`. */
  readonly program: string;
  readonly runtime: RuntimeName | null;
}

/** What each runtime's interpreter is called, the likeliest name first. */
const INTERPRETERS: Readonly<Record<RuntimeName, readonly string[]>> = {
  node: ['node'],
  python: ['python3', 'python'],
  bun: ['bun'],
  deno: ['deno'],
};

/**
 * Connects to the target from a child of ours: the runtime of the server in question, else Node and Python where they are found.
 * The target goes in as it was written, so that the runtime's own look-up counts.
 */
export function connectWithRuntimes(options: RuntimeOptions): Probe<readonly RuntimeAttempt[]> {
  return async ({ question: { target, server }, signal }) => {
    if (target === null) return NOT_APPLICABLE;
    const env = await options.env();
    const asked = server === null ? null : await options.program(server);
    const wanted: readonly (readonly [RuntimeName, string])[] =
      asked === null
        ? [
            ['node', 'node'],
            ['python', 'python3'],
          ]
        : asked.runtime === null
          ? []
          : [[asked.runtime, asked.program]];
    const runners = wanted
      .map(([runtime, program]) => runnerFor(runtime, program, env, options.platform))
      .filter((runner) => runner !== null);
    if (runners.length === 0) return NOT_APPLICABLE;
    return seen(await Promise.all(runners.map((runner) => connectWith(runner, target, env, options.platform, signal))));
  };
}

/** The interpreter itself, or the one beside the launcher that starts it (`npx` sits next to its `node`). */
export function runnerFor(
  runtime: RuntimeName,
  program: string,
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform,
): Runner | null {
  const names = INTERPRETERS[runtime];
  const own = basename(program).replace(/\.exe$/i, '');
  const isInterpreter = new RegExp(`^(?:${names.join('|')}|nodejs|python[\\d.]*|pypy[\\d.]*)$`).test(own);
  const candidates = isInterpreter ? [program] : names;
  const beside = isAbsolute(program) && !isInterpreter ? names.map((name) => join(dirname(program), name)) : [];
  for (const command of [...beside, ...candidates]) {
    const found = findCommand({ command, cwd: null, env, platform });
    if ('file' in found && !asksToInstall(found.file, platform)) return { runtime, file: found.file };
  }
  return null;
}

/** What macOS has in the place of tools that are not installed: starting it opens a window that offers to install them. */
const PLACEHOLDER = '/usr/bin/python3';
const DEVELOPER_TOOLS = ['/Library/Developer/CommandLineTools/usr/bin/python3', '/Applications/Xcode.app'];

function asksToInstall(file: string, platform: NodeJS.Platform): boolean {
  return platform === 'darwin' && file === PLACEHOLDER && !DEVELOPER_TOOLS.some((path) => existsSync(path));
}

/** Runs one short script and reads its one line. Never rejects. */
function connectWith(
  { runtime, file }: Runner,
  { host, port }: Target,
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform,
  signal: AbortSignal,
): Promise<RuntimeAttempt> {
  const started = performance.now();
  const script = SCRIPTS[runtime];
  const line = commandLine(file, [...script(host, port, CONNECT_PATIENCE)], platform, env['ComSpec']);
  return new Promise((resolve) => {
    const child = spawn(line.file, line.args, {
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
      windowsHide: true,
      windowsVerbatimArguments: line.verbatim,
    });
    let output = '';
    const finish = (result: Attempt): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', late);
      child.kill('SIGKILL');
      resolve({ runtime, file, ...result });
    };
    const failed = (errno: string): Attempt => ({
      outcome: 'failed',
      errno,
      elapsedMs: round(performance.now() - started),
    });
    const late = (): void => {
      const elapsedMs = round(performance.now() - started);
      finish(STARTED_LINE.test(output) ? { outcome: 'timed-out', errno: null, elapsedMs } : failed('NO_ANSWER'));
    };
    const timer = setTimeout(late, PATIENCE);
    signal.addEventListener('abort', late, { once: true });
    child.once('error', () => finish(failed('NOT_STARTED')));
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (output.length < OUTPUT_LIMIT) output += text;
    });
    child.once('close', () => finish(readLine(output) ?? failed('NO_ANSWER')));
  });
}

/** `{"errno":null,"ms":1.2}`; `timeout` is no errno of the system's. Null when the script did not get to its end. */
export function readLine(output: string): Attempt | null {
  const line = /^\{.*\}$/m.exec(output)?.[0];
  if (line === undefined) return null;
  const value = parsed(line);
  if (!isObject(value)) return null;
  const { errno, ms } = value;
  const elapsedMs = typeof ms === 'number' ? round(ms) : 0;
  if (errno === null) return { outcome: 'connected', errno: null, elapsedMs };
  if (errno === 'timeout') return { outcome: 'timed-out', errno: null, elapsedMs };
  return { outcome: 'failed', errno: String(errno), elapsedMs };
}

/** A start-up file of the person may print something that only looks like ours. */
function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
