import { lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemDisk } from '../../../app/clients/index.ts';
import type { BulkAnswer, BulkRequest } from '../../../app/ipc/index.ts';
import { clientSetup, NO_CHOICES, type Setup, type SetupOptions } from '../../support/client-setup.ts';

const ALL = { client: null, server: null } as const;
const SUGGESTIONS: BulkRequest = { kind: 'suggestions', of: ALL };
const UNDO: BulkRequest = { kind: 'undo', of: ALL };
const DB = '"command": "uvx", "args": ["db-mcp", "postgres://db.lan/x"]';
const CLAUDE = `{
  "mcpServers": {
    "nas": { "command": "uvx", "args": ["nas-mcp"] },
    "db":  { ${DB} }
  }
}
`;
const CURSOR = `{ "mcpServers": {
  "media": { "command": "uvx", "args": ["media-mcp"], "env": { "MEDIA_TOKEN": "s3cret-of-mine" } },
  "hass": { "url": "http://ha.lan:8123/mcp", "headers": { "Authorization": "Bearer abcdefgh1234" } }
} }
`;
const CODEX = '# mine\n[mcp_servers.db]\ncommand = "uvx"\nargs = ["db-mcp", "postgres://db.lan/x"]\n';

interface Home extends Setup {
  readonly files: Readonly<Record<'claude' | 'cursor' | 'codex', string>>;
  text(file: keyof Home['files']): string;
}

/** Claude Desktop, Cursor and Codex on one machine, with six servers. */
function household(options: SetupOptions = {}): Home {
  const made = clientSetup(CLAUDE, options);
  const home = made.home.file.replace(/\/Library\/.*/, '');
  const files = {
    claude: made.home.file,
    cursor: join(home, '.cursor/mcp.json'),
    codex: join(home, '.codex/config.toml'),
  };
  for (const [file, content] of [[files.cursor, CURSOR] as const, [files.codex, CODEX] as const]) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  return { ...made, files, text: (file) => readFileSync(files[file], 'utf8') };
}

function expectAsBefore({ text, controller }: Home): void {
  expect([text('claude'), text('cursor'), text('codex')]).toEqual([CLAUDE, CURSOR, CODEX]);
  expect(controller.settings).toMatchObject({ servers: [], tokens: [], forwards: [] });
}

async function modesOf({ setup }: Home): Promise<Record<string, string>> {
  const files = await setup.list();
  const servers = files.flatMap(({ title, content }) =>
    content.kind === 'servers' ? content.servers.map(({ name, mode }) => [`${title}: ${name}`, mode] as const) : [],
  );
  return Object.fromEntries(servers);
}

async function applied(
  home: Home,
  request: BulkRequest,
  choices = NO_CHOICES,
): Promise<BulkAnswer & { kind: 'applied' }> {
  const answer = await home.setup.applyAll((await home.setup.planAll(request)).plan, choices);
  if (answer.kind === 'refused') throw new Error(answer.trouble.sentence.en);
  return answer;
}

describe('A change of the servers of all clients', () => {
  it('gives each the mode that fits after one preview, and one undo takes all of it back', async () => {
    const home = household();
    const preview = await home.setup.planAll(SUGGESTIONS);
    expect(preview).toMatchObject({ backups: expect.stringContaining('clients/backups'), removesBackups: false });
    expectAsBefore(home);
    expect(preview.left).toEqual([]);
    const rows = preview.files.flatMap(({ servers }) => servers.map(({ client, name, to }) => [client, name, to]));
    expect(rows).toEqual([
      ['Claude Desktop', 'nas', 'through'],
      ['Claude Desktop', 'db', 'run'],
      ['Cursor', 'media', 'through'],
      ['Cursor', 'hass', 'run'],
      ['Codex', 'db', 'run'],
    ]);
    expect(preview.imported).toEqual(['db', 'hass']);
    expect(preview.files.map(({ servers }) => servers.every(({ reason }) => reason !== null))).toEqual([
      true,
      true,
      true,
    ]);

    const answer = await home.setup.applyAll(preview.plan, NO_CHOICES);
    expect(answer).toMatchObject({ kind: 'applied', remark: null, next: { length: 3 }, backups: { length: 3 } });
    expect(await modesOf(home)).toEqual({
      'Claude Desktop: nas': 'through',
      'Claude Desktop: db': 'run',
      'Cursor: media': 'through',
      'Cursor: hass': 'run',
      'Codex: db': 'run',
    });
    // The same server in two clients is one server of ours; each entry has a token that is its own.
    expect(home.controller.settings.servers.map(({ name }) => name)).toEqual(['db', 'hass']);
    expect(home.controller.settings.tokens.map(({ name }) => name)).toEqual([
      'claude-desktop.nas',
      'cursor.media',
      'cursor.hass',
      'codex.db',
    ]);
    if (answer.kind === 'applied') {
      expect(await home.setup.backups()).toHaveLength(3);
      const everything = { kind: 'undo', of: { client: null, server: null } } as const;
      expect(await home.setup.planAll(everything)).toMatchObject({ backups: null, removesBackups: true });
      const undone = await home.setup.undoAll(answer.change);
      expect(undone).toMatchObject({ kind: 'applied', remark: null, backups: [] });
      expect(await home.setup.backups()).toEqual([]);
      expectAsBefore(home);
      if (undone.kind === 'applied') await home.setup.undoAll(undone.change);
    }
    expect(Object.values(await modesOf(home)).toSorted()).toEqual(['run', 'run', 'run', 'through', 'through']);
    expect(home.controller.settings.servers.map(({ name }) => name)).toEqual(['db', 'hass']);
  });

  it('shows neither tokens of ours nor secrets of the files', async () => {
    const { setup } = household();
    const { files } = await setup.planAll(SUGGESTIONS);
    const shown = JSON.stringify(files);
    expect(shown).toContain('cursor.media:[redacted]@127.0.0.1');
    expect(shown).not.toMatch(/s3cret-of-mine|abcdefgh1234/);
  });

  it('undoes everything in all clients, and that can be taken back as well', async () => {
    const home = household();
    await applied(home, SUGGESTIONS);
    const before = [home.text('claude'), home.text('cursor'), home.text('codex')];
    const preview = await home.setup.planAll(UNDO);
    expect(preview).toMatchObject({ released: ['db', 'hass'], imported: [], files: { length: 3 } });
    const undone = await home.setup.applyAll(preview.plan, { upstream: false, release: true });
    expectAsBefore(home);
    if (undone.kind === 'applied') await home.setup.undoAll(undone.change);
    expect([home.text('claude'), home.text('cursor'), home.text('codex')]).toEqual(before);
    expect(home.controller.settings.servers.map(({ name }) => name)).toEqual(['db', 'hass']);
    expect(home.controller.settings.tokens).toHaveLength(4);
  });

  it('is about one client or one name where that is asked for', async () => {
    const home = household();
    await applied(home, { kind: 'mode', mode: 'run', of: { client: 'codex', server: null } });
    expect(home.text('cursor')).toBe(CURSOR);
    await applied(home, { kind: 'mode', mode: 'run', of: { client: null, server: 'db' } });
    expect(await modesOf(home)).toMatchObject({
      'Claude Desktop: db': 'run',
      'Codex: db': 'run',
      'Cursor: media': 'off',
    });
    await applied(home, { kind: 'undo', of: { client: 'codex', server: 'db' } });
    expect(home.text('codex')).toBe(CODEX);
  });

  it('is made nowhere when one of the files has changed since the preview', async () => {
    const home = household();
    const { plan } = await home.setup.planAll(SUGGESTIONS);
    writeFileSync(home.files.codex, `${CODEX}# theirs\n`);
    expect(await home.setup.applyAll(plan, NO_CHOICES)).toMatchObject({
      kind: 'refused',
      trouble: { code: 'changed' },
      standing: [],
    });
    writeFileSync(home.files.codex, CODEX);
    expectAsBefore(home);
    expect((await home.setup.planAll(UNDO)).files).toEqual([]);
  });

  it('says which file stays changed when another program writes to it before it could be taken back', async () => {
    const paths = { claude: '', codex: '' };
    const home = household({
      disk: {
        ...systemDisk,
        async rename(from, to) {
          // Codex’s file comes last: by then a program has written to Claude’s, which is changed already.
          if (to === paths.codex) {
            writeFileSync(paths.claude, `${readFileSync(paths.claude, 'utf8')} `);
            throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
          }
          await systemDisk.rename(from, to);
        },
      },
    });
    Object.assign(paths, home.files);
    const { plan } = await home.setup.planAll(SUGGESTIONS);
    const answer = await home.setup.applyAll(plan, NO_CHOICES);
    expect(answer).toMatchObject({ kind: 'refused', trouble: { code: 'not-written' } });
    expect(answer.kind === 'refused' ? answer.standing : []).toEqual([
      expect.stringContaining('claude_desktop_config'),
    ]);
    // What that file leads to is still there.
    expect(home.controller.settings.servers.map(({ name }) => name)).toContain('db');
    expect([home.text('cursor'), home.text('codex')]).toEqual([CURSOR, CODEX]);
  });

  it('keeps what clients have written since when it is taken back', async () => {
    const home = household();
    const { change } = await applied(home, SUGGESTIONS);
    const now = JSON.parse(home.text('cursor'));
    writeFileSync(home.files.cursor, JSON.stringify({ ...now, theirs: 1 }, null, 2));
    expect(await home.setup.undoAll(change)).toMatchObject({ kind: 'applied', remark: null });
    expect([home.text('claude'), home.text('codex')]).toEqual([CLAUDE, CODEX]);
    expect(JSON.parse(home.text('cursor'))).toEqual({ ...JSON.parse(CURSOR), theirs: 1 });
    expect(home.controller.settings).toMatchObject({ servers: [], tokens: [] });
  });

  it('says before it is made that the settings hold no more servers, of several and of one', async () => {
    const server = { command: 'true', args: [], env: {}, cwd: null, era: 'auto', spare: false } as const;
    const servers = Array.from({ length: 255 }, (_, at) => ({ ...server, name: `server-${at}` }));
    const home = household({ settings: { servers } });
    const trouble = { code: 'servers: length', sentence: { en: expect.stringContaining('hold 256 servers at most') } };
    const both: BulkRequest = { kind: 'mode', mode: 'run', of: { client: 'cursor', server: null } };
    const preview = await home.setup.planAll(both);
    expect(preview).toMatchObject({ trouble, files: [{ client: 'Cursor' }] });
    expect(await home.setup.applyAll(preview.plan, NO_CHOICES)).toMatchObject({ kind: 'refused', trouble });
    const one: BulkRequest = { ...both, of: { client: 'cursor', server: 'media' } };
    const fits = await home.setup.planAll(one);
    expect(fits.trouble).toBeNull();
    expect(await home.setup.applyAll(fits.plan, NO_CHOICES)).toMatchObject({ kind: 'applied' });
    const rows = (await home.setup.list()).flatMap(({ content }) =>
      content.kind === 'servers' ? content.servers : [],
    );
    const id = rows.find(({ name }) => name === 'hass')?.id ?? '';
    expect(await home.setup.plan(id, 'run')).toMatchObject({ kind: 'refused', trouble });
  });

  it('names what stays as it is, and why, beside what changes', async () => {
    const home = household();
    writeFileSync(home.files.codex, '[mcp_servers');
    const request: BulkRequest = { kind: 'mode', mode: 'through', of: ALL };
    const preview = await home.setup.planAll(request);
    expect(preview.left).toMatchObject([
      { client: 'Cursor', name: 'hass', trouble: { code: 'address' } },
      { client: 'Codex', name: null, trouble: { code: 'broken' } },
    ]);
    expect(preview.files.map(({ client }) => client)).toEqual(['Claude Desktop', 'Cursor']);
  });

  it('changes a file that two clients read once, as a file that a link leads to', async () => {
    const home = household();
    const windsurf = home.files.cursor.replace('.cursor/mcp.json', '.codeium/windsurf/mcp_config.json');
    mkdirSync(dirname(windsurf), { recursive: true });
    symlinkSync(home.files.cursor, windsurf);
    const preview = await home.setup.planAll(SUGGESTIONS);
    expect(preview.files.map(({ client, servers }) => [client, servers.map(({ name }) => name)])).toEqual([
      ['Claude Desktop', ['nas', 'db']],
      ['Cursor', ['media', 'hass']],
      ['Codex', ['db']],
    ]);
    const answer = await home.setup.applyAll(preview.plan, NO_CHOICES);
    // Cursor and Windsurf have different keys for an address: a program is what both understand.
    expect(JSON.parse(home.text('cursor')).mcpServers.hass).toMatchObject({ args: ['connect', 'hass'] });
    if (answer.kind === 'applied') await home.setup.undoAll(answer.change);
    expectAsBefore(home);
    expect(lstatSync(windsurf).isSymbolicLink()).toBe(true);
  });
});
