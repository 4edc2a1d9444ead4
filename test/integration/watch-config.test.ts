import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type ConfigServers, watchConfig } from '../../app/servers/index.ts';
import type { ServerSetting } from '../../app/settings/settings.ts';
import { rememberingLog } from '../support/quiet-log.ts';
import { until } from '../support/until.ts';

const commandOf = (server: ServerSetting | undefined) =>
  server !== undefined && 'command' in server ? server.command : undefined;
const fileWith = (command: string) => JSON.stringify({ mcpServers: { one: { command } } });

async function watched(path: string) {
  const seen: ConfigServers[] = [];
  const watching = await watchConfig(path, {
    log: rememberingLog().log,
    env: {},
    changed: (config) => seen.push(config),
  });
  const commands = () => seen.map(({ servers }) => commandOf(servers[0]));
  return { seen, commands, watching, [Symbol.dispose]: () => watching.close() };
}

async function folder() {
  const path = await mkdtemp(join(tmpdir(), 'gangway-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

test('a config file is read again when it is written, replaced, or changed behind a link', async () => {
  await using home = await folder();
  await using elsewhere = await folder();
  const real = join(elsewhere.path, 'real.json');
  const file = join(home.path, 'servers.json');
  await writeFile(real, fileWith('a'));
  await symlink(real, file);
  using watch = await watched(file);
  expect(commandOf(watch.watching.config.servers[0])).toBe('a');
  await writeFile(real, fileWith('b'));
  await until('the change behind the link is seen', () => watch.commands().at(-1) === 'b');
  await writeFile(`${file}.new`, fileWith('c'));
  await rename(`${file}.new`, file);
  await until('the replacement is seen', () => watch.commands().at(-1) === 'c');
  await writeFile(file, fileWith('d'));
  await until('the write is seen', () => watch.commands().at(-1) === 'd');
  expect(commandOf(watch.watching.config.servers[0])).toBe('d');
});

test('half a file, or none, leaves the servers as they were and says so', async () => {
  await using home = await folder();
  const file = join(home.path, 'servers.json');
  await writeFile(file, fileWith('a'));
  using watch = await watched(file);
  await writeFile(file, fileWith('b').slice(0, 20));
  await until('the half is seen', () => watch.seen.length === 1);
  expect(watch.seen[0]).toMatchObject({
    servers: [{ command: 'a' }],
    defaultServer: 'one',
    problems: [{ kind: 'mistake', place: { line: 1 } }],
  });
  await rm(file);
  await until('the loss is seen', () => watch.seen.length === 2);
  expect(watch.seen[1]).toMatchObject({
    servers: [{ command: 'a' }],
    problems: [{ kind: 'unreadable', code: 'ENOENT' }],
  });
  await writeFile(file, fileWith('c'));
  await until('the new file is seen', () => watch.commands().at(-1) === 'c');
});

test('a file that is not there at the start is read once it is', async () => {
  await using home = await folder();
  const file = join(home.path, 'servers.json');
  using watch = await watched(file);
  expect(watch.watching.config).toMatchObject({ servers: [], problems: [{ kind: 'unreadable', code: 'ENOENT' }] });
  await writeFile(file, fileWith('a'));
  await until('it is seen', () => watch.commands().at(-1) === 'a');
});

test('other files in its folder, and writes that change nothing, are no change', async () => {
  await using home = await folder();
  const file = join(home.path, 'servers.json');
  await writeFile(file, fileWith('a'));
  using watch = await watched(file);
  await writeFile(join(home.path, 'other.json'), fileWith('x'));
  await writeFile(file, fileWith('a'));
  await writeFile(file, fileWith('b'));
  await until('the one change is seen', () => watch.commands().at(-1) === 'b');
  // A reader may come while writeFile has emptied the file: that is told as a problem, with the servers as they were.
  expect(
    watch.seen.filter(({ problems }) => problems.length === 0).map(({ servers }) => commandOf(servers[0])),
  ).toEqual(['b']);
});

test('a link that is made anew is followed to its new file, and edits of that one are seen', async () => {
  await using home = await folder();
  const at = (name: string) => join(home.path, name);
  await writeFile(at('a.json'), fileWith('a'));
  await writeFile(at('b.json'), fileWith('b'));
  await symlink('a.json', at('servers.json'));
  using watch = await watched(at('servers.json'));
  await symlink('b.json', at('new'));
  await rename(at('new'), at('servers.json'));
  await until('the new link is seen', () => watch.commands().at(-1) === 'b');
  await writeFile(at('b.json'), fileWith('c'));
  await until('the edit behind the new link is seen', () => watch.commands().at(-1) === 'c');
  await writeFile(at('a.json'), fileWith('x'));
  await writeFile(at('b.json'), fileWith('d'));
  await until('only the file behind the link counts', () => watch.commands().at(-1) === 'd');
  expect(watch.commands()).not.toContain('x');
});

test('a ConfigMap is followed through every swap of its ..data link, also by a link from elsewhere', async () => {
  await using home = await folder();
  await using elsewhere = await folder();
  const at = (name: string) => join(home.path, name);
  const version = async (name: string, command: string) => {
    await mkdir(at(name));
    await writeFile(at(`${name}/servers.json`), fileWith(command));
    await symlink(name, at('..data_tmp'));
    await rename(at('..data_tmp'), at('..data'));
  };
  await version('..1', 'a');
  await symlink('..data/servers.json', at('servers.json'));
  await symlink(at('servers.json'), join(elsewhere.path, 'mine.json'));
  using watch = await watched(join(elsewhere.path, 'mine.json'));
  expect(commandOf(watch.watching.config.servers[0])).toBe('a');
  for (const [index, command] of ['b', 'c', 'd'].entries()) {
    await version(`..${index + 2}`, command);
    await rm(at(`..${index + 1}`), { recursive: true });
    await until(`version ${command} is seen`, () => watch.commands().at(-1) === command);
  }
  expect(watch.seen.every(({ problems }) => problems.length === 0)).toBe(true);
});

test('a folder that another one of the same name replaces is followed, and edits in the new one are seen', async () => {
  await using home = await folder();
  const at = (name: string) => join(home.path, name);
  await mkdir(at('conf'));
  await mkdir(at('next'));
  await writeFile(at('conf/servers.json'), fileWith('a'));
  await writeFile(at('next/servers.json'), fileWith('b'));
  using watch = await watched(at('conf/servers.json'));
  await rename(at('conf'), at('old'));
  await rename(at('next'), at('conf'));
  await until('the new folder is seen', () => watch.commands().at(-1) === 'b');
  await writeFile(at('old/servers.json'), fileWith('x'));
  await writeFile(at('conf/servers.json'), fileWith('c'));
  await until('the edit in it is seen', () => watch.commands().at(-1) === 'c');
  expect(watch.commands()).not.toContain('x');
});

test('a file whose folders are made later is read once it is there, and again when all of them are made anew', async () => {
  await using home = await folder();
  const file = join(home.path, 'a', 'b', 'servers.json');
  using watch = await watched(file);
  for (const command of ['a', 'b']) {
    await mkdir(join(home.path, 'a', 'b'), { recursive: true });
    await writeFile(file, fileWith(command));
    await until(`${command} is seen`, () => watch.commands().at(-1) === command);
    await rm(join(home.path, 'a'), { recursive: true });
    await until('the loss is seen', () => watch.seen.at(-1)?.problems[0]?.kind === 'unreadable');
  }
  expect(commandOf(watch.watching.config.servers[0])).toBe('b');
});

test('an editor that keeps a copy and writes anew is followed through many saves, without more descriptors', async () => {
  await using home = await folder();
  const file = join(home.path, 'servers.json');
  await writeFile(file, fileWith('0'));
  using watch = await watched(file);
  const save = async (command: string) => {
    await rename(file, `${file}~`);
    await writeFile(file, fileWith(command));
    await until(`${command} is seen`, () => watch.commands().at(-1) === command);
  };
  await save('1');
  const before = watches();
  for (let count = 2; count < 12; count += 1) await save(String(count));
  expect(watches()).toBe(before);
});

/** Watches of this process, as Linux lists them for each inotify descriptor. */
function watches(): number {
  if (process.platform !== 'linux') return 0;
  return readdirSync('/proc/self/fd')
    .map((fd) => {
      try {
        return readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8').split('inotify wd:').length - 1;
      } catch {
        // Closed meanwhile.
        return 0;
      }
    })
    .reduce((sum, count) => sum + count, 0);
}

test.skipIf(process.platform === 'win32')(
  'a file that becomes a pipe is not waited for, and is read once it is a file',
  async () => {
    await using home = await folder();
    const file = join(home.path, 'servers.json');
    await writeFile(file, fileWith('a'));
    using watch = await watched(file);
    await rm(file);
    await until('the loss is seen', () => watch.seen.length === 1);
    execFileSync('mkfifo', [file]);
    await until('the pipe is seen', () => watch.seen.length === 2);
    expect(watch.seen[1]).toMatchObject({
      servers: [{ command: 'a' }],
      problems: [{ kind: 'unreadable', code: 'EFTYPE' }],
    });
    await rm(file);
    await writeFile(file, fileWith('b'));
    await until('the new file is seen', () => watch.commands().at(-1) === 'b');
  },
);

test.skipIf(process.platform === 'win32')(
  'a file that a header takes its value from may be no pipe: nothing would answer while it is waited for',
  async () => {
    await using home = await folder();
    const file = join(home.path, 'servers.json');
    execFileSync('mkfifo', [join(home.path, 'secret')]);
    const entry = { url: 'https://example.org/mcp', headers: { Authorization: 'Bearer ${file:secret}' } };
    await writeFile(file, JSON.stringify({ mcpServers: { one: entry } }));
    using watch = await watched(file);
    expect(watch.watching.config.problems).toMatchObject([{ kind: 'header-file', server: 'one', code: 'EFTYPE' }]);
  },
);

test.skipIf(process.platform === 'win32')(
  'a pipe is read once, to its end, and a device without an end is refused',
  async () => {
    await using home = await folder();
    const pipe = join(home.path, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const writing = writeFile(pipe, fileWith('a'));
    using watch = await watched(pipe);
    await writing;
    expect(commandOf(watch.watching.config.servers[0])).toBe('a');
    using endless = await watched('/dev/zero');
    expect(endless.watching.config.problems).toMatchObject([{ kind: 'unreadable', code: 'EFBIG' }]);
  },
);

test('a file of more than 16 MB is not read', async () => {
  await using home = await folder();
  const file = join(home.path, 'servers.json');
  await writeFile(file, fileWith('a'));
  await truncate(file, 17 * 1024 * 1024);
  using watch = await watched(file);
  expect(watch.watching.config.problems).toMatchObject([{ kind: 'unreadable', code: 'EFBIG' }]);
});
