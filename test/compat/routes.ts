import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endWithUs } from '../bench/common/end-with-us.ts';
import { CLI } from '../bench/common/gangway.ts';
import { freePort } from '../bench/common/program.ts';
import { type CompatClient, inTime, type Route } from './client.ts';
import { familyOf, leftOf } from './family.ts';
import { openSession, openSse, openStateless } from './http-clients.ts';
import { StdioClient, type StdioCommand } from './stdio-client.ts';

/** The name of the server in Gangway's configuration. */
const NAME = 'server';
const CONFIG = 'servers.json';
const SAID_SHOWN = 2_000;

export const ROUTES = ['/mcp', '/sse', 'connect', 'stateless'] as const;
export type RouteName = (typeof ROUTES)[number];

/** How a client that leaves in order is answered, where the transport has an answer. */
export const CLOSED: Readonly<Record<RouteName, string>> = {
  '/mcp': 'DELETE 200, then 404',
  '/sse': 'the stream is closed',
  connect: 'exit 0',
  stateless: 'nothing to close',
};

export function direct(command: StdioCommand): Route {
  return { name: 'direct', open: () => StdioClient.legacy(command) };
}

/** The server itself, asked after 2026-07-28. */
export function directModern(command: StdioCommand): Route {
  return { name: 'direct, 2026-07-28', open: () => StdioClient.modern(command) };
}

/** A Gangway of its own in front of one server, with its defaults, and the ways through it. */
export class Gangway {
  readonly #process: ChildProcess;
  readonly #url: string;
  readonly #port: number;
  readonly #folder: string;

  private constructor(process: ChildProcess, port: number, folder: string) {
    this.#process = process;
    this.#port = port;
    this.#url = `http://127.0.0.1:${port}`;
    this.#folder = folder;
  }

  static async start({ command, args, env, cwd }: StdioCommand): Promise<Gangway> {
    const port = await freePort();
    const folder = mkdtempSync(join(tmpdir(), 'gangway-compat-home-'));
    writeFileSync(join(folder, CONFIG), JSON.stringify({ mcpServers: { [NAME]: { command, args, env, cwd } } }));
    const { PATH = '' } = process.env;
    const child = spawn(process.execPath, [CLI, '-p', String(port), '--config', CONFIG], {
      cwd: folder,
      // A home of its own: no other settings, no other record of processes.
      env: { PATH, HOME: folder, XDG_CONFIG_HOME: folder, XDG_STATE_HOME: folder, XDG_DATA_HOME: folder },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    endWithUs(child);
    const gangway = new Gangway(child, port, folder);
    let said = '';
    child.stderr.setEncoding('utf8');
    const listening = Promise.withResolvers<void>();
    child.stderr.on('data', (text: string) => {
      said = (said + text).slice(-SAID_SHOWN);
      if (said.includes('listening on')) listening.resolve();
    });
    child.once('exit', () => listening.reject(new Error(`Gangway ended: ${said}`)));
    await inTime('the start of Gangway', listening.promise);
    return gangway;
  }

  route(name: RouteName): Route {
    return { name, open: () => this.#open(name) };
  }

  /** Every process of the server that Gangway has started and that has not ended. */
  async pids(use?: string): Promise<readonly number[]> {
    const status: unknown = await (await fetch(`${this.#url}/status`)).json();
    const [server] = Object(status).bridge.servers;
    const children: readonly { readonly pid: number; readonly use: string }[] = server.children;
    return children.filter((child) => use === undefined || child.use === use).map(({ pid }) => pid);
  }

  /** Ends Gangway with SIGTERM. Resolves with the number of processes of the server that are left a moment later. */
  async stop(): Promise<number> {
    const pids = familyOf(await this.pids());
    const exited = once(this.#process, 'exit');
    this.#process.kill('SIGTERM');
    await inTime('the end of Gangway', exited);
    rmSync(this.#folder, { recursive: true, force: true });
    return (await leftOf(pids)).length;
  }

  async #open(name: RouteName): Promise<CompatClient> {
    const use = name === 'stateless' ? 'shared' : 'session';
    const before = new Set(name === 'stateless' ? [] : await this.pids(use));
    const client = await this.#connect(name);
    const pids = (await this.pids(use)).filter((pid) => !before.has(pid));
    return { ...client, pids };
  }

  async #connect(name: RouteName): Promise<Omit<CompatClient, 'pids'>> {
    switch (name) {
      case '/mcp':
        return openSession(this.#url);
      case '/sse':
        return openSse(this.#url);
      case 'stateless':
        return openStateless(this.#url);
      case 'connect':
        return this.#shim();
    }
  }

  async #shim(): Promise<Omit<CompatClient, 'pids'>> {
    const { PATH = '' } = process.env;
    const shim = await StdioClient.legacy({
      command: process.execPath,
      args: [CLI, 'connect', NAME, '-p', String(this.#port)],
      env: { PATH, HOME: this.#folder },
      cwd: this.#folder,
    });
    return {
      hello: shim.hello,
      request: (method, params) => shim.request(method, params),
      send: (method, params) => shim.send(method, params),
      close: async () => {
        shim.child.stdin.end();
        return `exit ${await shim.exit()}`;
      },
    };
  }
}
