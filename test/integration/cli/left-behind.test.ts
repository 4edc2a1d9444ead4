import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startCli } from '../../support/cli-process.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { isAlive, until, untilGone } from '../../support/until.ts';

const STUBBORN = fileURLToPath(new URL('../../fixtures/stubborn-server.mjs', import.meta.url));
const MARK = '00000000-0000-4000-8000-000000000000';

interface Pids {
  readonly server: number;
  readonly near: number;
  readonly apart: number;
}

/** A home in which gateways keep their records; what still runs of it when the test is over is ended. */
class Home {
  readonly path = temporaryDirectory();
  #configs = 0;

  get records(): string {
    return join(this.path, '.config', 'MCP Gangway', 'children');
  }

  start(...args: readonly string[]) {
    return startCli(args, { env: { HOME: this.path, XDG_CONFIG_HOME: '' } });
  }

  /** A gateway with a server that does not leave by itself, in use. */
  async startStubborn() {
    const pidFile = join(this.path, `pids-${this.#configs}`);
    const config = join(this.path, `config-${this.#configs++}.json`);
    const server = { command: process.execPath, args: [STUBBORN], env: { PIDS: pidFile }, default: true, spare: false };
    writeFileSync(config, JSON.stringify({ mcpServers: { nas: server } }));
    const started = await this.start('--config', config);
    const asking = new AbortController();
    void fetch(`${started.url}/sse`, { signal: asking.signal }).catch(() => undefined);
    onTestFinished(() => asking.abort());
    await until('the server runs', () => existsSync(pidFile) && readFileSync(pidFile, 'utf8').endsWith('}'));
    const pids: Pids = JSON.parse(readFileSync(pidFile, 'utf8'));
    onTestFinished(() => {
      for (const pid of Object.values(pids)) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
    });
    await until('its group is written down', () =>
      this.recorded().some((text) => text.includes(`"group":${pids.server}`)),
    );
    return { ...started, pids };
  }

  recorded(): readonly string[] {
    return existsSync(this.records) ? readdirSync(this.records).flatMap((name) => this.#text(name)) : [];
  }

  /** None of a record whose process has ended since it was listed. */
  #text(name: string): readonly string[] {
    const file = join(this.records, name);
    try {
      return [readFileSync(file, 'utf8')];
    } catch (error) {
      if (existsSync(file)) throw error;
      return [];
    }
  }

  /** Puts a record there by hand. */
  record(name: string, ...lines: readonly (object | string)[]): void {
    mkdirSync(this.records, { recursive: true, mode: 0o700 });
    const text = lines.map((line) => (typeof line === 'string' ? line : `${JSON.stringify(line)}\n`)).join('');
    writeFileSync(join(this.records, name), text, { mode: 0o600 });
  }
}

// Windows has no process groups: a server there ends with its input. On macOS the table comes from ps.
describe.skipIf(process.platform === 'win32')('after a gateway was killed', () => {
  it('the next one ends the process groups that do not leave by themselves, and names what is apart', async () => {
    const home = new Home();
    const first = await home.startStubborn();
    expect(statSync(home.records).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(home.records)) expect(statSync(join(home.records, name)).mode & 0o777).toBe(0o600);
    first.cli.kill('SIGKILL');
    await first.cli.exit();
    expect(Object.values(first.pids).filter(isAlive)).toHaveLength(3);

    const { cli } = await home.start();
    await untilGone(first.pids.server);
    await untilGone(first.pids.near);
    expect(isAlive(first.pids.apart)).toBe(true);
    await cli.until('err', /WARN.*left behind/);
    await cli.until('err', new RegExp(`WARN.*apart.*pid=${first.pids.apart}`));
    await until('the record is gone', () => home.recorded().length === 0);
  });

  it('a group whose first process has gone is known by the mark of the others', async () => {
    const home = new Home();
    const first = await home.startStubborn();
    first.cli.kill('SIGKILL');
    await first.cli.exit();
    process.kill(first.pids.server, 'SIGUSR2');
    await untilGone(first.pids.server);
    expect(isAlive(first.pids.near)).toBe(true);
    await home.start();
    await untilGone(first.pids.near);
  });

  it('the servers of one that still runs are left alone', async () => {
    const home = new Home();
    const running = await home.startStubborn();
    const killed = await home.startStubborn();
    killed.cli.kill('SIGKILL');
    await killed.cli.exit();
    await home.start();
    await untilGone(killed.pids.server);
    await untilGone(killed.pids.near);
    expect(Object.values(running.pids).filter(isAlive)).toHaveLength(3);
    await until('one record is left', () => home.recorded().length === 1);
    expect(home.recorded()).toEqual([expect.stringContaining(`"group":${running.pids.server}`)]);
  });

  it('a group number that was given out again is left alone', async () => {
    const home = new Home();
    const elsewhere = new Home();
    const other = await elsewhere.startStubborn();
    const [line = ''] = readRecord(other.pids.server);
    const owner = JSON.parse(line);
    // The same boot, a gateway that is dead, and a group that was begun at another time.
    home.record(
      `${owner.pid}.${MARK}.jsonl`,
      { ...owner, start: owner.start - 1_000_000 },
      { group: other.pids.server, start: owner.start - 999_000, server: 'nas' },
    );
    await home.start();
    await until('the record is gone', () => home.recorded().length === 0);
    expect(Object.values(other.pids).filter(isAlive)).toHaveLength(3);

    function readRecord(group: number): readonly string[] {
      const folder = elsewhere.records;
      const texts = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
      return texts.find((text) => text.includes(`"group":${group}`))?.split('\n') ?? [];
    }
  });

  it('a record from before the machine was started again ends nothing', async () => {
    const home = new Home();
    const first = await home.startStubborn();
    first.cli.kill('SIGKILL');
    await first.cli.exit();
    for (const name of readdirSync(home.records)) {
      const file = join(home.records, name);
      writeFileSync(file, readFileSync(file, 'utf8').replace(/"boot":"[^"]*"/, '"boot":"earlier pid:[1]"'));
    }
    await home.start();
    await until('the record is gone', () => home.recorded().length === 0);
    expect(isAlive(first.pids.server)).toBe(true);
  });

  it('records that cannot be read are no obstacle, and lines that can be read still count', async () => {
    const home = new Home();
    const first = await home.startStubborn();
    first.cli.kill('SIGKILL');
    await first.cli.exit();
    const [name = ''] = readdirSync(home.records);
    const file = join(home.records, name);
    writeFileSync(
      file,
      `${readFileSync(file, 'utf8')}{"group":0,"start":1,"server":"x"}\nnull\n{"group":\u0000\n{"group":12`,
    );
    home.record(`999999.${MARK}.jsonl`, '\u0000\u0001 no JSON');
    home.record(`999998.${MARK}.jsonl`);
    home.record('notes.txt', 'not ours');
    await home.start();
    await untilGone(first.pids.server);
    await untilGone(first.pids.near);
    await until('only the foreign file is left', () => readdirSync(home.records).length === 1);
    expect(readdirSync(home.records)).toEqual(['notes.txt']);
  });

  it('a record that others could have written ends nothing', async () => {
    const home = new Home();
    const first = await home.startStubborn();
    first.cli.kill('SIGKILL');
    await first.cli.exit();
    for (const name of readdirSync(home.records)) chmodSync(join(home.records, name), 0o666);
    const { url } = await home.start();
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(isAlive(first.pids.server)).toBe(true);
  });
});

describe.skipIf(process.platform === 'win32')('the record of process groups', () => {
  it('is gone after an orderly end', async () => {
    const home = new Home();
    const { cli, pids } = await home.startStubborn();
    cli.kill('SIGTERM');
    await cli.exit();
    expect(isAlive(pids.server)).toBe(false);
    expect(readdirSync(home.records)).toEqual([]);
  });

  it('that cannot be written keeps no server from running', async () => {
    const home = new Home();
    mkdirSync(join(home.path, '.config', 'MCP Gangway'), { recursive: true });
    writeFileSync(home.records, 'a file where the folder would be');
    // It ends with its input: the next gateway has no record by which to end it.
    const { cli, url } = await home.start('--sse', process.execPath, '-e', 'process.stdin.resume()');
    void fetch(`${url}/sse`).catch(() => undefined);
    await cli.until('err', /cannot be written down/);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });
});
