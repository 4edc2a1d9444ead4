import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { DEFAULT_STORED } from '../../../app/settings/index.ts';
import { ECHO_SERVER, serverSetting } from '../../support/bridge-host.ts';
import { CliProcess, startCli } from '../../support/cli-process.ts';
import { controlledOperation, folderIn, openIn, operate } from '../../support/control.ts';
import { openSession } from '../../support/raw-mcp.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const CUPBOARD = fileURLToPath(new URL('../../fixtures/cupboard-server.mjs', import.meta.url));

async function run(home: string, ...args: readonly string[]) {
  const cli = new CliProcess(['tools', ...args], { env: { HOME: home } });
  return { code: await cli.exit(), out: cli.out, err: cli.err };
}

async function listTools(url: string): Promise<readonly string[]> {
  const session = await openSession(url);
  const { result } = await session.call('tools/list');
  return (result as { tools: readonly { name: string }[] }).tools.map(({ name }) => name);
}

describe('The tools of a server on the command line', () => {
  it('are listed and changed in the running app, and a client gets no others from then on', async () => {
    const home = temporaryDirectory();
    const controller = await operate();
    await openIn(home, controlledOperation(controller));
    await controller.turnOn();
    const url = `http://127.0.0.1:${controller.settings.port}`;
    expect(await run(home, 'echo')).toEqual({
      code: 0,
      out: 'The tools of echo are not known yet. They are once a client has asked for them, or Try in the settings.\n',
      err: '',
    });

    const all = await listTools(url);
    const denied = await run(home, 'echo', 'deny', 'stor*', 'echoo', 'pid');
    expect(denied).toMatchObject({ code: 0, err: expect.stringMatching(/no tool echoo\. .*Did you mean echo\?\n$/) });
    expect(denied.out).toContain(`${all.length - 3} of ${all.length} tools on, about `);
    const left = all.filter((name) => !['store', 'stored', 'pid'].includes(name));
    expect(await listTools(url)).toEqual(left);

    const hidden = await run(home, 'echo', 'allow', 'pid', 'store');
    expect(hidden.err).toBe(
      "mcp-gangway: store is still hidden, as stor* stands in deny. To take that out: mcp-gangway tools echo allow 'stor*'\n",
    );
    expect(controller.settings.servers[0]?.tools).toEqual({ deny: ['stor*', 'echoo'] });
    const { tools, on, above } = JSON.parse((await run(home, 'echo', '--json')).out);
    expect({ on, above }).toEqual({ on: all.length - 2, above: [] });
    expect(tools.filter(({ isOn }: { isOn: boolean }) => !isOn)).toEqual([
      expect.objectContaining({ name: 'store', title: '', tokens: expect.any(Number) }),
      expect.objectContaining({ name: 'stored' }),
    ]);
    expect(await run(home, 'ecco')).toMatchObject({ code: 1, out: '', err: expect.stringMatching(/ecco.*echo/) });
  });

  it('of a headless process are read by its port, and changed in its file only', async () => {
    const home = temporaryDirectory();
    const config = join(home, 'servers.json');
    const entry = { command: process.execPath, args: [ECHO_SERVER], tools: { deny: ['pid'] } };
    writeFileSync(config, JSON.stringify({ mcpServers: { nas: entry } }));
    const { port, url } = await startCli(['--config', config], { env: { HOME: home } });
    await listTools(`${url}/servers/nas`);
    const listed = await run(home, 'nas', '-p', String(port));
    expect(listed.out).toMatch(/^on {3}echo .* tokens$/m);
    expect(listed.out).toMatch(/^off {2}pid .* tokens$/m);
    const refused = await run(home, 'nas', 'deny', 'echo', '-p', String(port));
    expect(refused).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining(`takes its servers from ${config}`),
    });
    expect(JSON.parse(readFileSync(config, 'utf8')).mcpServers.nas).toEqual(entry);
  });

  it('of a name that stands in two config files are those of the one that is read', async () => {
    const home = temporaryDirectory();
    const config = (file: string, server: string) => {
      const path = join(home, file);
      writeFileSync(
        path,
        JSON.stringify({
          mcpServers: { nas: { command: process.execPath, args: [server], changes: 'hold' } },
        }),
      );
      return path;
    };
    const first = await startCli(['--config', config('one.json', ECHO_SERVER)], { env: { HOME: home } });
    const ofFirst = await listTools(`${first.url}/servers/nas`);
    first.cli.kill('SIGTERM');
    await first.cli.exit();
    const second = await startCli(['--config', config('two.json', CUPBOARD)], { env: { HOME: home } });
    const ofSecond = await listTools(`${second.url}/servers/nas`);
    expect(ofSecond).not.toEqual([]);
    expect(ofSecond.filter((tool) => ofFirst.includes(tool))).toEqual([]);
    const status = await (await fetch(`${second.url}/status`)).json();
    expect(status.bridge.servers[0]).not.toHaveProperty('toolChanges');
  });

  it('are those that the app has written down while it does not run, without what could steer a terminal', async () => {
    const home = temporaryDirectory();
    const folder = folderIn(home);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const write = (name: string, value: object) =>
      writeFileSync(join(folder, name), JSON.stringify(value), { mode: 0o600 });
    const servers = [serverSetting({ name: 'nas', tools: { deny: ['t0'] } })];
    write('settings.json', {
      ...DEFAULT_STORED,
      settings: { ...DEFAULT_STORED.settings, servers, defaultServer: 'nas' },
    });
    const items = Array.from({ length: 42 }, (_, index) =>
      JSON.stringify({ name: `t${index}`, description: `Reads \u001b[31m\u9b5a ${'x'.repeat(index * 10)}\nand more` }),
    );
    write('app-known-lists.json', { version: 1, servers: { nas: { tools: { items, at: 1 } } } });

    const { out } = await run(home, 'nas');
    const lines = out.split('\n');
    expect(lines[0]).toMatch(/^off {2}t0 {4}\d+ tokens {2}Reads \ufffd\[31m\u9b5a$/);
    expect(lines[41]).toMatch(/^on {3}t41 {2}\d+ tokens {2}Reads .*x…$/);
    expect(out).not.toContain('\u001b');
    expect(out).toMatch(/\n\n41 of 42 tools on, about \d+ tokens\.\nMore than these clients take .*: Trae 40\.\n$/);
    expect((await run(home, 'nas', 'allow', 't0')).err).toContain('this holds from its next start on');
    expect(JSON.parse(readFileSync(join(folder, 'settings.json'), 'utf8')).settings.servers[0].tools).toBeUndefined();
    write('app-tool-approvals.json', {
      version: 1,
      servers: { nas: { approved: [['t1', 'v1:x', null]], pending: [['t1', 'v1:y', null]], gone: [] } },
    });
    expect((await run(home, 'nas', 'changes')).out).toContain(
      't1: changed, worth a look\n  Only that it differs is known',
    );
    expect((await run(home, 'nas', 'approve', 't1')).out).toBe('Approved: t1.\n');
    const kept = JSON.parse(readFileSync(join(folder, 'app-tool-approvals.json'), 'utf8'));
    expect(kept.servers.nas).toEqual({ approved: [['t1', 'v1:y', null]], pending: [], gone: [] });
    expect(await run(home, 'nass')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/no MCP server named nass.*nas\. No MCP Gangway of this account runs here/),
    });
  });

  it('that have changed are shown with what differs, and come back to clients once they are approved', async () => {
    const home = temporaryDirectory();
    const program = { name: 'nas', command: process.execPath, args: [CUPBOARD] };
    const held = (env: Readonly<Record<string, string>>) =>
      ({ ...serverSetting({ ...program, env }), changes: 'hold' }) as const;
    const controller = await operate({ servers: [held({})], defaultServer: 'nas' });
    await openIn(home, controlledOperation(controller));
    await controller.turnOn();
    const url = `http://127.0.0.1:${controller.settings.port}`;
    const listAll = async (): Promise<readonly string[]> => {
      const session = await openSession(url);
      const pages = [await session.call('tools/list'), await session.call('tools/list', { cursor: '' })];
      return pages.flatMap(({ result }) =>
        (result as { tools: readonly { name: string }[] }).tools.map(({ name }) => name),
      );
    };
    expect(await listAll()).toEqual(['open', 'wipe', 'erase', 'seen', 'change']);
    expect((await run(home, 'nas', 'changes')).out).toBe('All tools of nas are as they were approved.\n');
    const next = { TEXTS: ' \u001b[2Jand ~/.ssh/id_rsa\u202e', TEXTS_OF: 'open', ADDED: 'fresh' };
    await controller.change({ servers: [held(next)] });
    expect(await listAll()).toEqual(['wipe', 'erase', 'seen', 'change']);

    const listed = await run(home, 'nas');
    expect(listed.out).toMatch(/^held, changed {2}open .*\n(?:on .*\n)+held, new +fresh /);
    expect(listed.out).toMatch(/4 of 6 tools on, .*\nTo look at what has changed: mcp-gangway tools nas changes\n$/);
    const shown = await run(home, 'nas', 'changes');
    expect(shown.out).toBe(
      [
        'open: changed, held back, look before you approve',
        '  ! Its text has characters that do not show.',
        '  ! Its text names places where secrets are kept.',
        '  Description',
        '    - open',
        '    + open \\u{1b}[2Jand ~/.ssh/id_rsa\\u{202e}',
        '',
        'fresh: new, held back, worth a look',
        '  Description',
        '    + fresh',
        '  Input schema',
        '    + {',
        '    +   "type": "object"',
        '    + }',
        '',
        'To approve: mcp-gangway tools nas approve --all',
        '',
      ].join('\n'),
    );
    const { changes } = JSON.parse((await run(home, 'nas', 'changes', '--json')).out);
    expect(changes).toMatchObject([
      { name: 'open', severity: 'high' },
      { name: 'fresh', kind: 'new', isHeld: true },
    ]);
    expect(await run(home, 'nas', 'approve', 'open', 'none')).toEqual({
      code: 1,
      out: 'Approved: open.\n',
      err: 'mcp-gangway: No tool none of nas waits for approval.\n',
    });
    expect(await listAll()).toEqual(['open', 'wipe', 'erase', 'seen', 'change']);
    expect(await run(home, 'nas', 'approve', '--all')).toEqual({ code: 0, out: 'Approved: fresh.\n', err: '' });
    expect(await listAll()).toContain('fresh');
  });
});
