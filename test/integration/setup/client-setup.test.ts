import { chmodSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { ApplyAnswer, ClientPreview } from '../../../app/ipc/index.ts';
import type { ClientSetup } from '../../../app/setup/index.ts';
import { listening } from '../../e2e/support/listening.ts';
import { clientSetup, fileOf, previewFor, serverOf } from '../../support/client-setup.ts';
import { freePort } from '../../support/tcp.ts';

const BEFORE = `{
  // at home
  "mcpServers": {
    "nas": { "command": "uvx", "args": ["nas-mcp"], "env": { "NAS_URL": "http://nas.lan:5000" } },
    "db":  { "command": "docker", "args": ["run", "-i", "db-mcp"] }
  }
}
`;

const NO_CHOICES = { upstream: false, release: false };

describe('The servers of a client', () => {
  it('are listed with their mode, the mode that fits, and the reason', async () => {
    const { setup } = clientSetup(BEFORE);
    const file = await fileOf(setup);
    expect(file).toMatchObject({ title: 'Claude Desktop', canRestart: false });
    expect(file.file).toBe('~/Library/Application Support/Claude/claude_desktop_config.json');
    expect(await serverOf(setup, 'nas')).toMatchObject({
      line: 'uvx nas-mcp',
      mode: 'off',
      isOurs: true,
      isPatched: false,
      proposal: { mode: 'through', sentence: expect.stringContaining('Python') },
    });
    expect(await serverOf(setup, 'db')).toMatchObject({ proposal: { mode: 'run' } });
  });

  it('are listed at once, though a program takes its time to tell its version', async () => {
    const nodes = { mcpServers: { slow: { command: 'npx', args: ['x'] }, quick: { command: 'uvx', args: ['y'] } } };
    const { promise: version, resolve: tell } = Promise.withResolvers<string>();
    const { setup } = clientSetup(JSON.stringify(nodes), { probes: { nodeVersion: () => version } });
    const [file] = await setup.list('at-once');
    expect(file?.content).toMatchObject({
      servers: [
        { name: 'slow', proposal: null },
        { name: 'quick', proposal: { mode: 'through' } },
      ],
    });
    const whole = serverOf(setup, 'slow');
    tell('24.21.0');
    expect(await whole).toMatchObject({ proposal: { mode: 'through' } });
  });

  it('keep their ids while the file changes around them', async () => {
    const { setup, home } = clientSetup(BEFORE);
    const { id } = await serverOf(setup, 'db');
    writeFileSync(home.file, BEFORE.replace('"nas": {', '"new": { "command": "x" },\n    "nas": {'));
    expect((await serverOf(setup, 'db')).id).toBe(id);
  });

  it('are not listed for a file that is broken: the place is', async () => {
    const { setup } = clientSetup(`{\n  "mcpServers": { "nas" { } }\n}\n`);
    const { content } = await fileOf(setup);
    expect(content).toMatchObject({ kind: 'refused', trouble: { code: 'broken' } });
    expect(JSON.stringify(content)).toMatch(/~\/Library.* line 2, column \d+/);
  });

  it('that are addresses, or that lead to us by hand, come with the reason why nothing can be chosen', async () => {
    const url = { mcpServers: { far: { url: 'http://user:secret@10.0.0.9/mcp?key=secret' } } };
    const { setup } = clientSetup(JSON.stringify(url), { path: '.cursor/mcp.json' });
    const far = await serverOf(setup, 'far');
    expect(far).toMatchObject({ isOurs: false, proposal: null, line: 'http://10.0.0.9/mcp' });
    expect(far.note).toContain('connects to far by its address');

    const shim = { command: '/elsewhere/mcp-gangway', args: ['connect', 'x'] };
    const hand = clientSetup(JSON.stringify({ mcpServers: { x: shim } }));
    expect(await serverOf(hand.setup, 'x')).toMatchObject({ mode: 'run', isOurs: false, server: 'x' });
  });
});

describe('Two files of one client with a server of the same name', () => {
  it('go through Gangway under names of their own', async () => {
    const content = JSON.stringify({ mcp: { nas: { type: 'local', command: ['uvx', 'nas-mcp'] } } }, null, 2);
    const { setup, home } = clientSetup(content, { path: '.config/opencode/opencode.jsonc' });
    writeFileSync(home.file.replace(/c$/, ''), content);
    const labels: unknown[] = [];
    for (const at of [0, 1]) {
      const answer = await setup.plan(await nasOf(setup, at), 'through');
      if (answer.kind === 'refused') throw new Error(answer.trouble.sentence);
      labels.push(/http:\/\/(opencode\.[\w.-]+):/.exec(answer.preview.diff)?.[1]);
    }
    expect(labels).toEqual(['opencode.nas', expect.stringMatching(/^opencode\.nas-[0-9a-f]{6}$/)]);
  });
});

async function nasOf(setup: ClientSetup, at: number): Promise<string> {
  const content = (await setup.list())[at]?.content;
  const [nas] = content?.kind === 'servers' ? content.servers : [];
  if (nas === undefined) throw new Error(`There is no server in file ${at}`);
  return nas.id;
}

describe('Sending a server through Gangway', () => {
  it('shows the change, makes it, and takes it back to the byte', async () => {
    const { setup, home } = clientSetup(BEFORE);
    const preview = await previewFor(setup, 'nas', 'through');
    expect(preview).toMatchObject({ client: 'Claude Desktop', server: 'nas', mode: 'through', adopted: null });
    expect(preview.diff).toContain('HTTP_PROXY');
    expect(home.bytes().toString()).toBe(BEFORE);

    const applied = await setup.apply(preview.plan, NO_CHOICES);
    expect(applied).toMatchObject({
      next: expect.stringContaining('Quit Claude Desktop completely'),
      backup: expect.stringMatching(/^~\/Library\/Application Support\/MCP Gangway\/clients\/backups\//),
      remark: null,
    });
    expect(home.bytes().toString()).toContain('// at home');
    expect(await serverOf(setup, 'nas')).toMatchObject({ mode: 'through', isPatched: true, proposal: null });

    expect(await setup.undo(changeOf(applied))).toMatchObject({ kind: 'undone' });
    expect(home.bytes().toString()).toBe(BEFORE);
    expect(await setup.undo(changeOf(applied))).toMatchObject({ kind: 'refused', trouble: { code: 'not-there' } });
  });

  it('does nothing twice', async () => {
    const { setup, home } = clientSetup(BEFORE);
    const { plan } = await previewFor(setup, 'nas', 'through');
    const both = await Promise.all([setup.apply(plan, NO_CHOICES), setup.apply(plan, NO_CHOICES)]);
    expect(both.map(({ kind }) => kind)).toEqual(['applied', 'refused']);
    expect(readdirSync(`${home.folder}/backups`)).toHaveLength(1);
  });

  it('is refused when the file has changed, and planned again for what is there now', async () => {
    const { setup, home } = clientSetup(BEFORE);
    const { plan } = await previewFor(setup, 'nas', 'through');
    const changed = BEFORE.replace('// at home', '// at work');
    writeFileSync(home.file, changed);
    const answer = await setup.apply(plan, NO_CHOICES);
    expect(answer).toMatchObject({ kind: 'refused', trouble: { code: 'changed' }, again: { kind: 'preview' } });
    expect(home.bytes().toString()).toBe(changed);
    if (answer.kind !== 'refused' || answer.again?.kind !== 'preview') throw new Error('There is no new preview');
    expect(await setup.apply(answer.again.preview.plan, NO_CHOICES)).toMatchObject({ kind: 'applied' });
    expect(home.bytes().toString()).toContain('// at work');
  });

  it('offers to chain the proxy it had, and gives that back with the rest', async () => {
    const env = { HTTPS_PROXY: 'http://me:pw@proxy.corp:3128', NO_PROXY: '.corp' };
    const { setup, operation } = clientSetup(
      JSON.stringify({ mcpServers: { nas: { command: 'uvx', args: [], env } } }),
    );
    const preview = await previewFor(setup, 'nas', 'through');
    expect(preview).toMatchObject({
      upstream: { proxy: 'http://proxy.corp:3128', isUsable: true, instead: null },
      exceptions: ['.corp'],
    });
    const applied = await setup.apply(preview.plan, { upstream: true, release: false });
    expect(operation.settings.upstream).toBe('http://me:pw@proxy.corp:3128');
    await setup.undo(changeOf(applied));
    expect(operation.settings.upstream).toBeNull();
  });

  it('does not offer a proxy that Gangway could not use', async () => {
    const env = { ALL_PROXY: 'socks5://10.0.0.1:1080' };
    const { setup } = clientSetup(JSON.stringify({ mcpServers: { nas: { command: 'uvx', args: [], env } } }));
    expect((await previewFor(setup, 'nas', 'through')).upstream).toMatchObject({ isUsable: false });
  });

  it('is marked once it has come to nothing, and mended in one go', async () => {
    const { setup, home, operation } = clientSetup(BEFORE);
    await setup.apply((await previewFor(setup, 'nas', 'through')).plan, NO_CHOICES);
    await operation.change({ port: 28_099 });
    expect(await serverOf(setup, 'nas')).toMatchObject({ mode: 'off', stale: 'through', proposal: null });
    await setup.apply((await previewFor(setup, 'nas', 'through')).plan, NO_CHOICES);
    expect(home.bytes().toString()).toContain('127.0.0.1:28099');
    expect(await serverOf(setup, 'nas')).toMatchObject({ mode: 'through', stale: null });
  });
});

describe('Running a server in Gangway', () => {
  it('moves it into our settings, and the entry becomes the program that connects to it', async () => {
    const { setup, home, operation } = clientSetup(BEFORE);
    const preview = await previewFor(setup, 'db', 'run');
    expect(preview).toMatchObject({ adopted: 'db' });
    expect(operation.settings.servers).toEqual([]);
    const applied = await setup.apply(preview.plan, NO_CHOICES);
    expect(operation.settings.servers).toMatchObject([{ name: 'db', command: 'docker' }]);
    expect(home.bytes().toString()).toMatch(/"command": ".*bin\/mcp-gangway", "args": \["connect", ?"db"\]/);
    expect(await serverOf(setup, 'db')).toMatchObject({ mode: 'run', server: 'db', line: 'docker run -i db-mcp' });

    await setup.undo(changeOf(applied));
    expect(operation.settings.servers).toEqual([]);
    expect(home.bytes().toString()).toBe(BEFORE);
  });

  it('takes an address where the client can connect to one', async () => {
    const { setup, home } = clientSetup(BEFORE, { path: '.cursor/mcp.json' });
    await setup.apply((await previewFor(setup, 'db', 'run')).plan, NO_CHOICES);
    expect(home.bytes().toString()).toContain('http://127.0.0.1:28080/servers/db/mcp');
    expect(await serverOf(setup, 'db')).toMatchObject({ mode: 'run', server: 'db' });
  });

  it.skipIf(process.platform === 'win32')(
    'leaves our settings as they were when the file is write-protected',
    async () => {
      const { setup, home, operation } = clientSetup(BEFORE);
      const { plan } = await previewFor(setup, 'db', 'run');
      chmodSync(home.file, 0o444);
      expect(await setup.apply(plan, NO_CHOICES)).toMatchObject({ kind: 'refused', trouble: { code: 'read-only' } });
      expect(operation.settings.servers).toEqual([]);
      expect(home.bytes().toString()).toBe(BEFORE);
    },
  );

  it('leaves the file as it was when our settings refuse the server', async () => {
    const servers = Array.from({ length: 256 }, (_, at) => server(`s${at}`));
    const { setup, home, operation } = clientSetup(BEFORE, { settings: { servers } });
    const { plan } = await previewFor(setup, 'db', 'run');
    const answer = await setup.apply(plan, NO_CHOICES);
    expect(answer).toMatchObject({ kind: 'refused', trouble: { code: 'servers: length' } });
    expect(operation.settings.servers).toHaveLength(256);
    expect(home.bytes().toString()).toBe(BEFORE);
  });

  it('later, going back offers to remove the server from ours, unless something else needs it', async () => {
    const { setup, operation } = clientSetup(BEFORE);
    await setup.apply((await previewFor(setup, 'db', 'run')).plan, NO_CHOICES);
    const back = await previewFor(setup, 'db', 'off');
    expect(back.released).toEqual(['db']);
    await setup.apply(back.plan, { upstream: false, release: true });
    expect(operation.settings.servers).toEqual([]);
  });

  it('keeps a server that another entry leads to', async () => {
    const twice = BEFORE.replace(
      '"db":',
      '"db-2": { "command": "docker", "args": ["run", "-i", "db-mcp"] },\n    "db":',
    );
    const { setup, operation } = clientSetup(twice);
    await setup.apply((await previewFor(setup, 'db', 'run')).plan, NO_CHOICES);
    const second = await setup.apply((await previewFor(setup, 'db-2', 'run')).plan, NO_CHOICES);
    expect(operation.settings.servers).toHaveLength(1);
    expect((await previewFor(setup, 'db', 'off')).released).toEqual([]);
    await setup.undo(changeOf(second));
    expect(operation.settings.servers).toHaveLength(1);
  });

  it('undone, it goes back to the mode it was in before', async () => {
    const { setup, home } = clientSetup(BEFORE);
    await setup.apply((await previewFor(setup, 'nas', 'through')).plan, NO_CHOICES);
    const through = home.bytes().toString();
    const applied = await setup.apply((await previewFor(setup, 'nas', 'run')).plan, NO_CHOICES);
    await setup.undo(changeOf(applied));
    expect(home.bytes().toString()).toBe(through);
  });
});

describe('Leading a server to a TCP forward', () => {
  const PG = `{
  "mcpServers": {
    // two databases
    "pg": { "command": "npx", "args": ["pg-mcp"], "env": { "PGHOST": "db.lan", "PGPORT": "5432", "OTHER": "redis://cache.lan:6379" } }
  }
}
`;

  it('offers each address that is no HTTP, and rewrites the chosen one', async () => {
    const { setup, home, operation } = clientSetup(PG);
    const { id, forwards } = await serverOf(setup, 'pg');
    expect(forwards).toMatchObject([
      { host: 'db.lan', port: 5432, protocol: 'pg', where: 'PGHOST, PGPORT' },
      { host: 'cache.lan', port: 6379, protocol: 'redis' },
    ]);
    const preview = await forwardPreview(setup, id, { host: 'db.lan', port: 5432 });
    expect(preview).toMatchObject({ mode: 'forward', forward: { setting: { host: 'db.lan', targetPort: 5432 } } });
    expect(preview.forward?.socks).toBe('socks5h://claude-desktop.pg:x@127.0.0.1:28080');

    const applied = await setup.apply(preview.plan, NO_CHOICES);
    const { forward } = await serverOf(setup, 'pg');
    expect(operation.settings.forwards).toEqual([forward]);
    expect(home.bytes().toString()).toContain('"PGHOST": "127.0.0.1"');
    expect(await serverOf(setup, 'pg')).toMatchObject({
      mode: 'forward',
      isPatched: true,
      labels: [`127.0.0.1:${forward?.port}`],
      forwards: [{ host: 'cache.lan' }],
    });

    await setup.undo(changeOf(applied));
    expect(operation.settings.forwards).toEqual([]);
    expect(home.bytes().toString()).toBe(PG);
  });

  it('goes back to the forward when what came after it is undone', async () => {
    const { setup, home, operation } = clientSetup(PG);
    const { id } = await serverOf(setup, 'pg');
    await setup.apply((await forwardPreview(setup, id, { host: 'db.lan', port: 5432 })).plan, NO_CHOICES);
    const forwarded = home.bytes().toString();
    const applied = await setup.apply((await previewFor(setup, 'pg', 'through')).plan, NO_CHOICES);
    await setup.undo(changeOf(applied));
    expect(home.bytes().toString()).toBe(forwarded);
    const back = await previewFor(setup, 'pg', 'off');
    expect(back.releasedForwards).toEqual(operation.settings.forwards);
    await setup.apply(back.plan, { upstream: false, release: true });
    expect(operation.settings.forwards).toEqual([]);
    expect(home.bytes().toString()).toBe(PG);
  });

  it('leaves the file as it was when the port is taken meanwhile', async () => {
    const { setup, home, operation } = clientSetup(PG, { settings: { port: await freePort() } });
    await operation.turnOn();
    const { id } = await serverOf(setup, 'pg');
    const preview = await forwardPreview(setup, id, { host: 'db.lan', port: 5432 });
    const holder = createServer();
    await listening(holder, preview.forward?.setting.port);
    const answer = await setup.apply(preview.plan, NO_CHOICES);
    holder.close();
    await operation.end();
    expect(answer).toMatchObject({ kind: 'refused', trouble: { code: expect.stringContaining('EADDRINUSE') } });
    expect(operation.settings.forwards).toEqual([]);
    expect(home.bytes().toString()).toBe(PG);
  });

  it('is refused for an address that the server does not name', async () => {
    const { setup } = clientSetup(PG);
    const { id } = await serverOf(setup, 'pg');
    expect(await setup.planForward(id, { host: 'bank.example', port: 443 })).toMatchObject({ kind: 'refused' });
  });
});

describe('Undoing everything in a file', () => {
  it('brings it back to the byte, and can be looked at first', async () => {
    const { setup, home, operation } = clientSetup(BEFORE);
    await setup.apply((await previewFor(setup, 'nas', 'through')).plan, NO_CHOICES);
    await setup.apply((await previewFor(setup, 'db', 'run')).plan, NO_CHOICES);
    const answer = await setup.planUndo((await fileOf(setup)).id);
    if (answer.kind === 'refused') throw new Error(answer.trouble.sentence);
    expect(answer.preview).toMatchObject({ server: null, mode: null, released: ['db'] });
    const applied = await setup.apply(answer.preview.plan, { upstream: false, release: true });
    expect(applied).toMatchObject({ kind: 'applied', change: null });
    expect(home.bytes().toString()).toBe(BEFORE);
    expect(operation.settings.servers).toEqual([]);
  });

  it('knows nothing of ids it has not given out', async () => {
    const { setup } = clientSetup(BEFORE);
    await setup.list();
    const trouble = { code: 'not-there' };
    expect(await setup.plan('0123456789abcdef', 'through')).toMatchObject({ kind: 'refused', trouble });
    expect(await setup.planUndo('0123456789abcdef')).toMatchObject({ kind: 'refused', trouble });
    expect(await setup.restart('0123456789abcdef')).toMatchObject({ kind: 'failed', trouble });
    expect(await setup.apply(7, NO_CHOICES)).toMatchObject({ kind: 'refused', trouble });
    expect(setup.pathOf('0123456789abcdef')).toBeNull();
  });
});

async function forwardPreview(
  setup: ClientSetup,
  server: string,
  target: { readonly host: string; readonly port: number },
): Promise<ClientPreview> {
  const answer = await setup.planForward(server, target);
  if (answer.kind === 'refused') throw new Error(answer.trouble.sentence);
  return answer.preview;
}

/** The number that takes an applied change back. */
function changeOf(answer: ApplyAnswer): number {
  if (answer.kind !== 'applied' || answer.change === null) throw new Error(JSON.stringify(answer));
  return answer.change;
}

function server(name: string) {
  return { name, command: 'x', args: [], env: {}, cwd: null, era: 'auto', spare: false } as const;
}
