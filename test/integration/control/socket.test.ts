import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ControlClient, findInstance, socketHome } from '../../../app/control/client/index.ts';
import { removeDeadSockets } from '../../../app/control/folder.ts';
import { openControl } from '../../../app/control/index.ts';
import { CliProcess, startCli } from '../../support/cli-process.ts';
import { controlledOperation, folderIn, openIn, operate, socketsIn } from '../../support/control.ts';
import { rememberingLog } from '../../support/quiet-log.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { until } from '../../support/until.ts';

const isRoot = process.getuid?.() === 0;
const WANTED = { port: null, any: true, version: '1' };

async function statusIn(HOME: string, ...args: readonly string[]) {
  const cli = new CliProcess(['status', ...args], { env: { HOME } });
  return { code: await cli.exit(), out: cli.out, err: cli.err };
}

/** A socket file without a process behind it, under a name that a process of this machine would have given it. */
async function deadSocket(home: string, pid: number): Promise<string> {
  const { control } = await openIn(home, controlledOperation(await operate()));
  const [, host = ''] = /\.([0-9a-z]+)\.sock$/.exec(control.path) ?? [];
  control.close();
  const file = join(folderIn(home), 'control', `${pid}-abc.${host}.sock`);
  const listen = `require('node:net').createServer().listen(${JSON.stringify(file)}, () => process.kill(process.pid, 'SIGKILL'))`;
  spawnSync(process.execPath, ['-e', listen]);
  expect(lstatSync(file).isSocket()).toBe(true);
  return file;
}

function endedPid(): number {
  return spawnSync(process.execPath, ['-e', '']).pid;
}

describe('the control socket', () => {
  test('has mode 0600 in a folder of mode 0700, and goes with its process', async () => {
    const HOME = temporaryDirectory();
    const { cli } = await startCli([], { env: { HOME } });
    const [file = ''] = socketsIn(HOME);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(folderIn(HOME), 'control')).mode & 0o777).toBe(0o700);
    cli.kill('SIGTERM');
    expect(await cli.exit()).toBe(0);
    expect(socketsIn(HOME)).toEqual([]);
  });

  test('of a process that was killed is removed at the next start, and nothing takes it for a running one', async () => {
    const HOME = temporaryDirectory();
    const { cli, port } = await startCli([], { env: { HOME } });
    const [left = ''] = socketsIn(HOME);
    cli.kill('SIGKILL');
    await cli.exit();
    expect(existsSync(left)).toBe(true);
    const told = await statusIn(HOME, '-p', String(port));
    expect([told.code, told.err]).toEqual([1, `mcp-gangway: MCP Gangway does not run on 127.0.0.1:${port}.\n`]);
    await startCli([], { env: { HOME } });
    await until('the dead socket is gone', () => !existsSync(left));
    expect(socketsIn(HOME)).toHaveLength(1);
  });

  test('of a process that lives is never removed, even one that refuses connections for a moment', async () => {
    const home = temporaryDirectory();
    const file = await deadSocket(home, process.ppid);
    await removeDeadSockets(socketHome([folderIn(home)]));
    expect(existsSync(file)).toBe(true);
    const gone = await deadSocket(home, endedPid());
    await removeDeadSockets(socketHome([folderIn(home)]));
    expect(existsSync(gone)).toBe(false);
  });

  test('of another machine that shares the home is left alone for a month', async () => {
    const home = temporaryDirectory();
    const file = await deadSocket(home, endedPid());
    const foreign = file.replace(/\.[0-9a-z]+\.sock$/, '.elsewher.sock');
    renameSync(file, foreign);
    await removeDeadSockets(socketHome([folderIn(home)]));
    expect(existsSync(foreign)).toBe(true);
    await removeDeadSockets(socketHome([folderIn(home)]), Date.now() + 31 * 24 * 3600 * 1000);
    expect(existsSync(foreign)).toBe(false);
  });

  test('is one for each process, found by port, and without one it is said which there are', async () => {
    const HOME = temporaryDirectory();
    const [one, two] = await Promise.all([startCli([], { env: { HOME } }), startCli([], { env: { HOME } })]);
    expect(socketsIn(HOME)).toHaveLength(2);
    for (const { cli, port } of [one, two]) {
      expect((await statusIn(HOME, '-p', String(port))).out).toContain(`(process ${cli.pid})`);
    }
    const ports = [one.port, two.port].sort((left, right) => left - right);
    const told = await statusIn(HOME);
    expect(told).toEqual({
      code: 1,
      out: '',
      err: `mcp-gangway: Several MCP Gangways of yours are running, on the ports ${ports.join(', ')}. Say which one: -p PORT.\n`,
    });
  });

  test('of the app goes before that of a headless process, which is found by its port', async () => {
    const HOME = temporaryDirectory();
    const { cli, port } = await startCli([], { env: { HOME } });
    const controller = await operate();
    await openIn(HOME, controlledOperation(controller));
    expect((await statusIn(HOME)).out).toMatch(
      /^MCP Gangway [\d.]+ is switched off \(process \d+\)\.\nMCP server echo: /,
    );
    await controller.turnOn();
    expect((await statusIn(HOME)).out).toContain(`(process ${process.pid})`);
    expect((await statusIn(HOME, '-p', String(port))).out).toContain(`(process ${cli.pid})`);
  });

  test('is in a folder of /tmp of its own where the path of the home is too long for a socket', async () => {
    const HOME = join(temporaryDirectory(), 'x'.repeat(100));
    mkdirSync(HOME);
    const { cli, port } = await startCli([], { env: { HOME } });
    const [, folder = ''] = socketHome([folderIn(HOME)]).folders;
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    expect(folder).toMatch(/^\/tmp\/mcp-gangway-\d+-[0-9a-z]+$/);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(readdirSync(folder)).toHaveLength(1);
    expect(cli.err).not.toContain('WARN');
    const told = await statusIn(HOME);
    expect([told.code, told.err]).toEqual([0, '']);
    expect(told.out).toContain(`Listens on 127.0.0.1:${port}`);
    cli.kill('SIGTERM');
    await cli.exit();
    expect(readdirSync(folder)).toEqual([]);
  });

  test.runIf(isRoot)('cannot be connected to by another account, nor its folder be entered (needs root)', async () => {
    const HOME = temporaryDirectory();
    chmodSync(HOME, 0o755);
    await startCli([], { env: { HOME } });
    const [file = ''] = socketsIn(HOME);
    for (const path of [HOME, join(HOME, '.config'), folderIn(HOME)]) chmodSync(path, 0o755);
    const attempt = (path: string) =>
      spawnSync(
        'setpriv',
        [
          '--reuid=65534',
          '--regid=65534',
          '--clear-groups',
          'python3',
          '-c',
          'import socket,sys\ntry: socket.socket(socket.AF_UNIX).connect(sys.argv[1]); print("connected")\nexcept OSError as e: print(e.strerror)',
          path,
        ],
        { encoding: 'utf8', env: { PATH: '/usr/bin:/bin' } },
      ).stdout.trim();
    expect(attempt(file)).toBe('Permission denied');
    // The mode of the socket alone holds as well, should the folder have been opened since.
    chmodSync(join(folderIn(HOME), 'control'), 0o755);
    expect(attempt(file)).toBe('Permission denied');
  });
});

describe('a folder that is not this account’s alone', () => {
  async function reasonFor(prepare: (folder: string) => void): Promise<string> {
    const home = temporaryDirectory();
    const folder = join(folderIn(home), 'control');
    mkdirSync(folderIn(home), { recursive: true });
    prepare(folder);
    const { log, lines } = rememberingLog();
    const sockets = socketHome([folderIn(home)]);
    const controlled = controlledOperation(await operate());
    const control = await openControl({ home: { ...sockets, folders: [folder] }, controlled, version: '1', log });
    expect(control).toBeNull();
    expect(await findInstance({ ...sockets, folders: [folder] }, WANTED)).toMatchObject({ kind: 'none' });
    return lines.find(({ level }) => level === 'warn')?.message ?? '';
  }

  test('is refused when others may read it, which is said with the cure', async () => {
    const reason = await reasonFor((folder) => {
      mkdirSync(folder);
      chmodSync(folder, 0o750);
    });
    expect(reason).toContain('too-wide');
    expect(reason).toContain('chmod 700');
  });

  test('is refused when it is a link, wherever that leads', async () => {
    const elsewhere = temporaryDirectory();
    chmodSync(elsewhere, 0o700);
    expect(await reasonFor((folder) => symlinkSync(elsewhere, folder))).toContain('not-a-folder');
    expect(readdirSync(elsewhere)).toEqual([]);
  });

  test('is refused when it is a file', async () => {
    expect(await reasonFor((folder) => writeFileSync(folder, ''))).toContain('not-a-folder');
  });

  test('is refused when every account may replace it', async () => {
    const reason = await reasonFor((folder) => {
      mkdirSync(folder, { mode: 0o700 });
      chmodSync(join(folder, '..'), 0o777);
    });
    expect(reason).toContain('open-parent');
  });

  test.runIf(isRoot)('is refused when another account owns it, by server and client (needs root)', async () => {
    const own = (folder: string) => spawnSync('chown', ['65534', folder]);
    const reason = await reasonFor((folder) => {
      mkdirSync(folder, { mode: 0o700 });
      own(folder);
    });
    expect(reason).toContain('other-owner');
    // A home of another account, as `sudo` leaves it in HOME: nothing of ours is put there.
    const inForeignHome = await reasonFor((folder) => void own(join(folder, '..')));
    expect(inForeignHome).toContain('other-owner');
  });

  test('is passed over for the one in /tmp, with a warning, and a client finds that', async () => {
    const home = temporaryDirectory();
    const folder = join(folderIn(home), 'control');
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, 0o755);
    const { control, lines } = await openIn(home, controlledOperation(await operate()));
    onTestFinished(() => rmSync(join(control.path, '..'), { recursive: true, force: true }));
    expect(control.path).toMatch(/^\/tmp\/mcp-gangway-/);
    expect(lines).toMatchObject([{ level: 'warn', message: expect.stringContaining(`${folder} (too-wide)`) }]);
    const found = await findInstance(socketHome([folderIn(home)]), WANTED);
    expect(found.kind).toBe('found');
    if (found.kind === 'found') found.client.close();
  });

  test('does not lead a client to a socket that another account has put in it', async () => {
    const home = temporaryDirectory();
    const folder = join(folderIn(home), 'control');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    chmodSync(folder, 0o700);
    const target = join(temporaryDirectory(), 'other.sock');
    const seen: string[] = [];
    const stranger = createServer((socket) => void socket.on('data', (chunk) => seen.push(String(chunk)))).listen(
      target,
    );
    onTestFinished(() => void stranger.close());
    // A link of the right name is no socket.
    symlinkSync(target, join(folder, `${process.pid}-abc.abcdef.sock`));
    expect(await findInstance(socketHome([folderIn(home)]), WANTED)).toEqual({ kind: 'none', refused: [] });
    expect(seen).toEqual([]);
  });
});

test('a control socket that hangs does not hold up the way to the one that is meant', async () => {
  const home = temporaryDirectory();
  const controller = await operate();
  await controller.turnOn();
  const { control } = await openIn(home, controlledOperation(controller));
  const silent = createServer(() => undefined).listen(join(control.path, '..', '1-abc.abcdef.sock'));
  onTestFinished(() => void silent.close());
  const started = performance.now();
  const found = await findInstance(socketHome([folderIn(home)]), WANTED);
  expect(found.kind).toBe('found');
  expect(performance.now() - started).toBeLessThan(1900);
  if (found.kind === 'found') {
    expect(found.client).toBeInstanceOf(ControlClient);
    found.client.close();
  }
});
