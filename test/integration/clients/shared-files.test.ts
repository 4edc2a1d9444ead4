import {
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  type ClientFiles,
  type ClientId,
  type DesiredMode,
  type FoundServer,
  type PlanEnvironment,
  systemDisk,
} from '../../../app/clients/index.ts';
import { serverId } from '../../../app/desktop/clients-window/clients-reader.ts';
import { withLock } from '../../../app/platform/lock/index.ts';
import { ENVIRONMENT } from '../../support/client-environment.ts';
import { type ClientHome, clientHome, NAS } from '../../support/client-home.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const BEFORE = `{
  "mcpServers": {
    "nas": { "command": "uvx", "args": ["nas-mcp"], "env": null },
    "db":  { "command": "uvx", "args": ["db-mcp"] }
  }
}
`;
const CURSOR = '.cursor/mcp.json';
const WINDSURF = '.codeium/windsurf/mcp_config.json';
const DB = { holder: ['mcpServers'], name: 'db' };

/** Cursor's file, and Windsurf's as a link to it. */
function linked(): { readonly home: ClientHome; readonly cursor: string; readonly windsurf: string } {
  const folder = temporaryDirectory();
  const home = clientHome(folder, BEFORE, CURSOR);
  const windsurf = join(folder, WINDSURF);
  mkdirSync(dirname(windsurf), { recursive: true });
  symlinkSync(home.file, windsurf);
  return { home, cursor: home.file, windsurf };
}

async function give(
  files: ClientFiles,
  [client, file]: readonly [ClientId, string],
  key: typeof NAS,
  desired: DesiredMode,
  environment: PlanEnvironment = ENVIRONMENT,
) {
  return files.apply(await files.plan(client, file, key, desired, environment));
}

async function serversIn(files: ClientFiles): Promise<readonly (readonly FoundServer[])[]> {
  const found = await files.list(ENVIRONMENT);
  return found.map(({ content }) => (content.kind === 'servers' ? content.servers : []));
}

describe('One file that two clients read', () => {
  it('has one list of what was done to it, and either client takes it back to the byte', async () => {
    const { home, cursor, windsurf } = linked();
    await give(home.files(), ['cursor', cursor], NAS, { kind: 'through' });
    await give(home.files(), ['windsurf', windsurf], DB, { kind: 'run', by: 'shim' });
    const patches = (await serversIn(home.files())).map((servers) => servers.map(({ patch }) => patch));
    expect(patches).toEqual([
      ['through', 'run'],
      ['through', 'run'],
    ]);
    await give(home.files(), ['windsurf', windsurf], NAS, { kind: 'off' });
    await give(home.files(), ['cursor', cursor], DB, { kind: 'off' });
    expect(readFileSync(cursor, 'utf8')).toBe(BEFORE);
    expect(readFileSync(windsurf, 'utf8')).toBe(BEFORE);
  });

  it('tells of the other client, and is one file to a change of all', async () => {
    const { home, cursor, windsurf } = linked();
    const files = home.files();
    expect((await files.list(ENVIRONMENT)).map(({ others }) => others?.map(({ id }) => id))).toEqual([
      ['windsurf'],
      ['cursor'],
    ]);
    const draft = files.draft();
    expect(await draft.set('cursor', cursor, NAS, { kind: 'through' }, ENVIRONMENT)).toMatchObject({ kind: 'change' });
    expect(await draft.set('windsurf', windsurf, NAS, { kind: 'through' }, ENVIRONMENT)).toBeNull();
    expect(await draft.set('windsurf', windsurf, DB, { kind: 'through' }, ENVIRONMENT)).toMatchObject({
      kind: 'change',
    });
    const [only, ...others] = draft.files();
    expect(others).toEqual([]);
    if (only === undefined) throw new Error('nothing was drafted');
    expect(await files.apply(only.plan)).toMatchObject({ kind: 'written' });
    const labels = (await serversIn(files)).map((servers) => servers.map(({ label }) => label));
    expect(labels).toEqual([
      ['cursor.nas', 'windsurf.db'],
      ['cursor.nas', 'windsurf.db'],
    ]);
    expect(await files.apply(only.back)).toMatchObject({ kind: 'written' });
    expect(readFileSync(cursor, 'utf8')).toBe(BEFORE);
    expect((await serversIn(files)).flat().map(({ patch }) => patch)).toEqual([null, null, null, null]);
  });

  it('is taken back to the byte after it was moved behind a link, and after the link has become a file', async () => {
    const home = clientHome(temporaryDirectory(), BEFORE, CURSOR);
    await give(home.files(), ['cursor', home.file], NAS, { kind: 'through' });
    const dotfiles = join(temporaryDirectory(), 'mcp.json');
    renameSync(home.file, dotfiles);
    symlinkSync(dotfiles, home.file);
    await give(home.files(), ['cursor', home.file], DB, { kind: 'through' });
    const content = readFileSync(home.file);
    rmSync(home.file);
    writeFileSync(home.file, content);
    for (const key of [NAS, DB]) await give(home.files(), ['cursor', home.file], key, { kind: 'off' });
    expect(readFileSync(home.file, 'utf8')).toBe(BEFORE);
    // What still stands behind the old way is another file by now.
    expect(readFileSync(dotfiles).equals(content)).toBe(true);
  });

  it('that has two names (a hard link) is shown as it is, and left alone with a reason', async () => {
    const folder = temporaryDirectory();
    const home = clientHome(folder, BEFORE, CURSOR);
    await give(home.files(), ['cursor', home.file], NAS, { kind: 'through' });
    const windsurf = join(folder, WINDSURF);
    mkdirSync(dirname(windsurf), { recursive: true });
    linkSync(home.file, windsurf);
    expect((await serversIn(home.files())).map(([nas]) => [nas?.mode, nas?.patch])).toEqual([
      ['through', 'through'],
      ['through', null],
    ]);
    for (const place of [['cursor', home.file] as const, ['windsurf', windsurf] as const]) {
      expect(await give(home.files(), place, NAS, { kind: 'off' })).toMatchObject({ refusal: { kind: 'hard-link' } });
    }
    rmSync(windsurf);
    await give(home.files(), ['cursor', home.file], NAS, { kind: 'off' });
    expect(readFileSync(home.file, 'utf8')).toBe(BEFORE);
  });
});

describe('What version 0.2 remembered', () => {
  it('of one file, client by client, is still undone', async () => {
    const { home, cursor, windsurf } = linked();
    await give(home.files(), ['cursor', cursor], NAS, { kind: 'through' });
    asOldEntry(home, 'cursor', cursor);
    expect((await serversIn(home.files())).map(([nas]) => nas?.patch)).toEqual(['through', null]);
    await give(home.files(), ['windsurf', windsurf], DB, { kind: 'through' });
    await give(home.files(), ['cursor', cursor], NAS, { kind: 'off' });
    await give(home.files(), ['cursor', cursor], DB, { kind: 'off' });
    expect(readFileSync(cursor, 'utf8')).toBe(BEFORE);
    expect(readdirSync(home.folder).filter((name) => /^(?:file|cursor)-/.test(name))).toEqual([]);
  });
});

/** Gives the only entry of the journal the name that it had before it went by the file itself. */
function asOldEntry(home: ClientHome, client: ClientId, file: string): void {
  const [name = ''] = readdirSync(home.folder).filter((one) => one.startsWith('file-'));
  const entry = JSON.parse(readFileSync(join(home.folder, name), 'utf8'));
  for (const patch of entry.record.patches) delete patch.client;
  writeFileSync(join(home.folder, name.replace(/^file/, client)), JSON.stringify({ ...entry, file }));
  rmSync(join(home.folder, name));
}

describe('Entries that a client has moved', () => {
  it('are shown with what was done to them, and go back under their new name', async () => {
    const home = clientHome(temporaryDirectory(), BEFORE, CURSOR);
    await give(home.files(), ['cursor', home.file], NAS, { kind: 'run', by: 'address' });
    const value = JSON.parse(readFileSync(home.file, 'utf8'));
    const { nas, ...others } = value.mcpServers;
    writeFileSync(home.file, JSON.stringify({ mcpServers: { ...others, storage: nas } }, null, 2));
    const storage = { holder: ['mcpServers'], name: 'storage' };
    expect((await serversIn(home.files()))[0]).toMatchObject([
      { key: DB, patch: null },
      { key: storage, patch: 'run', mode: 'run', isStale: false },
    ]);
    await give(home.files(), ['cursor', home.file], storage, { kind: 'through' });
    expect((await serversIn(home.files()))[0]).toMatchObject([{}, { key: storage, patch: 'through', mode: 'through' }]);
    await give(home.files(), ['cursor', home.file], storage, { kind: 'off' });
    expect(JSON.parse(readFileSync(home.file, 'utf8'))).toEqual({
      mcpServers: {
        db: { command: 'uvx', args: ['db-mcp'] },
        storage: { command: 'uvx', args: ['nas-mcp'], env: null },
      },
    });
  });
});

describe('Two entries of one name in a list', () => {
  const list = `mcpServers:
  - name: nas
    command: uvx
    args: [one]
  - name: nas
    command: uvx
    args: [two]
`;
  const key = { holder: ['mcpServers'], name: 'nas' };

  it('have ids of their own, and are left alone with a reason', async () => {
    const home = clientHome(temporaryDirectory(), list, '.continue/config.yaml');
    const [found] = await home.files().list(ENVIRONMENT);
    const servers = found?.content.kind === 'servers' ? found.content.servers : [];
    expect(servers.map(({ occurrence }) => occurrence)).toEqual([undefined, 2]);
    if (found === undefined) throw new Error('not found');
    expect(new Set(servers.map((server) => serverId(found, server))).size).toBe(2);
    const plan = await home.files().plan('continue', home.file, key, { kind: 'through' }, ENVIRONMENT);
    expect(plan).toEqual({ kind: 'refused', refusal: { kind: 'same-name', name: 'nas' } });
  });

  it('of which one was changed before the other came are told apart, and the right one goes back', async () => {
    const [first = '', second = ''] = list.split(/(?= {2}- name)/).slice(1);
    const home = clientHome(temporaryDirectory(), `mcpServers:\n${second}`, '.continue/config.yaml');
    await give(home.files(), ['continue', home.file], key, { kind: 'through' });
    writeFileSync(home.file, readFileSync(home.file, 'utf8').replace('mcpServers:\n', `mcpServers:\n${first}`));
    expect((await serversIn(home.files()))[0]?.map(({ patch, mode }) => [patch, mode])).toEqual([
      [null, 'off'],
      ['through', 'through'],
    ]);
    await give(home.files(), ['continue', home.file], key, { kind: 'off' });
    expect(readFileSync(home.file, 'utf8')).toBe(list);
  });
});

describe('Two programs of ours that write to one file', () => {
  it('take turns: what the second has planned for the file of before is refused, and nothing is lost', async () => {
    const home = clientHome(temporaryDirectory(), BEFORE, CURSOR);
    const [one, other] = [home.files({ isShared: true }), home.files({ isShared: true })];
    const plans = await Promise.all([
      one.plan('cursor', home.file, NAS, { kind: 'through' }, ENVIRONMENT),
      other.plan('cursor', home.file, DB, { kind: 'through' }, ENVIRONMENT),
    ]);
    const [first, second] = plans;
    if (first === undefined || second === undefined) throw new Error('no plans');
    const both = await Promise.all([one.apply(first), other.apply(second)]);
    expect(both.map(({ kind }) => kind).toSorted()).toEqual(['refused', 'written']);
    expect(readdirSync(home.folder)).not.toContain('writing.lock');
    await home.files().apply(await home.files().planUndo('cursor', home.file));
    expect(readFileSync(home.file, 'utf8')).toBe(BEFORE);
  });

  it('go on where one has ended in the middle', async () => {
    const home = clientHome(temporaryDirectory(), BEFORE, CURSOR);
    await systemDisk.makeFolder(home.folder);
    // 2^22 is the highest process id of Linux, and none of macOS's comes near it.
    writeFileSync(join(home.folder, 'writing.lock'), `4194304 ${hostname()} x\n`);
    const files = home.files({ isShared: true });
    expect(await give(files, ['cursor', home.file], NAS, { kind: 'through' })).toMatchObject({ kind: 'written' });
  });

  it('are kept apart for as long as one is at work', async () => {
    const lock = join(temporaryDirectory(), 'a/lock');
    const order: string[] = [];
    let second = Promise.resolve();
    await withLock(lock, async () => {
      order.push('first begins');
      await expect(withLock(lock, () => Promise.resolve(), 0)).rejects.toMatchObject({ pid: process.pid });
      second = withLock(lock, async () => void order.push('second'));
      order.push('first ends');
    });
    await second;
    expect(order).toEqual(['first begins', 'first ends', 'second']);
  });
});
