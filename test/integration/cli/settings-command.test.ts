import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { lstatSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { writeFile as writeFileAsync } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { APP_STARTED, StoredSettings } from '../../../app/cli/stored-settings.ts';
import { appTextIn } from '../../../app/i18n/app.ts';
import { withLock } from '../../../app/platform/lock/index.ts';
import { KEY_BYTES, seal } from '../../../app/settings/sealed-secrets.ts';
import { CliProcess, startCli } from '../../support/cli-process.ts';
import { controlledOperation, folderIn, openIn, operate } from '../../support/control.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

let home = '';
const file = () => join(folderIn(home), 'settings.json');
const stored = () => JSON.parse(readFileSync(file(), 'utf8')).settings;

beforeEach(() => {
  home = temporaryDirectory();
});

async function run(...args: readonly string[]) {
  const cli = new CliProcess(args, { env: { HOME: home } });
  return { code: await cli.exit(), out: cli.out, err: cli.err };
}

const LATER = 'mcp-gangway: The app does not run: this holds from its next start on.\n';

describe('The servers of the app on the command line, while it does not run,', () => {
  it('are written into the file behind a link, which stays a link', async () => {
    await run('add', 'nas', '--', 'npx', 'nas-mcp');
    const real = join(home, 'dotfiles.json');
    writeFileSync(real, readFileSync(file()), { mode: 0o600 });
    rmSync(file());
    symlinkSync(real, file());
    expect(await run('add', 'ha', '--', 'npx', 'ha-mcp')).toMatchObject({ code: 0 });
    expect(lstatSync(file()).isSymbolicLink()).toBe(true);
    expect(JSON.parse(readFileSync(real, 'utf8')).settings.servers).toMatchObject([{ name: 'nas' }, { name: 'ha' }]);
  });

  it('are added exactly as written, listed without secrets, and removed', async () => {
    const dollar = '$' + '{HOME}';
    const added = await run(
      'add',
      'My NAS',
      '--env',
      'NAS_TOKEN=s3cret-of-mine',
      '--',
      'npx',
      '-y',
      'nas-mcp',
      '--password',
      'hunter22',
      dollar,
    );
    expect(added).toEqual({
      code: 0,
      out: 'The server my-nas is added; clients find it at /servers/my-nas/mcp.\n',
      err: LATER,
    });
    expect(
      await run('add', 'ha', 'http://ha.lan:8123/mcp', '--header', 'Authorization: Bearer abcdefgh1234'),
    ).toMatchObject({ code: 0, err: expect.stringMatching(/settings\.json, which only your account can read, until/) });
    expect(stored()).toMatchObject({
      defaultServer: 'my-nas',
      servers: [
        {
          name: 'my-nas',
          title: 'My NAS',
          command: 'npx',
          args: ['-y', 'nas-mcp', '--password', 'hunter22', dollar],
          env: { NAS_TOKEN: 's3cret-of-mine' },
        },
        { name: 'ha', url: 'http://ha.lan:8123/mcp', headers: { Authorization: 'Bearer abcdefgh1234' } },
      ],
    });
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    const listed = await run('list');
    expect(listed.out).toMatch(/^my-nas {2}npx -y nas-mcp --password \[redacted\]/m);
    expect(listed.out).toMatch(/^ha {6}http:\/\/ha\.lan:8123\/mcp$/m);
    expect((await run('list', '--json')).out).not.toMatch(/s3cret-of-mine|hunter22|abcdefgh1234/);
    expect(await run('add', 'my-nas', '--', 'x')).toMatchObject({
      code: 1,
      err: expect.stringContaining('my-nas already'),
    });
    expect(await run('remove', 'my-nas')).toMatchObject({ code: 0, err: LATER });
    expect(stored()).toMatchObject({ defaultServer: 'ha', servers: [{ name: 'ha' }] });
    expect(await run('off')).toMatchObject({ code: 1, err: expect.stringContaining('No MCP Gangway') });
  });
});

describe('Groups of the servers of the app on the command line', () => {
  it('are added, listed and removed, and refused with the reason', async () => {
    for (const name of ['nas', 'ha']) expect(await run('add', name, '--', 'x')).toMatchObject({ code: 0 });
    expect((await run('group')).out).toContain('/all/mcp');
    expect(await run('group', 'add', 'home', 'ha', 'nas')).toEqual({
      code: 0,
      out: 'The group home is added; clients find it at /groups/home/mcp.\n',
      err: LATER,
    });
    expect(stored()).toMatchObject({ groups: [{ name: 'home', servers: ['ha', 'nas'] }] });
    expect(await run('group', 'list')).toMatchObject({ code: 0, out: 'home  ha nas\n' });
    expect(JSON.parse((await run('group', 'list', '--json')).out)).toEqual({
      groups: [{ name: 'home', servers: ['ha', 'nas'] }],
    });
    for (const [reason, ...words] of [
      ['home already', 'add', 'home', 'nas'],
      ['nas', 'add', 'office', 'nsa'],
      ['groups.1.name', 'add', 'all', 'nas'],
      ['home', 'remove', 'office'],
    ] as const) {
      expect(await run('group', ...words)).toMatchObject({ code: 1, err: expect.stringContaining(reason) });
    }
    expect(await run('group', 'remove', 'home')).toMatchObject({ code: 0, err: LATER });
    expect(stored()).toMatchObject({ groups: [] });
  });
});

describe('The settings of the app on the command line', () => {
  it('are shown and set one by one, and refused with the reason', async () => {
    expect(await run('settings', 'set', 'port', '28099')).toEqual({ code: 0, out: '', err: LATER });
    expect(await run('settings', 'set', 'limits.sessions', '9')).toMatchObject({ code: 0 });
    expect(await run('settings', 'get', 'port')).toMatchObject({ code: 0, out: '28099\n' });
    expect(stored()).toMatchObject({ port: 28099, limits: { sessions: 9, children: 512 } });
    expect(await run('settings', 'set', 'port', '99999')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^mcp-gangway: port: Gangway’s settings do not take this: /),
    });
    for (const [key, value, form] of [
      ['port', 'abc', 'Write a whole number from 1 to 65535.'],
      ['limits.sessions', 'many', 'Write a whole number from '],
      ['lanLoopback', 'perhaps', 'Write true or false.'],
      ['logLevel', 'loud', 'Write one of these: error, warn, info, debug.'],
      ['allowedHosts', '5', 'Write a list in square brackets'],
    ] as const) {
      expect(await run('settings', 'set', key, value)).toMatchObject({ code: 1, err: expect.stringContaining(form) });
    }
    expect(await run('settings', 'get', 'prot')).toMatchObject({
      code: 1,
      err: expect.stringContaining('Did you mean port?'),
    });
    expect(stored().port).toBe(28099);
  });

  it('move to another machine without secrets, and what has to be given again is named on both', async () => {
    await run(
      'add',
      'nas',
      '--env',
      'NAS_TOKEN=s3cret-of-mine',
      '--env',
      'NAS_URL=http://nas.lan',
      '--',
      'uvx',
      'nas-mcp',
    );
    await run('settings', 'set', 'noProxy', 'corp.example');
    const exported = await run('settings', 'export');
    expect(exported.err).toContain('servers.nas.env.NAS_TOKEN');
    expect(exported.out).not.toContain('s3cret-of-mine');

    const old = home;
    home = temporaryDirectory();
    const path = join(home, 'export.json');
    const value = JSON.parse(exported.out);
    writeFileSync(path, JSON.stringify({ ...value, settings: { ...value.settings, colour: 'blue' } }));
    const preview = await run('settings', 'import', path);
    expect(preview).toMatchObject({ code: 3, out: expect.stringContaining('noProxy: "" -> "corp.example"') });
    expect(preview.err).toContain('left out: colour');
    expect(preview.err).toContain('given again: servers.nas.env.NAS_TOKEN');
    expect(await run('settings', 'import', path, '--yes')).toMatchObject({ code: 0 });
    expect(stored()).toMatchObject({
      noProxy: 'corp.example',
      servers: [{ name: 'nas', env: { NAS_URL: 'http://nas.lan' } }],
    });

    // Where the server is known already, its secret stays.
    home = old;
    expect(await run('settings', 'import', path, '--yes')).toMatchObject({
      code: 0,
      out: 'There is nothing to change.\n',
    });
    expect(stored().servers[0].env.NAS_TOKEN).toBe('s3cret-of-mine');
    writeFileSync(path, '{}');
    expect(await run('settings', 'import', path, '--yes')).toMatchObject({
      code: 1,
      err: expect.stringContaining('no file of'),
    });
  });

  it('come from a file as PowerShell or an editor of Windows writes it, and from a pipe', async () => {
    await run('settings', 'set', 'port', '28099');
    const { out } = await run('settings', 'export');
    const path = join(home, 'export.json');
    const text = out.replaceAll('\n', '\r\n').replace('28099', '28098');
    for (const bytes of [Buffer.from(`\ufeff${text}`), Buffer.from(`\ufeff${text}`, 'utf16le')]) {
      writeFileSync(path, bytes);
      const shown = await run('settings', 'import', path);
      expect(shown).toMatchObject({ code: 3, out: 'port: 28099 -> 28098\n' });
    }
    // Whoever has edited it there has a mark in front of it.
    writeFileSync(file(), `\ufeff${readFileSync(file(), 'utf8')}`);
    expect(await run('settings', 'get', 'port')).toMatchObject({ code: 0, out: '28099\n' });
    if (process.platform === 'win32') return;
    const pipe = join(home, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const importing = run('settings', 'import', pipe, '--yes');
    await writeFileAsync(pipe, text);
    expect(await importing).toMatchObject({ code: 0 });
    expect(stored().port).toBe(28_098);
  });

  it('keep secrets of servers from an import that leads elsewhere under their names', async () => {
    await run('add', 'ha', 'http://ha.lan:8123/mcp', '--header', 'Authorization: Bearer abcdefgh1234');
    const whole = JSON.parse(readFileSync(file(), 'utf8'));
    whole.settings.servers[0].oauth = { clientId: 'c', clientSecret: 'cl1ent-s3cret' };
    writeFileSync(file(), JSON.stringify(whole));
    const { out } = await run('settings', 'export');
    expect(out).not.toMatch(/abcdefgh1234|cl1ent-s3cret/);
    const path = join(home, 'export.json');
    const given = async (more: object) => {
      const value = JSON.parse(out);
      Object.assign(value.settings.servers[0], more);
      writeFileSync(path, JSON.stringify(value));
      writeFileSync(file(), JSON.stringify(whole));
      const { code, err } = await run('settings', 'import', path, '--yes');
      return { code, err, servers: JSON.stringify(stored().servers) };
    };
    const oauth = { clientId: 'c' };
    const elsewhere = await given({ url: 'http://evil.example:8123/mcp', oauth });
    expect(elsewhere).toMatchObject({ code: 0, err: expect.stringContaining('servers.ha.headers.Authorization') });
    expect(elsewhere.servers).toContain('evil.example');
    expect(elsewhere.servers).not.toMatch(/abcdefgh1234|cl1ent-s3cret/);
    const other = { clientId: 'c', clientSecret: '[redacted]', authServerMetadataUrl: 'https://evil.example/meta' };
    const redirected = await given({ oauth: other });
    expect(redirected.err).toContain('servers.ha.oauth.clientSecret');
    expect(redirected.servers).not.toContain('cl1ent-s3cret');
    // Another path of the same origin is the same server.
    const moved = await given({ url: 'http://ha.lan:8123/api/mcp' });
    expect(moved.servers).toContain('abcdefgh1234');
    expect(moved.servers).toContain('cl1ent-s3cret');
  });

  it('keep what the app has encrypted in them, which this program cannot read', async () => {
    await run('add', 'ha', 'http://ha.lan:8123/mcp', '--header', 'Authorization: Bearer abcdefgh1234');
    const key = randomBytes(KEY_BYTES);
    const sealed = seal(JSON.stringify({ ha: { headers: { Authorization: 'Bearer abcdefgh1234' } } }), key);
    const whole = JSON.parse(readFileSync(file(), 'utf8'));
    whole.settings.servers[0].headers.Authorization = '';
    writeFileSync(file(), JSON.stringify({ ...whole, sealed }));
    expect(await run('settings', 'set', 'port', '28099')).toMatchObject({ code: 0 });
    expect(await run('add', 'nas', '--', 'uvx', 'nas-mcp')).toMatchObject({ code: 0 });
    expect(JSON.parse(readFileSync(file(), 'utf8'))).toMatchObject({
      sealed,
      settings: { port: 28099, servers: [{ name: 'ha', headers: { Authorization: '' } }, { name: 'nas' }] },
    });
  });

  it('say on a change of the port which sign-ins come back to the old one', async () => {
    const remote = { transport: 'auto', headers: {}, era: 'auto', url: 'https://a.example/mcp' } as const;
    const servers = [
      { ...remote, name: 'by-hand', oauth: { clientId: 'x' } },
      { ...remote, name: 'by-itself', oauth: { scope: 'a' } },
      { ...remote, name: 'no-browser', oauth: { clientId: 'x', grantType: 'client_credentials' } },
      { ...remote, name: 'document', oauth: { clientMetadataUrl: 'https://c.example/c.json' } },
    ];
    await run('settings', 'set', 'port', '28098');
    const whole = JSON.parse(readFileSync(file(), 'utf8'));
    writeFileSync(file(), JSON.stringify({ ...whole, settings: { ...whole.settings, servers } }));
    const words = appTextIn('en').settingsWindow.port;
    const told = `mcp-gangway: ${words.signIns('by-hand, document')}\n`;
    expect(await run('settings', 'set', 'port', '28099')).toEqual({ code: 0, out: '', err: told + LATER });
    expect((await run('settings', 'set', 'port', '28099')).err).toBe(LATER);
    expect((await run('settings', 'set', 'noProxy', 'x')).err).toBe(LATER);
  });

  it('that are damaged are left as they are', async () => {
    mkdirSync(folderIn(home), { recursive: true });
    writeFileSync(file(), '{"schemaVersion": 99}');
    expect(await run('settings', 'set', 'port', '1')).toMatchObject({ code: 1, err: expect.stringContaining(file()) });
    expect(readFileSync(file(), 'utf8')).toBe('{"schemaVersion": 99}');
  });
});

describe('What was started from a terminal', () => {
  it('is neither turned off nor listed with the app, and both say where to look', async () => {
    await startCli([], { env: { HOME: home } });
    expect(await run('off')).toMatchObject({ code: 1, err: expect.stringContaining('press Ctrl+C') });
    expect(await run('list')).toMatchObject({ code: 0, out: expect.stringContaining('mcp-gangway status') });
    expect(await run('add', 'nas', '--', 'uvx', 'nas-mcp')).toMatchObject({ code: 0, err: LATER });
  });
});

describe('The app, while it runs,', () => {
  it('makes the changes of the command line itself, and is turned off for a while', async () => {
    const controller = await operate({ servers: [], defaultServer: null });
    await openIn(home, controlledOperation(controller));
    expect(await run('add', 'nas', '--', 'uvx', 'nas-mcp')).toMatchObject({ code: 0, err: '' });
    expect(controller.settings.servers).toMatchObject([{ name: 'nas', command: 'uvx', args: ['nas-mcp'] }]);
    expect(await run('group', 'add', 'home', 'nas')).toMatchObject({ code: 0, err: '' });
    expect(controller.settings.groups).toEqual([{ name: 'home', servers: ['nas'] }]);
    expect(await run('settings', 'set', 'forwards', '[{"port":0}]')).toMatchObject({ code: 1 });
    expect(await run('off', '--for', '1h')).toEqual({ code: 0, out: '', err: '' });
    expect(controller.state().habits).toMatchObject({ on: false });
    expect(controller.state().habits.backOnAt).toBeGreaterThan(Date.now() + 3_000_000);
  });
});

describe('The settings file, which an app that starts owns from then on,', () => {
  it('is left alone by a change that waited for its turn until an app was there', async () => {
    const text = appTextIn('en');
    const isHere = { value: false };
    const settings = StoredSettings.open(file(), text, async () => isHere.value);
    if (typeof settings === 'string') throw new Error(settings);
    expect(await settings.change({ port: 28_098 })).toEqual({ ok: true });
    let later: ReturnType<typeof settings.change> | null = null;
    await withLock(`${file()}.lock`, async () => {
      later = settings.change({ port: 28_097 });
      // An app has read the file meanwhile, and can be found.
      isHere.value = true;
    });
    expect(await later).toMatchObject({ ok: false, problem: { en: { id: APP_STARTED } } });
    expect(stored().port).toBe(28_098);
  });
});
