import { chmodSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { tokenHash } from '../../../app/settings/index.ts';
import {
  changeOf,
  changeTo,
  clientSetup,
  fileOf,
  NO_CHOICES,
  previewFor,
  type Setup,
  serverOf,
  TWO_SERVERS,
} from '../../support/client-setup.ts';

const CURSOR = '.cursor/mcp.json';

/** The token in our proxy's address, as a client's file has it. */
function written({ home }: Setup): string {
  return /HTTP_PROXY": "http:\/\/[^:]+:([^@]+)@/.exec(home.bytes().toString())?.[1] ?? '';
}

function bits({ home }: Setup): string {
  return (statSync(home.file).mode & 0o7777).toString(8);
}

const tokens = ({ controller }: Setup): Setup['controller']['settings']['tokens'] => controller.settings.tokens;

describe('The token of a server that is set up', () => {
  it('is made with the change, written into the file, and kept as a hash under the name of its requests', async () => {
    const made = clientSetup(TWO_SERVERS);
    await previewFor(made.setup, 'nas', 'through');
    expect(tokens(made)).toEqual([]);
    await changeTo(made.setup, 'nas', 'through');
    const secret = written(made);
    expect(secret).toMatch(/^[\w-]{43}$/);
    expect(tokens(made)).toEqual([
      { name: 'claude-desktop.nas', hash: tokenHash(secret), created: expect.any(Number), client: 'claude-desktop' },
    ]);
    expect(made.controller.settings.requireToken).toBe(false);
    expect(JSON.stringify(made.controller.settings)).not.toContain(secret);
  });

  it('goes into the headers of a client that connects to an address, and not to one that gets the shim', async () => {
    const cursor = clientSetup(TWO_SERVERS, { path: CURSOR });
    await changeTo(cursor.setup, 'nas', 'run');
    const secret = /"Authorization": "Bearer ([^"]+)"/.exec(cursor.home.bytes().toString())?.[1] ?? '';
    expect(tokens(cursor)).toMatchObject([{ name: 'cursor.nas', hash: tokenHash(secret) }]);

    const claude = clientSetup(TWO_SERVERS);
    await changeTo(claude.setup, 'nas', 'run');
    expect(tokens(claude)).toEqual([]);
  });

  it('is revoked when the change is undone, when the mode changes, and when the whole file is undone', async () => {
    const undone = clientSetup(TWO_SERVERS);
    await undone.setup.undo(changeOf(await changeTo(undone.setup, 'nas', 'through')));
    expect(tokens(undone)).toEqual([]);

    const changed = clientSetup(TWO_SERVERS);
    await changeTo(changed.setup, 'nas', 'through');
    await changeTo(changed.setup, 'nas', 'off');
    expect(tokens(changed)).toEqual([]);

    const both = clientSetup(TWO_SERVERS);
    await changeTo(both.setup, 'nas', 'through');
    await changeTo(both.setup, 'db', 'through');
    expect(tokens(both).map(({ name }) => name)).toEqual(['claude-desktop.nas', 'claude-desktop.db']);
    const answer = await both.setup.planUndo((await fileOf(both.setup)).id);
    if (answer.kind !== 'preview') throw new Error(answer.trouble.sentence.en);
    await both.setup.apply(answer.preview.plan, NO_CHOICES);
    expect(tokens(both)).toEqual([]);
    expect(both.home.bytes().toString()).toBe(TWO_SERVERS);
  });

  it('leaves the tokens that a person made, and those of other servers, alone', async () => {
    const made = clientSetup(TWO_SERVERS);
    await made.controller.addToken('laptop');
    await changeTo(made.setup, 'db', 'through');
    await made.setup.undo(changeOf(await changeTo(made.setup, 'nas', 'through')));
    expect(tokens(made).map(({ name }) => name)).toEqual(['laptop', 'claude-desktop.db']);
  });

  it('is not left behind when the file could not be written', async () => {
    const made = clientSetup(TWO_SERVERS);
    const { plan } = await previewFor(made.setup, 'nas', 'through');
    writeFileSync(made.home.file, TWO_SERVERS.replace('Alt+Space', 'Alt+Tab'));
    expect(await made.setup.apply(plan, NO_CHOICES)).toMatchObject({ kind: 'refused' });
    expect(tokens(made)).toEqual([]);
  });

  it('is the same again when the change that took it away is undone, so that a running client goes on', async () => {
    const made = clientSetup(TWO_SERVERS);
    await changeTo(made.setup, 'nas', 'through');
    const [before] = tokens(made);
    const off = await changeTo(made.setup, 'nas', 'off');
    expect(tokens(made)).toEqual([]);
    await made.setup.undo(changeOf(off));
    expect(tokens(made)).toEqual([before]);
    expect(tokenHash(written(made))).toBe(before?.hash);
  });

  it('that was revoked marks the server once a token is required, and the fix brings another one', async () => {
    const made = clientSetup(TWO_SERVERS);
    await changeTo(made.setup, 'nas', 'through');
    const old = written(made);
    await made.controller.revokeToken('claude-desktop.nas');
    expect((await serverOf(made.setup, 'nas')).stale).toBeNull();
    await made.controller.change({ requireToken: true });
    expect((await serverOf(made.setup, 'nas')).stale).toBe('through');
    await changeTo(made.setup, 'nas', 'through');
    expect(written(made)).not.toBe(old);
    expect((await serverOf(made.setup, 'nas')).stale).toBeNull();
    expect(tokens(made).map(({ hash }) => hash)).toEqual([tokenHash(written(made))]);
  });

  it('is not marked where the one token for all is in the file and still valid', async () => {
    const token = 'one-token-for-all-of-them';
    const made = clientSetup(TWO_SERVERS, { settings: { token } });
    await changeTo(made.setup, 'nas', 'through');
    writeFileSync(made.home.file, made.home.bytes().toString().replaceAll(written(made), token));
    expect((await serverOf(made.setup, 'nas')).stale).toBeNull();
  });
});

describe.skipIf(process.platform === 'win32')('The permissions of a file that a token comes into', () => {
  it.each([
    ['644', '600'],
    ['664', '600'],
    ['755', '700'],
    ['2640', '2600'],
  ])('go from %s to %s, with a word beforehand, and come back with undo', async (before, after) => {
    const made = clientSetup(TWO_SERVERS);
    chmodSync(made.home.file, Number.parseInt(before, 8));
    const preview = await previewFor(made.setup, 'nas', 'through');
    expect(preview.access?.en).toContain(`permissions were ${before}`);
    expect(bits(made)).toBe(before);
    const applied = await made.setup.apply(preview.plan, NO_CHOICES);
    expect(applied).toMatchObject({ kind: 'applied', access: { kind: 'closed', mode: before } });
    expect(bits(made)).toBe(after);
    await made.setup.undo(changeOf(applied));
    expect(bits(made)).toBe(before);
    expect(made.home.bytes().toString()).toBe(TWO_SERVERS);
  });

  it('stay as they are where only the owner may read it, and where no token comes in', async () => {
    const own = clientSetup(TWO_SERVERS);
    chmodSync(own.home.file, 0o600);
    expect((await previewFor(own.setup, 'nas', 'through')).access).toBeNull();
    const shim = clientSetup(TWO_SERVERS);
    chmodSync(shim.home.file, 0o644);
    expect((await previewFor(shim.setup, 'nas', 'run')).access).toBeNull();
    await changeTo(shim.setup, 'nas', 'run');
    expect(bits(shim)).toBe('644');
  });

  it('come back with the last token and not before', async () => {
    const made = clientSetup(TWO_SERVERS);
    chmodSync(made.home.file, 0o644);
    await changeTo(made.setup, 'nas', 'through');
    await changeTo(made.setup, 'db', 'through');
    await changeTo(made.setup, 'nas', 'off');
    expect(bits(made)).toBe('600');
    const last = await changeTo(made.setup, 'db', 'off');
    expect(last).toMatchObject({ access: { kind: 'restored', mode: '644' } });
    expect(bits(made)).toBe('644');
    expect(made.home.bytes().toString()).toBe(TWO_SERVERS);
  });

  it('stay as the person has set them since', async () => {
    const made = clientSetup(TWO_SERVERS);
    chmodSync(made.home.file, 0o644);
    await changeTo(made.setup, 'nas', 'through');
    chmodSync(made.home.file, 0o640);
    await changeTo(made.setup, 'nas', 'off');
    expect(bits(made)).toBe('640');
  });

  it('are never wider than at the moment of writing', async () => {
    const made = clientSetup(TWO_SERVERS);
    chmodSync(made.home.file, 0o664);
    const { plan } = await previewFor(made.setup, 'nas', 'through');
    chmodSync(made.home.file, 0o400 | 0o200 | 0o040);
    await made.setup.apply(plan, NO_CHOICES);
    expect(bits(made)).toBe('600');
  });
});
