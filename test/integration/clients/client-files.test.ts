import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Plan, refusalSentence } from '../../../app/clients/index.ts';
import { appTextIn } from '../../../app/i18n/app.ts';
import { ENVIRONMENT } from '../../support/client-environment.ts';
import { type ClientHome, clientHome, grant, NAS, nasIn, planFor } from '../../support/client-home.ts';
import { failingDisk } from '../../support/failing-disk.ts';
import { rememberingLog } from '../../support/quiet-log.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const BEFORE = `{
  "mcpServers": {
    "nas": { "command": "npx", "args": ["-y", "nas-mcp"] }
  }
}
`;

let home: ClientHome;

beforeEach(() => {
  home = clientHome(temporaryDirectory(), BEFORE);
});

describe('A client’s file', () => {
  it('is found with its servers, their modes and nothing to undo yet', async () => {
    const [client, ...others] = await home.files().list(ENVIRONMENT);
    expect(others).toEqual([]);
    expect(client).toMatchObject({
      file: home.file,
      client: { title: 'Claude Desktop' },
      content: { kind: 'servers', servers: [{ key: { name: 'nas' }, mode: 'off', patch: null }] },
    });
  });

  it('shows a mode that was set by hand, and gives it up again', async () => {
    const env = { HTTP_PROXY: 'http://127.0.0.1:28080', NO_PROXY: 'localhost,127.0.0.1,::1', OWN: '1' };
    writeFileSync(home.file, JSON.stringify({ mcpServers: { nas: { command: 'uvx', args: ['nas'], env } } }));
    expect(await nasIn(home.files())).toMatchObject({ mode: 'through', patch: null });
    expect(await grant(home, home.files(), { kind: 'off' })).toMatchObject({ kind: 'written' });
    expect(JSON.parse(home.bytes().toString())).toEqual({
      mcpServers: { nas: { command: 'uvx', args: ['nas'], env: { OWN: '1' } } },
    });
    expect(await nasIn(home.files())).toMatchObject({ mode: 'off', patch: 'cleared' });
  });

  it('that has a second name is left alone, and so is the other name', async () => {
    linkSync(home.file, join(temporaryDirectory(), 'dotfiles.json'));
    const answer = await grant(home, home.files(), { kind: 'through' });
    expect(answer).toEqual({ kind: 'refused', refusal: { kind: 'hard-link', file: home.file } });
    expect(home.bytes().toString()).toBe(BEFORE);
  });

  it('that is broken is reported with line and column, and left alone', async () => {
    writeFileSync(home.file, '{\n  "mcpServers": {\n    "nas": { "command" "npx" }\n  }\n}\n');
    const [client] = await home.files().list(ENVIRONMENT);
    const refusal = { kind: 'broken', file: home.file, line: 3, column: 24 };
    expect(client?.content).toEqual({ kind: 'refused', refusal });
    const plan = await planFor(home, home.files(), { kind: 'through' });
    expect(plan).toEqual({ kind: 'refused', refusal });
    expect(sentenceOf(plan)).toContain('line 3, column 24');
  });

  it('that is no text is reported, and left alone', async () => {
    writeFileSync(home.file, Buffer.from([0x7b, 0xff, 0xfe, 0x7d]));
    expect(await planFor(home, home.files(), { kind: 'through' })).toMatchObject({ refusal: { kind: 'not-utf8' } });
  });

  it('that is not there is not missed; one that cannot be read is reported', async () => {
    const empty = clientHome(temporaryDirectory(), BEFORE);
    const other = empty.files({ home: { folder: temporaryDirectory(), platform: 'linux', env: {} } });
    expect(await other.list(ENVIRONMENT)).toEqual([]);
    const taken = temporaryDirectory();
    mkdirSync(join(taken, '.cursor/mcp.json'), { recursive: true });
    const found = await empty.files({ home: { folder: taken, platform: 'linux', env: {} } }).list(ENVIRONMENT);
    expect(found).toMatchObject([
      { client: { id: 'cursor' }, content: { refusal: { kind: 'unreadable', code: 'EISDIR' } } },
    ]);
  });

  it.skipIf(process.platform === 'win32')('that is a pipe is reported, and not waited for', async () => {
    rmSync(home.file);
    execFileSync('mkfifo', [home.file]);
    const [client] = await home.files().list(ENVIRONMENT);
    const refusal = { kind: 'no-file', file: home.file };
    expect(client?.content).toMatchObject({ kind: 'refused', refusal });
    expect(await planFor(home, home.files(), { kind: 'through' })).toMatchObject({ kind: 'refused', refusal });
  });
});

describe('Applying a plan', () => {
  it('writes what the preview showed, keeps a copy, and leaves nothing else behind', async () => {
    const plan = await planFor(home, home.files(), { kind: 'through' });
    expect(plan).toMatchObject({ kind: 'change', texts: { after: expect.stringContaining('"HTTP_PROXY": ') } });
    expect(home.bytes().toString()).toBe(BEFORE);
    const applied = await home.files().apply(plan);
    const backup = applied.kind === 'written' ? (applied.backup ?? '') : '';
    expect(readFileSync(backup, 'utf8')).toBe(BEFORE);
    expect(backup).toContain('2026-11-22T10-00-00.000Z claude-desktop');
    expect(home.bytes()).toEqual(plan.kind === 'change' ? plan.bytes : null);
    expect(readdirSync(dirname(home.file))).toEqual(['claude_desktop_config.json']);
    expect(await nasIn(home.files())).toMatchObject({
      mode: 'through',
      patch: 'through',
      label: 'claude-desktop.nas',
      isStale: false,
    });
  });

  it('shows what has come to nothing since our token is another one, and mends it in one go', async () => {
    await grant(home, home.files(), { kind: 'through' });
    const environment = { ...ENVIRONMENT, gateway: { port: ENVIRONMENT.gateway.port, token: 'Tok-en_2' } };
    const [client] = await home.files().list(environment);
    expect(client).toMatchObject({ content: { servers: [{ mode: 'through', patch: 'through', isStale: true }] } });
    await home.files().apply(await planFor(home, home.files(), { kind: 'through' }, environment));
    const [mended] = await home.files().list(environment);
    expect(mended).toMatchObject({ content: { servers: [{ mode: 'through', patch: 'through', isStale: false }] } });
    await grant(home, home.files(), { kind: 'off' });
    expect(home.bytes().toString()).toBe(BEFORE);
  });

  it('shows what has come to nothing since our port is another one, and mends it in one go', async () => {
    await grant(home, home.files(), { kind: 'through' });
    const environment = { ...ENVIRONMENT, gateway: { port: 28099, token: null } };
    const [client] = await home.files().list(environment);
    expect(client).toMatchObject({ content: { servers: [{ mode: 'off', patch: 'through', isStale: true }] } });
    await home.files().apply(await planFor(home, home.files(), { kind: 'through' }, environment));
    expect(home.bytes().toString()).toContain('127.0.0.1:28099');
    await grant(home, home.files(), { kind: 'off' });
    expect(home.bytes().toString()).toBe(BEFORE);
  });

  it('keeps to itself what it remembers: the files hold secrets', async () => {
    await grant(home, home.files(), { kind: 'through' });
    const kept = readdirSync(home.folder, { recursive: true, withFileTypes: true });
    for (const entry of kept) {
      const mode = statSync(join(entry.parentPath, entry.name)).mode & 0o777;
      expect(mode).toBe(entry.isDirectory() ? 0o700 : 0o600);
    }
    expect(statSync(home.folder).mode & 0o777).toBe(0o700);
  });

  it('closes a file that a token comes into, behind the link that leads to it, and opens it again with undo', async () => {
    const real = join(temporaryDirectory(), 'dotfiles.json');
    writeFileSync(real, BEFORE);
    chmodSync(real, 0o640);
    const link = clientHome(temporaryDirectory(), BEFORE);
    rmSync(link.file);
    symlinkSync(real, link.file);
    expect(await grant(link, link.files(), { kind: 'through' })).toMatchObject({ kind: 'written' });
    expect(lstatSync(link.file).isSymbolicLink()).toBe(true);
    expect(statSync(real).mode & 0o777).toBe(0o600);
    expect(readFileSync(real, 'utf8')).toContain('HTTP_PROXY');
    expect(await grant(link, link.files(), { kind: 'off' })).toMatchObject({ kind: 'written' });
    expect(readFileSync(real, 'utf8')).toBe(BEFORE);
    expect(statSync(real).mode & 0o777).toBe(0o640);
  });

  it.skipIf(process.getuid?.() !== 0)('keeps the owner (skipped unless it runs as root)', async () => {
    chownSync(home.file, 12_345, 12_346);
    await grant(home, home.files(), { kind: 'through' });
    expect(statSync(home.file)).toMatchObject({ uid: 12_345, gid: 12_346 });
  });

  it('leaves a write-protected file alone', async () => {
    chmodSync(home.file, 0o444);
    expect(await grant(home, home.files(), { kind: 'through' })).toEqual({
      kind: 'refused',
      refusal: { kind: 'read-only', file: home.file },
    });
    expect(home.bytes().toString()).toBe(BEFORE);
  });

  it('is refused when the file has changed since the preview', async () => {
    const plan = await planFor(home, home.files(), { kind: 'through' });
    writeFileSync(home.file, `${BEFORE}\n`);
    expect(await home.files().apply(plan)).toEqual({
      kind: 'refused',
      refusal: { kind: 'changed', file: home.file },
    });
    expect(home.bytes().toString()).toBe(`${BEFORE}\n`);
  });

  it('is refused at any step at which another program writes, and its text stays', async () => {
    const theirs = `${BEFORE} `;
    for (let step = 1; ; step += 1) {
      const own = clientHome(temporaryDirectory(), BEFORE);
      const plan = await planFor(own, own.files(), { kind: 'through' });
      const disk = failingDisk('changed-meanwhile', step, () => writeFileSync(own.file, theirs));
      const applied = await own.files({ disk }).apply(plan);
      if (applied.kind === 'written') {
        // From the rename on it is they who come last, as it would be without us.
        expect(step).toBeGreaterThan(8);
        break;
      }
      expect(applied).toMatchObject({ refusal: { kind: 'changed' } });
      expect(own.bytes().toString()).toBe(theirs);
      expect(readdirSync(dirname(own.file))).toEqual(['claude_desktop_config.json']);
      expect(await nasIn(own.files())).toMatchObject({ mode: 'off', patch: null });
    }
  });

  it('touches no file but those of the table', async () => {
    await expect(home.files().plan('cursor', home.file, NAS, { kind: 'through' }, ENVIRONMENT)).rejects.toThrow(
      'not a file of Cursor',
    );
  });

  it('twice at once is done once', async () => {
    const files = home.files();
    const plan = await planFor(home, files, { kind: 'through' });
    const both = await Promise.all([files.apply(plan), files.apply(plan)]);
    expect(both.map(({ kind }) => kind)).toEqual(['written', 'refused']);
  });
});

describe('Undoing', () => {
  it('gives the bytes of before back, also after another start and several changes of mind', async () => {
    for (const desired of [{ kind: 'through' }, { kind: 'run', by: 'shim' }, { kind: 'through' }] as const) {
      expect(await grant(home, home.files(), desired)).toMatchObject({ kind: 'written' });
      expect(await nasIn(home.files())).toMatchObject({ mode: desired.kind, patch: desired.kind });
    }
    await grant(home, home.files(), { kind: 'off' });
    expect(home.bytes().toString()).toBe(BEFORE);
    expect(await nasIn(home.files())).toMatchObject({ mode: 'off', patch: null });
  });

  it('keeps later changes, in the entry and around it', async () => {
    await grant(home, home.files(), { kind: 'through' });
    const now = JSON.parse(home.bytes().toString());
    now.mcpServers.nas.env.HTTP_PROXY = 'http://other:1';
    now.mcpServers.nas.env.MORE = 'yes';
    now.mcpServers.second = { command: 'second' };
    writeFileSync(home.file, JSON.stringify(now));
    await grant(home, home.files(), { kind: 'off' });
    expect(JSON.parse(home.bytes().toString())).toEqual({
      mcpServers: {
        nas: { command: 'npx', args: ['-y', 'nas-mcp'], env: { HTTP_PROXY: 'http://other:1', MORE: 'yes' } },
        second: { command: 'second' },
      },
    });
  });

  it('of a whole file undoes every server, and tells whose definitions went back', async () => {
    await grant(home, home.files(), { kind: 'run', by: 'shim' });
    const added = await home
      .files()
      .plan(
        'claude-desktop',
        home.file,
        { holder: ['mcpServers'], name: 'media' },
        { kind: 'add', server: 'media', by: 'shim' },
        ENVIRONMENT,
      );
    await home.files().apply(added);
    const undo = await home.files().planUndo('claude-desktop', home.file);
    expect(undo).toMatchObject({ kind: 'change', released: ['nas'] });
    await home.files().apply(undo);
    expect(home.bytes().toString()).toBe(BEFORE);
  });

  it('is forgotten once the person has taken it out by hand', async () => {
    await grant(home, home.files(), { kind: 'through' });
    writeFileSync(home.file, BEFORE);
    expect(await planFor(home, home.files(), { kind: 'off' })).toMatchObject({ kind: 'unchanged', record: null });
    await grant(home, home.files(), { kind: 'off' });
    expect(await nasIn(home.files())).toMatchObject({ patch: null });
  });

  it('guesses at nothing when what was remembered is damaged, and keeps that aside', async () => {
    const { log, lines } = rememberingLog();
    for (let times = 1; times <= 2; times++) {
      await grant(home, home.files(), { kind: times === 1 ? 'through' : 'off' });
      const page = readdirSync(home.folder).find((name) => name.endsWith('.json')) ?? '';
      writeFileSync(join(home.folder, page), '{"file":');
      expect(await nasIn(home.files({ log }))).toMatchObject({ patch: null });
      // The later one takes the place of the earlier, and the log says where that is.
      expect(readdirSync(home.folder).filter((name) => name.endsWith('.broken'))).toEqual([`${page}.broken`]);
      expect(lines.map(({ fields }) => fields)).toContainEqual(
        expect.objectContaining({ kept: join(home.folder, `${page}.broken`) }),
      );
    }
  });
});

function sentenceOf(plan: Plan): string {
  return plan.kind === 'refused' ? refusalSentence(plan.refusal, appTextIn('en')) : '';
}
