import { readdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Disk, systemDisk } from '../../../app/clients/index.ts';
import {
  changeOf,
  changeTo,
  clientSetup,
  NO_CHOICES,
  previewFor,
  serverOf,
  TWO_SERVERS,
} from '../../support/client-setup.ts';

describe('Sending a server through Gangway', () => {
  it('shows the change, makes it, and takes it back to the byte', async () => {
    const { setup, home } = clientSetup(TWO_SERVERS);
    const preview = await previewFor(setup, 'nas', 'through');
    expect(preview).toMatchObject({ client: 'Claude Desktop', server: 'nas', mode: 'through', imported: null });
    expect(preview.diff).toContain('HTTP_PROXY');
    expect(home.bytes().toString()).toBe(TWO_SERVERS);

    const applied = await setup.apply(preview.plan, NO_CHOICES);
    expect(applied).toMatchObject({
      next: { title: 'Claude Desktop', applies: 'after-quit' },
      backup: expect.stringMatching(/^~\/Library\/Application Support\/MCP Gangway\/clients\/backups\//),
      remark: null,
    });
    expect(home.bytes().toString()).toContain('"globalShortcut":   "Alt+Space"');
    expect(await serverOf(setup, 'nas')).toMatchObject({ mode: 'through', isPatched: true, proposal: null });

    expect(await setup.undo(changeOf(applied))).toMatchObject({ kind: 'undone' });
    expect(home.bytes().toString()).toBe(TWO_SERVERS);
    expect(await setup.undo(changeOf(applied))).toMatchObject({ kind: 'refused', trouble: { code: 'not-there' } });
  });

  it('reads the file once for a plan, and before it is written only to see that it is still the same', async () => {
    const reads: string[] = [];
    const read: Disk['read'] = (path) => {
      reads.push(path);
      return systemDisk.read(path);
    };
    const disk: Disk = { ...systemDisk, read };
    const { setup } = clientSetup(TWO_SERVERS, { disk });
    const readsOfFile = (): number =>
      reads.splice(0).filter((path) => path.endsWith('/Claude/claude_desktop_config.json')).length;
    await setup.list();
    expect(readsOfFile()).toBe(1);
    const { plan } = await previewFor(setup, 'nas', 'through');
    // `previewFor` lists the servers first.
    expect(readsOfFile()).toBe(2);
    expect(await setup.apply(plan, NO_CHOICES)).toMatchObject({ kind: 'applied' });
    expect(readsOfFile()).toBe(2);
  });

  it('shows no secret in the preview, neither the token it writes nor one that was there', async () => {
    const env = {
      NAS_TOKEN: 'Xo7f0secretQ9value',
      HTTPS_PROXY: 'http://me:swordfish42@proxy.corp:3128',
      NAS_URL: 'http://nas.lan',
    };
    const file = JSON.stringify({ mcpServers: { nas: { command: 'uvx', args: ['nas-mcp'], env } } }, null, 2);
    const { setup, home } = clientSetup(file);
    const { plan, diff } = await previewFor(setup, 'nas', 'through');
    await setup.apply(plan, NO_CHOICES);
    const [, token = ''] = /"HTTP_PROXY": "http:\/\/[^:"]+:([\w-]+)@/.exec(home.bytes().toString()) ?? [];
    expect(token).toHaveLength(43);
    for (const secret of [token, 'Xo7f0secretQ9value', 'swordfish42']) expect(diff).not.toContain(secret);
    expect(diff).toContain('http://claude-desktop.nas:[redacted]@127.0.0.1');
    expect(diff).toContain('NAS_TOKEN');
    expect(home.bytes().toString()).toContain('Xo7f0secretQ9value');
  });

  it('does nothing twice', async () => {
    const { setup, home } = clientSetup(TWO_SERVERS);
    const { plan } = await previewFor(setup, 'nas', 'through');
    const both = await Promise.all([setup.apply(plan, NO_CHOICES), setup.apply(plan, NO_CHOICES)]);
    expect(both.map(({ kind }) => kind)).toEqual(['applied', 'refused']);
    expect(readdirSync(`${home.folder}/backups`)).toHaveLength(1);
  });

  it('is refused when the file has changed, and planned again for what is there now', async () => {
    const { setup, home } = clientSetup(TWO_SERVERS);
    const { plan } = await previewFor(setup, 'nas', 'through');
    const changed = TWO_SERVERS.replace('Alt+Space', 'Alt+Tab');
    writeFileSync(home.file, changed);
    const answer = await setup.apply(plan, NO_CHOICES);
    expect(answer).toMatchObject({ kind: 'refused', trouble: { code: 'changed' }, again: { kind: 'preview' } });
    expect(home.bytes().toString()).toBe(changed);
    if (answer.kind !== 'refused' || answer.again?.kind !== 'preview') throw new Error('There is no new preview');
    expect(await setup.apply(answer.again.preview.plan, NO_CHOICES)).toMatchObject({ kind: 'applied' });
    expect(home.bytes().toString()).toContain('Alt+Tab');
  });

  it('offers to chain the proxy it had, and gives that back with the rest', async () => {
    const env = { HTTPS_PROXY: 'http://me:pw@proxy.corp:3128', NO_PROXY: '.corp' };
    const { setup, controller } = clientSetup(
      JSON.stringify({ mcpServers: { nas: { command: 'uvx', args: [], env } } }),
    );
    const preview = await previewFor(setup, 'nas', 'through');
    expect(preview).toMatchObject({
      upstream: { proxy: 'http://proxy.corp:3128', isUsable: true, instead: null },
      exceptions: ['.corp'],
    });
    const applied = await setup.apply(preview.plan, { upstream: true, release: false });
    expect(controller.settings.upstream).toBe('http://me:pw@proxy.corp:3128');
    await setup.undo(changeOf(applied));
    expect(controller.settings.upstream).toBeNull();
  });

  it('does not offer a proxy that Gangway could not use', async () => {
    const env = { ALL_PROXY: 'socks5://10.0.0.1:1080' };
    const { setup } = clientSetup(JSON.stringify({ mcpServers: { nas: { command: 'uvx', args: [], env } } }));
    expect((await previewFor(setup, 'nas', 'through')).upstream).toMatchObject({ isUsable: false });
  });

  it('is marked once it has come to nothing, and mended in one go', async () => {
    const { setup, home, controller } = clientSetup(TWO_SERVERS);
    await changeTo(setup, 'nas', 'through');
    await controller.change({ port: 28_099 });
    expect(await serverOf(setup, 'nas')).toMatchObject({ mode: 'off', stale: 'through', proposal: null });
    await changeTo(setup, 'nas', 'through');
    expect(home.bytes().toString()).toContain('127.0.0.1:28099');
    expect(await serverOf(setup, 'nas')).toMatchObject({ mode: 'through', stale: null });
  });
});
