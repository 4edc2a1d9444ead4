import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { CipherSource } from '../../../app/base/cipher.ts';
import { ClientFiles, systemDisk } from '../../../app/clients/index.ts';
import { ClientSetup, clientLogs } from '../../../app/desktop/clients-window/index.ts';
import { controlledApp } from '../../../app/desktop/index.ts';
import { CliProcess } from '../../support/cli-process.ts';
import { ENVIRONMENT } from '../../support/client-environment.ts';
import { folderIn, openIn, operate } from '../../support/control.ts';
import { rememberingLog } from '../../support/quiet-log.ts';
import { systemKey } from '../../support/system-key.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const CURSOR = `{ "mcpServers": {
  "media": { "command": "uvx", "args": ["media-mcp"], "env": { "MEDIA_TOKEN": "s3cret-of-mine" } },
  "hass": { "url": "http://ha.lan:8123/mcp", "headers": { "Authorization": "Bearer abcdefgh1234" } }
} }
`;
const CODEX = '# mine\n[mcp_servers.db]\ncommand = "uvx"\nargs = ["db-mcp", "postgres://u:hunter22@db.lan/x"]\n';

let home = '';
const cursor = () => readFileSync(join(home, '.cursor/mcp.json'), 'utf8');
const codex = () => readFileSync(join(home, '.codex/config.toml'), 'utf8');
const settings = () => JSON.parse(readFileSync(join(folderIn(home), 'settings.json'), 'utf8')).settings;

beforeEach(() => {
  home = temporaryDirectory();
  for (const [file, content] of [['.cursor/mcp.json', CURSOR] as const, ['.codex/config.toml', CODEX] as const]) {
    mkdirSync(join(home, file, '..'), { recursive: true });
    writeFileSync(join(home, file), content);
  }
});

async function run(...args: readonly string[]) {
  const cli = new CliProcess(['clients', ...args], { env: { HOME: home } });
  return { code: await cli.exit(), out: cli.out, err: cli.err };
}

/** The app without its windows, switched off, with its control socket in the home. */
async function startApp(cipher: CipherSource | null = null) {
  const controller = await operate({ servers: [], defaultServer: null });
  const files = new ClientFiles({
    disk: systemDisk,
    folder: join(folderIn(home), 'clients'),
    home: { folder: home, platform: process.platform, env: {} },
    probes: { nodeVersion: () => Promise.resolve('24.21.0') },
    log: rememberingLog().log,
    isShared: true,
    ...(cipher === null ? {} : { cipher }),
    now: () => new Date(),
  });
  const clients = new ClientSetup({
    files,
    controller,
    apps: {
      canRestart: () => false,
      restart: () => Promise.resolve({ kind: 'failed', reason: '' }),
      isStartedSince: async () => false,
    },
    logs: clientLogs({ folder: home, platform: process.platform, env: {} }),
    shim: ENVIRONMENT.shim,
    env: {},
    home,
    backups: join(folderIn(home), 'clients/backups'),
  });
  const { control } = await openIn(
    home,
    controlledApp(controller, () => undefined, clients),
  );
  const end = async (): Promise<void> => {
    control.close();
    await controller.end();
  };
  return { controller, end };
}

describe('mcp-gangway clients, while the app does not run,', () => {
  it('lists the servers of each client with the mode that fits, and writes nothing', async () => {
    const { code, out, err } = await run();
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^Cursor {2}~\/\.cursor\/mcp\.json$/m);
    expect(out).toMatch(/^ {2}media {2}Direct {2}suggested: Through Gangway\./m);
    expect(out).toMatch(/^ {2}hass {3}Direct {2}suggested: Run in Gangway\./m);
    expect(existsSync(folderIn(home))).toBe(false);
  });

  it('shows what would change without secrets, waits for --yes, writes it, and takes it back to the byte', async () => {
    const plan = await run('plan');
    expect(plan.code).toBe(0);
    expect(plan.out).toContain('cursor.media:[redacted]@127.0.0.1:28080');
    expect(plan.out).toContain('Gangway runs from then on: hass, db');
    expect(plan.out).toMatch(/repeat their secrets in clear, for your account alone, until the app is started/);
    expect(plan.out).not.toMatch(/s3cret-of-mine|abcdefgh1234|hunter22/);
    expect(await run('apply')).toMatchObject({
      code: 3,
      err: 'mcp-gangway: Nothing has been written yet: give --yes as well.\n',
    });
    expect([cursor(), codex()]).toEqual([CURSOR, CODEX]);

    const applied = await run('apply', '--yes');
    expect(applied).toMatchObject({ code: 0, err: expect.stringContaining('MCP Gangway does not run.') });
    expect(applied.out).toContain('2 files were changed.');
    // What was said before: only the app has the key. All of it is for this account alone.
    const folder = folderIn(home);
    const kept = ['clients', 'clients/backups'].flatMap((below) =>
      readdirSync(join(folder, below), { withFileTypes: true })
        .filter((entry) => entry.isFile() && !entry.name.endsWith('.lock'))
        .map(({ name }) => join(folder, below, name)),
    );
    const files = [...kept, join(folder, 'settings.json')];
    const secrets = files.filter((file) => /s3cret-of-mine|abcdefgh1234|hunter22/.test(readFileSync(file, 'utf8')));
    expect(secrets).toEqual(files);
    expect(new Set(files.map((file) => statSync(file).mode & 0o7777))).toEqual(new Set([0o600]));
    expect([statSync(join(folder, 'clients')).mode & 0o7777, files.length]).toEqual([0o700, 5]);
    expect(JSON.parse(cursor()).mcpServers.hass.url).toBe('http://127.0.0.1:28080/servers/hass/mcp');
    expect(settings().servers.map(({ name }: { name: string }) => name)).toEqual(['hass', 'db']);
    expect(settings().tokens).toHaveLength(3);

    const again = await run('plan', '--json');
    expect(JSON.parse(again.out)).toMatchObject({ files: [], left: [] });
    const undone = await run('undo', '--yes');
    expect(undone).toMatchObject({ code: 0, err: '' });
    expect(undone.out).toContain('the copies that were kept from before were deleted');
    expect([cursor(), codex()]).toEqual([CURSOR, CODEX]);
    expect(settings()).toMatchObject({ servers: [], tokens: [] });
  });

  it('lists no secret by its place in a command line', async () => {
    const args = ['run', '-i', '--rm', '-e', 'PW=blue-horse', 'mcp/nas', '--pat', 'redhorse', '--auth', 'basic'];
    writeFileSync(join(home, '.cursor/mcp.json'), JSON.stringify({ mcpServers: { nas: { command: 'docker', args } } }));
    const { out } = await run('list', '--json', '--client', 'cursor');
    expect(JSON.parse(out).files[0].servers[0].line).toMatch(/^docker run -i --rm -e PW=.* mcp\/nas --pat .* basic$/);
    expect(out).not.toMatch(/blue-horse|redhorse/);
  });

  it('shows the changed lines of a file with tabs and line ends of Windows as they look in an editor', async () => {
    const servers = { nas: { command: 'uvx', args: ['nas-mcp'] } };
    const file = JSON.stringify({ mcpServers: servers }, null, '\t').replaceAll('\n', '\r\n');
    writeFileSync(join(home, '.cursor/mcp.json'), file);
    const { out } = await run('plan', '--mode', 'run', '--client', 'cursor');
    expect(out).toMatch(/^ {2}- {12}"command": "uvx",$/m);
    expect(out).not.toContain('\ufffd');
  });

  it('says how many tokens its settings hold where a change needs more, and writes nothing', async () => {
    await run('apply', '--client', 'codex', '--yes');
    const file = join(folderIn(home), 'settings.json');
    const stored = JSON.parse(readFileSync(file, 'utf8'));
    const [token] = stored.settings.tokens;
    const tokens = Array.from({ length: 256 }, (_, at) => ({
      ...token,
      name: `t${at}`,
      hash: at.toString(16).padStart(64, '0'),
    }));
    writeFileSync(file, JSON.stringify({ ...stored, settings: { ...stored.settings, tokens } }));
    const refused = await run('apply', '--mode', 'run', '--client', 'cursor', '--yes');
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('hold 256 tokens at most') });
    // The plan says so, too, and there is nothing to confirm.
    for (const args of [['plan'], ['apply']]) {
      const planned = await run(...args, '--mode', 'run', '--client', 'cursor');
      expect(planned).toMatchObject({ code: 1, err: refused.err, out: expect.stringContaining('media') });
    }
    const json = await run('plan', '--mode', 'run', '--client', 'cursor', '--json');
    expect(JSON.parse(json.out)).toMatchObject({ trouble: { code: 'tokens: length' } });
    expect(cursor()).toBe(CURSOR);
    expect(settings().tokens).toHaveLength(256);
  });

  it('shows no secret that stands in another line than the option or the name it belongs to', async () => {
    const args = ['-y', 'media-mcp', '--api-key', 'hunter2-of-mine', '--header', 'X-Api-Key: ${input:key}'];
    const servers = { media: { command: 'npx', args, env: { MEDIA_URL: 'http://media.lan:8096' } } };
    writeFileSync(join(home, '.cursor/mcp.json'), JSON.stringify({ mcpServers: servers }, null, 2));
    writeFileSync(
      join(home, '.codex/config.toml'),
      '[mcp_servers.db]\ncommand = "uvx"\nargs = [\n  "db-mcp",\n  "--password",\n  "correct-horse",\n]\n',
    );
    mkdirSync(join(home, '.config/goose'), { recursive: true });
    writeFileSync(
      join(home, '.config/goose/config.yaml'),
      'extensions:\n  nas:\n    type: stdio\n    cmd: uvx\n    args:\n      - nas-mcp\n      - --token\n      - battery-staple\n    envs:\n      NAS_PASSWORD:\n        "tr0ub4dor-and-3"\n',
    );
    for (const options of [
      ['--mode', 'run'],
      ['--mode', 'run', '--json'],
      ['--mode', 'through'],
    ]) {
      const plan = await run('plan', ...options);
      expect(plan.out).toContain('[redacted]');
      expect(plan.out).not.toMatch(/hunter2-of-mine|correct-horse|battery-staple|tr0ub4dor/);
    }
    expect((await run('plan', '--mode', 'run', '--client', 'codex')).out).toContain('-  "[redacted]",');
  });

  it('lists the copies of the files, prints one byte for byte, and has none once all is undone', async () => {
    await run('apply', '--client', 'codex', '--yes');
    const listed = await run('backups');
    expect(listed).toMatchObject({
      code: 0,
      err: '',
      out: expect.stringMatching(/^\S+ codex [0-9a-f]{8} config\.toml\n$/),
    });
    expect(await run('backups', listed.out.trimEnd())).toEqual({ code: 0, err: '', out: CODEX });
    expect(JSON.parse((await run('backups', '--json')).out)).toMatchObject({
      backups: [{ client: 'codex', file: 'config.toml', isSealed: false }],
    });
    const other = await run('backups', '../settings.json');
    expect(other).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('There is no copy "../settings.json"'),
    });
    await run('undo', '--yes');
    const none = await run('backups');
    expect(none).toMatchObject({ code: 0, out: expect.stringContaining('No copies are kept') });
  });

  it('takes no other option for copies, and a name for nothing else', async () => {
    expect(await run('backups', '--yes')).toMatchObject({ code: 2, out: '' });
    expect(await run('backups', '--client', 'codex')).toMatchObject({ code: 2, out: '' });
    expect(await run('list', 'name')).toMatchObject({ code: 2, out: '' });
  });

  it('is about the folder of a project, or one file, and finds again what was changed there', async () => {
    const project = join(home, 'project');
    mkdirSync(join(project, '.cursor'), { recursive: true });
    writeFileSync(join(project, '.cursor/mcp.json'), CURSOR);
    const plan = await run('plan', '--folder', project);
    expect(plan).toMatchObject({ code: 0, err: '' });
    expect(plan.out).toContain('Cursor  ~/project/.cursor/mcp.json');
    expect(plan.out).not.toContain('~/.cursor/mcp.json');
    const applied = await run('apply', '--file', join(project, '.cursor/mcp.json'), '--server', 'media', '--yes');
    expect(applied).toMatchObject({ code: 0, out: expect.stringContaining('One file was changed.') });
    expect(cursor()).toBe(CURSOR);
    expect(await run('undo', '--yes')).toMatchObject({ code: 0, err: '' });
    expect(readFileSync(join(project, '.cursor/mcp.json'), 'utf8')).toBe(CURSOR);
    expect(await run('list', '--folder', folderIn(home))).toMatchObject({
      code: 1,
      err: expect.stringContaining("No MCP client's file"),
    });
    expect((await run('list', '--file', join(home, 'nope.json'))).err).toContain('(ENOENT). There is no such file');
  });

  it('is about one client, one server or one mode, and says what stays as it is', async () => {
    const run1 = await run('apply', '--client', 'codex', '--server', 'db', '--mode', 'run', '--yes', '--json');
    expect(JSON.parse(run1.out)).toMatchObject({
      files: [{ client: 'Codex', servers: [{ name: 'db', from: 'off', to: 'run' }] }],
      applied: { backups: [expect.stringMatching(/codex [0-9a-f]{8} config\.toml$/)] },
    });
    expect(cursor()).toBe(CURSOR);
    const through = await run('plan', '--mode', 'through', '--client', 'cursor');
    expect(through).toMatchObject({
      code: 4,
      out: expect.stringContaining('These stay as they are:\n  Cursor, hass: '),
    });
    expect(await run('plan', '--server', 'hass', '--mode', 'through')).toMatchObject({ code: 1 });
    expect(await run('list', '--json')).toMatchObject({ code: 0, out: expect.not.stringContaining('hunter22') });
  });

  it('says what is no client and no server, and leaves all alone where the settings cannot be read', async () => {
    expect(await run('list', '--client', 'curser')).toMatchObject({
      code: 1,
      err: expect.stringContaining('claude-desktop, '),
    });
    expect(await run('plan', '--server', 'nas')).toMatchObject({ code: 1, err: expect.stringContaining('named nas') });
    mkdirSync(folderIn(home), { recursive: true });
    writeFileSync(join(folderIn(home), 'settings.json'), '{');
    expect(await run('apply', '--yes')).toMatchObject({ code: 1, err: expect.stringContaining('settings.json') });
    expect([cursor(), codex()]).toEqual([CURSOR, CODEX]);
  });
});

describe('mcp-gangway clients, while the app runs,', () => {
  it('has the app make the change, so that its settings and its journal are the same as those of its windows', async () => {
    const { controller } = await startApp();
    expect(await run('apply', '--yes')).toMatchObject({ code: 0, err: '' });
    expect(controller.settings.servers.map(({ name }) => name)).toEqual(['hass', 'db']);
    expect(existsSync(join(folderIn(home), 'settings.json'))).toBe(false);
    expect((await run()).out).toMatch(/^ {2}db {2}Run in Gangway$/m);
    await controller.end();
  });

  it('has it encrypt what is kept: without the app that can be told of, but neither undone nor read', async () => {
    const { cipher } = systemKey();
    const first = await startApp(cipher);
    const applied = await run('apply', '--client', 'codex', '--yes');
    expect(applied).toMatchObject({ code: 0, err: '' });
    expect(applied.out).not.toContain('in clear');
    expect(applied.out).toContain('These copies are encrypted. To read one: mcp-gangway clients backups NAME');
    const name = (await run('backups')).out.trimEnd();
    expect(name).toMatch(/config\.toml\.sealed$/);
    expect(await run('backups', name)).toEqual({ code: 0, err: '', out: CODEX });
    await first.end();

    const led = codex();
    expect((await run()).out).toMatch(/^ {2}db {2}/m);
    expect((await run()).out).toContain('Start MCP Gangway and try again');
    expect((await run('backups')).out.trimEnd()).toBe(name);
    const hint = expect.stringContaining('Start MCP Gangway and try again');
    expect(await run('backups', name)).toMatchObject({ code: 1, out: '', err: hint });
    for (const server of [[], ['--server', 'db']]) {
      const undo = await run('undo', ...server, '--yes');
      expect(undo).toMatchObject({ code: 1, out: expect.stringContaining('only the app has the key') });
    }
    expect(codex()).toBe(led);

    await startApp(cipher);
    expect(await run('undo', '--yes')).toMatchObject({ code: 0, err: '' });
    expect(codex()).toBe(CODEX);
  });

  it('takes back what was done before the app was started', async () => {
    await run('apply', '--mode', 'through', '--client', 'cursor', '--yes');
    expect(cursor()).not.toBe(CURSOR);
    await startApp();
    expect(await run('undo', '--yes')).toMatchObject({ code: 0, err: '' });
    expect(cursor()).toBe(CURSOR);
  });
});
