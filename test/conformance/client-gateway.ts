import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { inject } from 'vitest';
import { isObject } from '../../app/base/schema/index.ts';
import { type ControlClient, findInstance, socketHome } from '../../app/control/client/index.ts';
import { folderIn } from '../support/control.ts';
import { COMPILED } from '../support/programs.ts';
import { freePort } from '../support/tcp.ts';
import { until, within } from '../support/until.ts';

/** The only server of a gateway. */
export const SERVER = 'remote';

/** What a browser says of a tab that a person has led somewhere. */
const NAVIGATION = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };

/** Milliseconds for what a gateway does at once: four of them and the suite share a machine. */
const PATIENCE = 60_000;

/** A server as a config file has it. */
export interface RemoteEntry {
  readonly url: string;
  readonly [key: string]: unknown;
}

/**
 * A headless Gangway with a home and a port of its own, whose only server is another one for each scenario. It keeps nothing of the
 * servers before: the suite's ports come back, and a sign-in to another server behind one of them would be taken for this one's.
 */
export class ClientGateway {
  readonly port: number;
  readonly #home: string;
  readonly #child: ChildProcess;
  readonly #lines: Interface;
  readonly #control: ControlClient;

  private constructor(port: number, home: string, child: ChildProcess, lines: Interface, control: ControlClient) {
    this.port = port;
    this.#home = home;
    this.#child = child;
    this.#lines = lines;
    this.#control = control;
  }

  static async start(): Promise<ClientGateway> {
    const home = await mkdtemp(join(tmpdir(), 'gangway-client-'));
    const config = join(home, 'servers.json');
    await writeFile(config, JSON.stringify({ mcpServers: {} }));
    const port = await freePort();
    const child = spawn(process.execPath, [inject('cli'), '-p', String(port), '--config', config], {
      env: environmentIn(home),
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const lines = createInterface({ input: child.stderr });
    const ready = async () => {
      await said(lines, 'listening on');
      const found = await findInstance(socketHome([folderIn(home)]), { port, any: true, version: 'test' });
      if (found.kind !== 'found') throw new Error('the gateway has no control socket');
      return found.client;
    };
    const control = await ready().catch((error: unknown) => {
      child.kill('SIGKILL');
      throw error;
    });
    return new ClientGateway(port, home, child, lines, control);
  }

  /** For a program that is to find this gateway and no other. */
  get environment(): Record<string, string> {
    return environmentIn(this.#home);
  }

  /** Resolves when this is the server, and nothing is known of those before. */
  async serve(entry: RemoteEntry): Promise<void> {
    const folder = folderIn(this.#home);
    for (const file of await readdir(folder)) if (file.endsWith('.json')) await rm(join(folder, file));
    const config = join(this.#home, 'servers.json');
    await writeFile(`${config}.new`, JSON.stringify({ mcpServers: { [SERVER]: entry } }));
    const changed = said(this.#lines, 'servers.json has changed');
    await rename(`${config}.new`, config);
    await changed;
    await until('the gateway has taken over the config file', async () => {
      const answer = await this.#control.request('settings.get');
      return JSON.stringify(answer).includes(JSON.stringify(entry.url));
    });
  }

  /** Signs in as `mcp-gangway login` does, with a stand-in for the browser. Rejects where the sign-in does not come about. */
  signIn(): Promise<void> {
    return new Promise((resolve, reject) => {
      const following = this.#control.follow('servers.login', { server: SERVER, acceptNoPkce: true }, (data) => {
        const { kind, url, message } = isObject(data) ? data : {};
        if (kind === 'open') return visit(String(url), reject);
        following.cancel();
        if (kind === 'done') resolve();
        else reject(new Error(`no sign-in: ${String(message)}`));
      });
      following.ended.catch(reject);
    });
  }

  async stop(): Promise<void> {
    const exited = once(this.#child, 'exit');
    this.#control.close();
    this.#child.kill('SIGKILL');
    await exited;
    await rm(this.#home, { recursive: true, force: true });
  }
}

/** Resolves when the gateway says something with these words in it; rejects when it does not in time, or ends. */
async function said(lines: Interface, words: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const hear = (line: string): void => {
    if (line.includes(words)) resolve();
  };
  const ended = (): void => reject(new Error('the gateway has ended'));
  lines.on('line', hear).on('close', ended);
  try {
    await within(`the gateway says “${words}”`, promise, PATIENCE);
  } finally {
    lines.off('line', hear).off('close', ended);
  }
}

function environmentIn(home: string): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '', ...COMPILED, HOME: home };
}

/** Follows redirects to the end. The suite's servers agree to everything. */
function visit(url: string, failed: (error: Error) => void): void {
  get(url, { headers: NAVIGATION }, (response) => {
    response.resume();
    const { location } = response.headers;
    if (location !== undefined) visit(new URL(location, url).href, failed);
  }).on('error', failed);
}
