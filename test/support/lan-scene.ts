import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer, type Server } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { inject } from 'vitest';
import { run } from './programs.ts';
import { addressOf } from './tcp.ts';
import { within } from './until.ts';

const FIXTURES = join(import.meta.dirname, '../fixtures/lan');
/** Where the machine has no other address: NO_PROXY does not name this one, so it is as good as another machine. */
const SECOND_LOOPBACK = '127.0.0.2';

/**
 * A person's local network with a device in it, and a client whose servers macOS keeps from it. We, like everything outside,
 * reach the device; what is `shut` in reaches loopback only, and gets EHOSTUNREACH for the rest.
 */
export interface LanScene {
  /** Answers every request with `the nas`. */
  readonly device: { readonly host: string; readonly port: number; readonly url: string };
  /** Stands before a command that is to be shut in. */
  readonly shut: readonly string[];
  /** From now on, a port of our loopback is there for what is shut in as well. */
  share(port: number): Promise<void>;
  /** A client, shut in with its servers: starts one of its file, calls a tool of it, and is gone. Rejects where the server does not start. */
  callTool(file: string, server: string, tool: string, env?: Readonly<Record<string, string>>): Promise<ToolOutcome>;
  /** The same with several tools of the one process, one after the other. */
  callTools(
    file: string,
    server: string,
    tools: readonly string[],
    env?: Readonly<Record<string, string>>,
  ): Promise<readonly ToolOutcome[]>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface ToolOutcome {
  readonly text: string;
  readonly isError: boolean;
}

/** Why there can be no such scene on this machine; null when there can. */
export function lanSceneObstacle(): string | null {
  if (process.platform !== 'linux') return 'network namespaces are of Linux';
  for (const program of ['unshare', 'nsenter', 'ip']) {
    if (spawnSync(program, ['--version']).error !== undefined && spawnSync(program, ['-V']).error !== undefined) {
      return `there is no ${program}`;
    }
  }
  const tried = spawnSync('unshare', [...NEW_NETWORK, 'ip', 'link', 'set', 'lo', 'up'], { encoding: 'utf8' });
  return tried.status === 0 ? null : `no namespace can be made here: ${tried.stderr.trim()}`;
}

/** Root needs no user namespace for it, which some machines forbid; others need one. */
const IS_ROOT = process.getuid?.() === 0;
const NEW_NETWORK = IS_ROOT ? ['--net'] : ['--user', '--map-root-user', '--net'];
const INTO_IT = IS_ROOT ? ['--net'] : ['--user', '--preserve-credentials', '--net'];

export async function startLanScene(): Promise<LanScene> {
  // What can fail comes first: there is nothing to clean up yet then.
  const { child, heard } = await shutIn();
  const device = await startDevice();
  const folder = mkdtempSync(join(tmpdir(), 'gangway-lan-'));
  const doors: Server[] = [];
  const shut = ['nsenter', `--target=${child.pid}`, ...INTO_IT, '--'];
  const callTools: LanScene['callTools'] = async (file, server, tools, env) => {
    const [program = '', ...before] = shut;
    const script = [process.execPath, join(inject('bundles'), 'call-tool.mjs'), file, server, ...tools];
    const { stdout, stderr } = await run(program, [...before, ...script], env);
    const lines = stdout.split('\n').filter((line) => line.startsWith('{'));
    if (lines.length !== tools.length) throw new Error(`no result: ${stdout}\n${stderr}`);
    return lines.map((line): ToolOutcome => JSON.parse(line));
  };
  return {
    device: device.fileIndex,
    shut,
    async share(port) {
      const socket = join(folder, `${port}.sock`);
      const door = createServer({ allowHalfOpen: true }, (inside) => {
        const outside = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
        inside.pipe(outside).pipe(inside);
        inside.on('error', () => outside.destroy());
        outside.on('error', () => inside.destroy());
      });
      doors.push(door);
      door.listen(socket);
      await once(door, 'listening');
      child.stdin?.write(`${port} ${socket}\n`);
      await heard(`open ${port}`);
    },
    async callTool(file, server, tool, env) {
      const [outcome] = await callTools(file, server, [tool], env);
      if (outcome === undefined) throw new Error('no result');
      return outcome;
    },
    callTools,
    async [Symbol.asyncDispose]() {
      child.stdin?.end();
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      for (const door of doors) door.close();
      device.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function startDevice() {
  const server = createHttpServer((_, response) => response.end('the nas'));
  const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const host = own.find(({ internal, family }) => !internal && family === 'IPv4')?.address ?? SECOND_LOOPBACK;
  server.listen(0, host);
  await once(server, 'listening');
  const { port } = addressOf(server);
  return {
    fileIndex: { host, port, url: `http://${host}:${port}/` },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** The first process of the inner network, and a way to wait for what it says. */
async function shutIn(): Promise<{
  readonly child: ChildProcess;
  readonly heard: (line: string) => Promise<void>;
}> {
  const args = [...NEW_NETWORK, process.execPath, join(FIXTURES, 'shut-in.mjs')];
  const child = spawn('unshare', args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = new Set<string>();
  const waiting = new Set<() => void>();
  const ended = once(child, 'exit').then(() => Promise.reject(new Error('the inner network has ended')));
  // Its end is only of interest to those who wait for something.
  ended.catch(() => undefined);
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.add(line);
    for (const look of waiting) look();
  });
  const heard = (line: string): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const look = (): void => {
      if (lines.has(line)) resolve();
    };
    waiting.add(look);
    look();
    return within(`the inner network says “${line}”`, Promise.race([promise, ended])).finally(() =>
      waiting.delete(look),
    );
  };
  await heard('ready');
  return { child, heard };
}
