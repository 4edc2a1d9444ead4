import { mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type ConfigServers, watchConfig } from '../../app/servers/index.ts';
import { rememberingLog } from '../support/quiet-log.ts';
import { until } from '../support/until.ts';

const fileWith = (command: string) => JSON.stringify({ mcpServers: { one: { command } } });

async function watched(path: string) {
  const seen: ConfigServers[] = [];
  const watching = await watchConfig(path, {
    log: rememberingLog().log,
    env: {},
    changed: (config) => seen.push(config),
  });
  const commands = () => seen.map(({ servers }) => servers[0]?.command);
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
  expect(watch.watching.config.servers[0]?.command).toBe('a');
  await writeFile(real, fileWith('b'));
  await until('the change behind the link is seen', () => watch.commands().at(-1) === 'b');
  await writeFile(`${file}.new`, fileWith('c'));
  await rename(`${file}.new`, file);
  await until('the replacement is seen', () => watch.commands().at(-1) === 'c');
  await writeFile(file, fileWith('d'));
  await until('the write is seen', () => watch.commands().at(-1) === 'd');
  expect(watch.watching.config.servers[0]?.command).toBe('d');
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
    problems: [{ kind: 'no-servers' }],
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
  await until('the one change is seen', () => watch.seen.length > 0);
  expect(watch.commands()).toEqual(['b']);
});
