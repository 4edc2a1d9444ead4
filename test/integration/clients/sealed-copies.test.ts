import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ClientFilesContext } from '../../../app/clients/index.ts';
import { ENVIRONMENT } from '../../support/client-environment.ts';
import { type ClientHome, clientHome, grant, NAS, nasIn, planFor } from '../../support/client-home.ts';
import { failingDisk, PowerLoss } from '../../support/failing-disk.ts';
import { rememberingLog } from '../../support/quiet-log.ts';
import { type SystemKey, systemKey } from '../../support/system-key.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const SECRET = 'eyJhbGciOi-token-of-the-nas';
const BEFORE = `{\r\n\t"mcpServers": { "nas": { "command": "npx", "args": ["nas-mcp"], "env": { "TOKEN": "${SECRET}" } } }\r\n}`;

const RUN = { kind: 'run', by: 'shim' } as const;
const OFF = { kind: 'off' } as const;

interface Person {
  readonly home: ClientHome;
  readonly key: SystemKey;
  /** The files as the app has them; with other changes as another process has them. */
  files(changes?: Partial<ClientFilesContext>): ReturnType<ClientHome['files']>;
}

function person(): Person {
  const home = clientHome(temporaryDirectory(), BEFORE);
  const key = systemKey();
  return { home, key, files: (changes = {}) => home.files({ cipher: key.cipher, ...changes }) };
}

/** Every file of ours, by its way below the folder of the journal. */
function kept(home: ClientHome): Map<string, string> {
  const names = existsSync(home.folder) ? readdirSync(home.folder, { recursive: true, encoding: 'utf8' }) : [];
  const files = names.filter((name) => statSync(join(home.folder, name)).isFile());
  return new Map(files.map((name) => [name, readFileSync(join(home.folder, name), 'latin1')]));
}

/** Names of files that say the secret: as it is, or in base64 at any of its three offsets. */
function telling(home: ClientHome): readonly string[] {
  const encoded = ['', 'x', 'xx'].map((lead) =>
    Buffer.from(lead + SECRET)
      .toString('base64')
      .slice(4, 28),
  );
  return [...kept(home)]
    .filter(([, text]) => [SECRET, ...encoded].some((one) => text.includes(one)))
    .map(([name]) => name);
}

function entriesOf(home: ClientHome): readonly string[] {
  return [...kept(home).keys()].filter((name) => name.startsWith('file-'));
}

/** Moves a file, and leads its path to where it is then. */
function linked(file: string, elsewhere: string): void {
  renameSync(file, elsewhere);
  symlinkSync(elsewhere, file);
}

describe('What is kept of a client’s file, where the system has a key', () => {
  it('is encrypted, the journal entry as well as the copy, and is as good for an undo after a new start', async () => {
    const { home, files } = person();
    const applied = await grant(home, files(), RUN);
    expect(applied).toMatchObject({ kind: 'written', backup: expect.stringMatching(/\.json\.sealed$/) });
    expect(home.bytes().toString()).not.toContain(SECRET);
    expect(kept(home).size).toBe(2);
    expect(telling(home)).toEqual([]);
    expect(await nasIn(files())).toMatchObject({ mode: 'run', patch: 'run' });
    await grant(home, files(), OFF);
    expect(home.bytes().toString()).toBe(BEFORE);
  });

  it('can be read by its name, byte for byte', async () => {
    const { home, files } = person();
    await grant(home, files(), RUN);
    const [copy, another] = await files().copies();
    expect(another).toBeUndefined();
    expect(copy).toMatchObject({
      client: 'claude-desktop',
      file: 'claude_desktop_config.json',
      at: '2026-11-22T10:00:00.000Z',
      isSealed: true,
    });
    const read = await files().copy(copy?.name ?? '');
    expect(read?.kind === 'read' && Buffer.from(read.bytes).toString()).toBe(BEFORE);
    for (const name of ['none', '../../places.json', '', join(home.folder, 'backups', copy?.name ?? '')]) {
      expect(await files().copy(name), name).toBeNull();
    }
  });

  it('is left by a process that has no way to the key: the servers are listed, nothing is changed, and nothing is lost', async () => {
    const { home, files } = person();
    await grant(home, files(), RUN);
    const before = [kept(home), home.bytes().toString()];
    const without = home.files();
    const [found] = await without.list(ENVIRONMENT);
    expect(found?.locked).toEqual({ kind: 'key-elsewhere', file: home.file });
    expect(await nasIn(without)).toMatchObject({ mode: 'run', patch: null });
    const refused = { kind: 'refused', refusal: { kind: 'key-elsewhere', file: home.file } };
    expect(await planFor(home, without, OFF)).toMatchObject(refused);
    expect(await planFor(home, without, { kind: 'through' })).toMatchObject(refused);
    expect(await without.planUndo('claude-desktop', home.file)).toMatchObject(refused);
    expect(await without.draft().set('claude-desktop', home.file, NAS, OFF, ENVIRONMENT)).toMatchObject(refused);
    const [copy] = await without.copies();
    expect(await without.copy(copy?.name ?? '')).toMatchObject({ refusal: { kind: 'copy-locked', isElsewhere: true } });
    // A plan from a process with the key does not help one without it.
    expect(await without.apply(await planFor(home, files(), OFF))).toMatchObject(refused);
    expect([kept(home), home.bytes().toString()]).toEqual(before);
    await grant(home, files(), OFF);
    expect(home.bytes().toString()).toBe(BEFORE);
  });

  it('stays while the keychain is locked, and the hint leads on when the key is lost for good', async () => {
    const { home, key, files } = person();
    await grant(home, files(), RUN);
    const before = kept(home);
    for (const away of [{ ...systemKey(), isLocked: true }.cipher, systemKey().cipher, async () => null]) {
      const locked = await planFor(home, files({ cipher: away }), OFF);
      expect(locked).toMatchObject({ kind: 'refused', refusal: { kind: 'key-locked', file: home.file } });
      expect(kept(home)).toEqual(before);
    }
    key.isLocked = true;
    const locked = await planFor(home, files(), OFF);
    const entry = locked.kind === 'refused' && locked.refusal.kind === 'key-locked' ? locked.refusal.kept : '';
    renameSync(entry, `${entry}.away`);
    const [found] = await files().list(ENVIRONMENT);
    expect(found?.locked).toBeUndefined();
    expect(await nasIn(files())).toMatchObject({ mode: 'run', patch: null });
  });

  it('is not taken when it was changed, and stays as it is', async () => {
    const { home, files } = person();
    await grant(home, files(), RUN);
    const [name = ''] = entriesOf(home);
    const path = join(home.folder, name);
    const { sealed } = JSON.parse(readFileSync(path, 'utf8')) as { sealed: string };
    const other = sealed.startsWith('A') ? 'B' : 'A';
    writeFileSync(path, JSON.stringify({ sealed: other + sealed.slice(1) }), { mode: 0o600 });
    const before = kept(home);
    expect(await planFor(home, files(), OFF)).toMatchObject({ refusal: { kind: 'key-locked' } });
    expect(kept(home)).toEqual(before);
  });

  it('is not given out when a copy is cut off', async () => {
    const { home, files } = person();
    await grant(home, files(), RUN);
    const [copy] = await files().copies();
    const path = join(home.folder, 'backups', copy?.name ?? '');
    writeFileSync(path, readFileSync(path).subarray(0, 40));
    expect(await files().copy(copy?.name ?? '')).toMatchObject({ refusal: { kind: 'copy-locked' } });
  });

  it('cannot be made while the keychain is locked: then the file is not changed either', async () => {
    const { home, key, files } = person();
    const plan = await planFor(home, files(), RUN);
    key.isLocked = true;
    expect(await files().apply(plan)).toMatchObject({ kind: 'refused', refusal: { kind: 'key-locked' } });
    expect(home.bytes().toString()).toBe(BEFORE);
    key.isLocked = false;
    expect(await files().apply(plan)).toMatchObject({ kind: 'written' });
  });
});

describe('What was left in clear', () => {
  it('by an earlier version, or by a process without the key, is encrypted later', async () => {
    const { home, files } = person();
    await grant(home, home.files(), RUN);
    expect(telling(home)).toHaveLength(2);
    await files().tidyUp();
    expect(telling(home)).toEqual([]);
    expect(kept(home).size).toBe(2);
    const [copy] = await files().copies();
    const read = await files().copy(copy?.name ?? '');
    expect(read?.kind === 'read' && Buffer.from(read.bytes).toString()).toBe(BEFORE);
    await grant(home, files(), OFF);
    expect(home.bytes().toString()).toBe(BEFORE);
  });

  it('stays in clear, for this account alone, where there is no key', async () => {
    const { home, files } = person();
    await grant(home, home.files(), RUN);
    const before = kept(home);
    await files({ cipher: async () => null }).tidyUp();
    await home.files().tidyUp();
    expect(kept(home)).toEqual(before);
    for (const name of before.keys()) expect(statSync(join(home.folder, name)).mode & 0o777, name).toBe(0o600);
  });

  it('stays as well when the system does not give its key, which the log says', async () => {
    const { home, key, files } = person();
    await grant(home, home.files(), RUN);
    const before = kept(home);
    key.isLocked = true;
    const { log, lines } = rememberingLog();
    await files({ log }).tidyUp();
    expect(kept(home)).toEqual(before);
    expect(JSON.stringify(lines)).toContain('could not be deleted or encrypted');
  });

  it('is encrypted as far as it can be read, whatever else lies beside it', async () => {
    const { home, files } = person();
    await grant(home, home.files(), RUN);
    mkdirSync(join(home.folder, 'backups', '2025-10-01T10-00-00.000Z claude-desktop claude_desktop_config.json'));
    await files().tidyUp();
    expect(telling(home)).toEqual([]);
  });

  it('is whole wherever the encrypting was interrupted', async () => {
    for (let step = 1; ; step += 1) {
      const { home, files } = person();
      await grant(home, home.files(), RUN);
      const disk = failingDisk('power-loss', step);
      await files({ disk })
        .tidyUp()
        .catch((error) => expect(error).toBeInstanceOf(PowerLoss));
      await files().tidyUp();
      expect(telling(home), `step ${step}`).toEqual([]);
      const [copy, ...more] = await files().copies();
      const read = await files().copy(copy?.name ?? '');
      expect(read?.kind === 'read' && Buffer.from(read.bytes).toString(), `step ${step}`).toBe(BEFORE);
      expect(more).toEqual([]);
      await grant(home, files(), OFF);
      expect(home.bytes().toString()).toBe(BEFORE);
      if (disk.steps() < step) break;
    }
  });

  it('makes no folder where nothing was changed yet, and asks for no key', async () => {
    const { home, files } = person();
    let asked = 0;
    const cipher = async (): Promise<null> => {
      asked += 1;
      return null;
    };
    await files({ cipher, isShared: true }).tidyUp();
    expect(asked).toBe(0);
    expect(() => readdirSync(home.folder)).toThrow('ENOENT');
  });
});

describe.each([
  ['with a key', true],
  ['without a key', false],
])('An undo %s', (_, hasKey) => {
  const processOf = ({ home, files }: Person): ReturnType<ClientHome['files']> => (hasKey ? files() : home.files());

  it('leaves nothing behind: no journal entry, and no copy from before', async () => {
    const someone = person();
    const { home } = someone;
    await grant(home, processOf(someone), { kind: 'through' });
    await grant(home, processOf(someone), RUN);
    const undone = await grant(home, processOf(someone), OFF);
    expect(undone).toMatchObject({ kind: 'written', backup: null });
    expect(home.bytes().toString()).toBe(BEFORE);
    expect([...kept(home).keys()]).toEqual([]);
  });

  it('of the whole file leaves nothing behind either', async () => {
    const someone = person();
    const { home } = someone;
    await grant(home, processOf(someone), RUN);
    const files = processOf(someone);
    await files.apply(await files.planUndo('claude-desktop', home.file));
    expect([...kept(home).keys()]).toEqual([]);
  });

  it.each<[string, (file: string, elsewhere: string) => void]>([
    ['that was moved behind a link', (file, elsewhere) => linked(file, elsewhere)],
    [
      'whose link leads elsewhere now',
      (file, elsewhere) => {
        const before = readFileSync(file);
        rmSync(file);
        rmSync(elsewhere);
        writeFileSync(file, before);
        linked(file, `${elsewhere}.new`);
      },
    ],
    [
      'that was a link',
      (file, elsewhere) => {
        const before = readFileSync(file);
        rmSync(file);
        rmSync(elsewhere);
        writeFileSync(file, before);
      },
    ],
  ])('of a file %s leaves nothing behind either', async (how, move) => {
    const someone = person();
    const { home } = someone;
    const elsewhere = join(temporaryDirectory(), 'mcp.json');
    if (!how.includes('behind')) linked(home.file, elsewhere);
    await grant(home, processOf(someone), RUN);
    move(home.file, elsewhere);
    await grant(home, processOf(someone), { kind: 'through' });
    await grant(home, processOf(someone), OFF);
    expect(home.bytes().toString()).toBe(BEFORE);
    expect([...kept(home).keys()]).toEqual([]);
  });

  it('takes copies of files with any name', async () => {
    for (const name of ['back\\slash.json', 'two\nlines.json', 'x.sealed', `${'長'.repeat(75)}.json`]) {
      const someone = person();
      const { home } = someone;
      const file = join(temporaryDirectory(), name);
      writeFileSync(file, BEFORE);
      const files = processOf(someone);
      await files.list(ENVIRONMENT, { kind: 'file', client: 'cursor', file });
      await files.apply(await files.plan('cursor', file, NAS, RUN, ENVIRONMENT));
      const [copy] = await files.copies();
      const read = await files.copy(copy?.name ?? '');
      expect(read?.kind === 'read' && Buffer.from(read.bytes).toString(), name).toBe(BEFORE);
      expect(copy?.isSealed, name).toBe(hasKey);
      await files.apply(await files.plan('cursor', file, NAS, OFF, ENVIRONMENT));
      expect([...kept(home).keys()], name).toEqual(['places.json']);
    }
  });

  it('leaves the copies beside an entry that could not be read: they are all there is of what was before', async () => {
    const someone = person();
    const { home } = someone;
    const two = '{ "mcpServers": { "nas": { "command": "uvx" }, "db": { "command": "uvx", "args": ["db"] } } }';
    writeFileSync(home.file, two);
    await grant(home, processOf(someone), RUN);
    const [entry = ''] = entriesOf(home);
    writeFileSync(join(home.folder, entry), '{}');
    const db = { holder: ['mcpServers'], name: 'db' };
    for (const desired of [{ kind: 'through' } as const, OFF]) {
      const files = processOf(someone);
      const plan = await files.plan('claude-desktop', home.file, db, desired, ENVIRONMENT);
      expect(await files.apply(plan)).toMatchObject({ kind: 'written' });
    }
    const copies = await Promise.all(
      (await processOf(someone).copies()).map(({ name }) => processOf(someone).copy(name)),
    );
    const texts = copies.map((copy) => (copy?.kind === 'read' ? Buffer.from(copy.bytes).toString() : null));
    expect(texts).toContain(two);
  });

  it('takes the copies of this file alone', async () => {
    const someone = person();
    const { home } = someone;
    const cursor = '/.cursor/mcp.json';
    const other = clientHome(home.file.slice(0, home.file.indexOf('/Library')), BEFORE, cursor);
    await grant(home, processOf(someone), RUN);
    const files = processOf(someone);
    await files.apply(await files.plan('cursor', other.file, NAS, RUN, ENVIRONMENT));
    await grant(home, processOf(someone), OFF);
    const left = await processOf(someone).copies();
    expect(left.map(({ client }) => client)).toEqual(['cursor']);
    expect(entriesOf(home)).toHaveLength(1);
  });

  it('takes copies of earlier versions, whose names do not say which file it was', async () => {
    const someone = person();
    const { home } = someone;
    await grant(home, processOf(someone), RUN);
    const older = '2026-10-01T10-00-00.000Z claude-desktop claude_desktop_config.json';
    const others = '2026-10-01T10-00-00.000Z cursor claude_desktop_config.json';
    for (const name of [older, others]) writeFileSync(join(home.folder, 'backups', name), BEFORE, { mode: 0o600 });
    expect((await processOf(someone).copies()).map(({ name }) => name)).toEqual(
      expect.arrayContaining([older, others]),
    );
    await grant(home, processOf(someone), OFF);
    expect((await processOf(someone).copies()).map(({ name }) => name)).toEqual([others]);
  });
});

describe('A change that was interrupted at any of its steps', () => {
  it.each([RUN, OFF])(
    'leaves nothing behind of a file without anything of ours, once a start has tidied up: %j',
    async (wish) => {
      for (let step = 1; ; step += 1) {
        const { home, files } = person();
        if (wish === OFF) await grant(home, files(), RUN);
        const plan = await planFor(home, files(), wish);
        const disk = failingDisk('power-loss', step);
        await files({ disk })
          .apply(plan)
          .catch((error) => expect(error).toBeInstanceOf(PowerLoss));
        await files().tidyUp();
        const isBefore = home.bytes().toString() === BEFORE;
        expect(entriesOf(home), `step ${step}`).toHaveLength(isBefore ? 0 : 1);
        if (isBefore && wish === OFF) expect([...kept(home).keys()], `step ${step}`).toEqual([]);
        if (disk.steps() < step) break;
      }
    },
  );
});
