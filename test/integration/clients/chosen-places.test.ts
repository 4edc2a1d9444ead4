import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ClientFiles, FoundClient, FoundServer } from '../../../app/clients/index.ts';
import { ENVIRONMENT } from '../../support/client-environment.ts';
import { clientHome } from '../../support/client-home.ts';
import { clientSetup, NO_CHOICES } from '../../support/client-setup.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const NAS = '{ "mcpServers": { "nas": { "command": "uvx", "args": ["nas-mcp"] } } }\n';

/** A project with files of several clients, and one that has nothing to do with servers. */
function project(files: Readonly<Record<string, string>>): string {
  const folder = temporaryDirectory();
  write(folder, files);
  return folder;
}

function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

function serversIn({ content }: FoundClient): readonly FoundServer[] {
  return content.kind === 'servers' ? content.servers : [];
}

async function namesIn(files: ClientFiles, folder: string): Promise<readonly string[]> {
  const found = await files.list(ENVIRONMENT, { kind: 'folder', folder });
  return found.map(({ client, file }) => `${client.id} ${file.slice(folder.length + 1)}`);
}

describe('The folder of a project', () => {
  it('shows the file of each client that has servers in it', async () => {
    const folder = project({
      '.mcp.json': NAS,
      '.cursor/mcp.json': NAS,
      '.vscode/mcp.json': '{ "servers": { "nas": { "command": "uvx" } } }',
      '.codex/config.toml': '[mcp_servers.nas]\ncommand = "uvx"\n',
      '.vibe/config.toml': '[[mcp_servers]]\nname = "nas"\ntransport = "stdio"\ncommand = "uvx"\n',
      '.gemini/settings.json': '{ "theme": "dark" }',
      'opencode.json': '{ "mcp": { "nas": { "type": "local", "command": ["uvx"] } } }',
    });
    expect(await namesIn(clientHome(temporaryDirectory(), NAS).files(), folder)).toEqual([
      'claude-code .mcp.json',
      'cursor .cursor/mcp.json',
      'vscode .vscode/mcp.json',
      'codex .codex/config.toml',
      'opencode opencode.json',
      'mistral-vibe .vibe/config.toml',
    ]);
  });

  it('shows a file that has the name of another client’s as that of the client whose servers stand in it', async () => {
    const servers = '{ // with the solution\n "servers": { "nas": { "command": "uvx" } } }';
    const folder = project({ '.mcp.json': servers, '.vs/mcp.json': servers });
    const files = clientHome(temporaryDirectory(), NAS).files();
    expect(await namesIn(files, folder)).toEqual(['visual-studio .vs/mcp.json', 'visual-studio .mcp.json']);
    const file = join(folder, '.mcp.json');
    expect(await files.list(ENVIRONMENT, { kind: 'file', file, client: null })).toMatchObject([
      { client: { id: 'visual-studio', folder }, content: { servers: [{ key: { name: 'nas' } }] } },
    ]);
    write(folder, { '.mcp.json': '{ "mcpServers": ' });
    const broken = await files.list(ENVIRONMENT, { kind: 'folder', folder });
    expect(broken.map(({ client, content }) => [client.id, content.kind])).toEqual([
      ['claude-code', 'refused'],
      ['visual-studio', 'servers'],
    ]);
  });

  it('shows each file of a client’s folder, in either notation, and gives each its own bytes back', async () => {
    const files = {
      '.continue/mcpServers/nas.yaml':
        'name: nas\nmcpServers:\n  - name: nas\n    command: uvx # kept\n    args: [nas-mcp]\n',
      '.continue/mcpServers/more.json': NAS.replace('"nas"', '"more"'),
      '.continue/mcpServers/README.md': '# no servers\n',
    };
    const folder = project(files);
    const own = clientHome(temporaryDirectory(), NAS).files();
    expect(await namesIn(own, folder)).toEqual([
      'continue .continue/mcpServers/nas.yaml',
      'continue .continue/mcpServers/more.json',
    ]);
    for (const found of await own.list(ENVIRONMENT, { kind: 'folder', folder })) {
      const key = serversIn(found)[0]?.key ?? { holder: [], name: '' };
      const plan = await own.plan('continue', found.file, key, { kind: 'run', by: 'address' }, ENVIRONMENT);
      expect(await own.apply(plan)).toMatchObject({ kind: 'written' });
      const isJson = found.file.endsWith('.json');
      expect(readFileSync(found.file, 'utf8')).toMatch(isJson ? /"type": "http"/ : /type: "streamable-http"/);
      expect(await own.apply(await own.planUndo('continue', found.file))).toMatchObject({ kind: 'written' });
    }
    for (const [name, content] of Object.entries(files)) expect(readFileSync(join(folder, name), 'utf8')).toBe(content);
  });

  it('is the folder of its servers, and stays in the list once something was changed there', async () => {
    const before = '{ "mcpServers": { "nas": { "command": "node", "args": ["build/index.js"] } } }\n';
    const folder = project({ '.mcp.json': before });
    const { setup, controller, home: own } = clientSetup('{}');
    const place = { kind: 'folder', folder } as const;
    const preview = await setup.planAll({ kind: 'mode', mode: 'run', of: { client: null, server: null, place } });
    expect(preview.files).toMatchObject([
      { client: 'Claude Code', access: { en: expect.stringContaining('those you share it with get this change too') } },
    ]);
    expect(await setup.applyAll(preview.plan, NO_CHOICES)).toMatchObject({ kind: 'applied' });
    expect(controller.settings.servers).toMatchObject([{ name: 'nas', cwd: folder }]);
    const text = readFileSync(join(folder, '.mcp.json'), 'utf8');
    // No token: a project is handed on.
    expect(JSON.parse(text).mcpServers.nas).toEqual({ ...ENVIRONMENT.shim, args: ['connect', 'nas'] });

    const [, listed] = await own.files().list(ENVIRONMENT);
    expect(listed).toMatchObject({ place, file: join(folder, '.mcp.json') });
    const undo = await setup.planAll({ kind: 'undo', of: { client: null, server: null } });
    expect(await setup.applyAll(undo.plan, NO_CHOICES)).toMatchObject({ kind: 'applied' });
    expect(readFileSync(join(folder, '.mcp.json'), 'utf8')).toBe(before);
  });

  it('gives its servers names of their own at the proxy', async () => {
    const folder = project({ '.cursor/mcp.json': NAS, 'sub/.cursor/mcp.json': NAS });
    const files = clientHome(temporaryDirectory(), NAS).files();
    const labels: string[] = [];
    for (const place of [folder, join(folder, 'sub')]) {
      const [found] = await files.list(ENVIRONMENT, { kind: 'folder', folder: place });
      const plan = await files.plan(
        'cursor',
        found?.file ?? '',
        { holder: ['mcpServers'], name: 'nas' },
        { kind: 'through' },
        ENVIRONMENT,
      );
      labels.push(/cursor\.nas-[0-9a-f]{6}/.exec(JSON.stringify(plan))?.[0] ?? '');
    }
    expect(new Set(labels).size).toBe(2);
    expect(labels).not.toContain('');
  });

  it('starts none of the programs that its files name, not to ask for a version either', async () => {
    const asked: string[] = [];
    const files = clientHome(temporaryDirectory(), NAS).files({
      probes: {
        nodeVersion: (command) => {
          asked.push(command);
          return Promise.resolve('24.21.0');
        },
      },
    });
    const node = (command: string) => `{ "mcpServers": { "nas": { "command": "${command}", "args": ["/x.js"] } } }`;
    for (const command of ['/project/bin/node', './node', 'node']) {
      const folder = project({ '.mcp.json': node(command) });
      const [found] = await files.list(ENVIRONMENT, { kind: 'folder', folder });
      for (const server of found === undefined ? [] : serversIn(found)) {
        await files.propose(server.entry, ENVIRONMENT, found);
        await files.plan('claude-code', found?.file ?? '', server.key, { kind: 'through' }, ENVIRONMENT);
      }
    }
    expect(asked).toEqual(['node']);
  });

  it('has nothing expanded: what only the client can fill in is refused', async () => {
    const entry = '{ "command": "uvx", "args": ["${HOME_TOKEN}"], "env": { "A": "${NAS_KEY}" } }';
    const folder = project({ '.mcp.json': `{ "mcpServers": { "nas": ${entry} } }` });
    const files = clientHome(temporaryDirectory(), NAS).files();
    const [found] = await files.list(ENVIRONMENT, { kind: 'folder', folder });
    const [server] = found === undefined ? [] : serversIn(found);
    const key = server?.key ?? { holder: [], name: '' };
    const plan = await files.plan('claude-code', found?.file ?? '', key, { kind: 'run', by: 'shim' }, ENVIRONMENT);
    expect(plan).toMatchObject({ kind: 'refused', refusal: { kind: 'variable' } });
  });

  it('is not left by a link, and a pipe or a huge file is not read', async () => {
    const folder = project({ 'x/mcp.json': NAS });
    const elsewhere = project({ 'mcp.json': NAS });
    mkdirSync(join(folder, '.cursor'));
    mkdirSync(join(folder, '.vscode'));
    symlinkSync(join(elsewhere, 'mcp.json'), join(folder, '.mcp.json'));
    symlinkSync('../x/mcp.json', join(folder, '.cursor/mcp.json'));
    execFileSync('mkfifo', [join(folder, '.vscode/mcp.json')]);
    write(folder, { '.gemini/settings.json': '{' });
    truncateSync(join(folder, '.gemini/settings.json'), 5 * 1024 * 1024);
    const found = await clientHome(temporaryDirectory(), NAS).files().list(ENVIRONMENT, { kind: 'folder', folder });
    const told = found.map(({ client, content }) => [
      client.id,
      content.kind === 'refused' ? content.refusal.kind : content.servers.length,
    ]);
    expect(told).toEqual([
      ['claude-code', 'outside-folder'],
      ['cursor', 1],
      ['vscode', 'no-file'],
      ['gemini-cli', 'no-file'],
    ]);
  });
});

describe('A chosen file', () => {
  it.each([
    ['mcp.json', NAS, 'cursor'],
    ['servers.json', '{ "servers": { "nas": { "command": "uvx" } } }', 'vscode'],
    [
      'Code/User/settings.json',
      '{ "mcp": { "servers": { "nas": { "type": "local", "command": ["uvx"] } } } }',
      'opencode',
    ],
    ['.mcp.json', NAS, 'claude-code'],
    ['a.toml', '[mcp_servers.nas]\ncommand = "uvx"\n', 'codex'],
    ['b.toml', '[[mcp_servers]]\nname = "nas"\ncommand = "uvx"\n', 'mistral-vibe'],
    ['c.yaml', 'mcpServers:\n  - name: nas\n    command: uvx\n', 'continue'],
    ['d.yml', 'mcp_servers:\n  nas:\n    command: uvx\n', 'hermes'],
  ])('%s is read in the notation that it has', async (name, content, client) => {
    const folder = project({ [name]: content });
    const { setup } = clientSetup('{}');
    const file = join(folder, name);
    const [view] = await setup.list('whole', { kind: 'file', file, client: null });
    expect(view).toMatchObject({ file, chosen: 'file', content: { kind: 'servers', servers: [{ name: 'nas' }] } });
    const plan = await setup.planAll({
      kind: 'mode',
      mode: 'through',
      of: { client: null, server: null, place: { kind: 'file', file, client: null } },
    });
    expect(plan.files).toHaveLength(1);
    expect(plan.files[0]?.diff).toContain(`${client}.nas`);
  });

  it('is refused where no client writes one like it, and remembered else', async () => {
    const folder = project({ 'package.json': '{ "name": "x" }', 'mine.json': NAS });
    const { setup } = clientSetup(NAS);
    expect(await setup.choose({ kind: 'file', file: join(folder, 'package.json'), client: null })).toMatchObject({
      kind: 'refused',
      trouble: { sentence: { en: expect.stringContaining('package.json is not written as any known MCP client') } },
    });
    const chosen = await setup.choose({ kind: 'file', file: join(folder, 'mine.json'), client: null });
    const listed = await setup.list();
    expect(listed.map(({ title, chosen: how }) => [title, how])).toEqual([
      ['Claude Desktop', undefined],
      ['Cursor', 'file'],
    ]);
    expect(chosen).toEqual({ kind: 'chosen', file: listed[1]?.id });
    await setup.forget(listed[1]?.id ?? '');
    expect(await setup.list()).toHaveLength(1);
    expect(await setup.choose({ kind: 'folder', folder })).toMatchObject({ kind: 'refused' });
  });
});

describe('Places of known clients', () => {
  it('are also the profiles of VS Code, its Insiders and its old settings, while servers stand there', async () => {
    const folder = temporaryDirectory();
    const home = clientHome(folder, NAS);
    const user = 'Library/Application Support/Code/User';
    const entry = '{ "servers": { "nas": { "command": "uvx" } } }';
    write(folder, {
      [`${user}/profiles/a1/mcp.json`]: entry,
      [`${user}/profiles/b2/mcp.json`]: '{ "servers": {} }',
      [`${user}/settings.json`]: `{ "editor.fontSize": 12, "mcp": ${entry} }`,
      'Library/Application Support/Code - Insiders/User/mcp.json': entry,
    });
    const found = await home.files().list(ENVIRONMENT);
    expect(found.slice(1).map(({ client, file }) => `${client.id} ${file.slice(folder.length + 29)}`)).toEqual([
      'vscode Code - Insiders/User/mcp.json',
      'vscode Code/User/profiles/a1/mcp.json',
      'vscode Code/User/settings.json',
    ]);
    expect(found.flatMap(serversIn).map(({ key: { holder } }) => holder.join('.'))).toEqual([
      'mcpServers',
      'servers',
      'servers',
      'mcp.servers',
    ]);
  });
});

describe('Extensions of Claude Desktop', () => {
  it('are shown with what can be done, and changed by nothing', async () => {
    const extensions = 'Library/Application Support/Claude/Claude Extensions';
    const { setup, home } = clientSetup(NAS);
    const folder = dirname(dirname(dirname(dirname(home.file))));
    const manifest = (name: string, more = '') =>
      `{ "name": "${name}", ${more} "server": { "mcp_config": { "command": "node", "args": ["\${__dirname}/x.js", "--token", "s3cret-abc-123"] } } }`;
    write(folder, {
      [`${extensions}/ant.dir.nas/manifest.json`]: manifest('nas', '"display_name": "My NAS",'),
      [`${extensions}/off/manifest.json`]: manifest('off'),
      [`${extensions} Settings/off.json`]: '{ "isEnabled": false }',
      [`${extensions}/broken/manifest.json`]: '{ "name": ',
    });
    const [, view] = await setup.list();
    expect(view).toMatchObject({ title: 'Claude Desktop', file: `~/${extensions}` });
    expect(view?.content.kind === 'servers' && view.content.servers).toMatchObject([
      { name: 'My NAS', isOurs: false, enabled: true, note: expect.stringContaining('Local Network'), proposal: null },
      { name: 'off', isOurs: false, enabled: false, line: expect.not.stringContaining('s3cret') },
    ]);
    const named = await setup.planAll({ kind: 'mode', mode: 'run', of: { client: null, server: 'My NAS' } });
    expect(named).toMatchObject({ files: [], left: [{ name: 'My NAS', trouble: { code: 'extension' } }] });
    for (const kind of ['suggestions', 'undo'] as const) {
      expect((await setup.planAll({ kind, of: { client: null, server: null } })).left).toEqual([]);
    }
  });
});
