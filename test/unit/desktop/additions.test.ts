import { describe, expect, it } from 'vitest';
import { Additions } from '../../../app/desktop/index.ts';
import { appTextIn } from '../../../app/i18n/app.ts';
import { DEFAULT_SETTINGS, type ServerSetting, type Settings } from '../../../app/settings/index.ts';

function owner(servers: readonly ServerSetting[] = []) {
  let settings: Settings = { ...DEFAULT_SETTINGS, servers };
  return {
    get settings() {
      return settings;
    },
    get text() {
      return appTextIn(settings.language);
    },
    async change(patch: (now: Settings) => Partial<Settings>) {
      settings = { ...settings, ...patch(settings) };
      return { ok: true } as const;
    },
  };
}

const FILES = { name: 'files', command: 'a', args: [], env: {}, cwd: null, era: 'auto', spare: true } as const;
const linkTo = (name: string, entry: object) =>
  `mcp-gangway://add?name=${name}&config=${encodeURIComponent(JSON.stringify(entry))}`;

describe('Servers that come from outside', () => {
  it('are stored as they were shown, under a free name, and only once they were chosen', async () => {
    const app = owner([FILES]);
    const additions = new Additions(app);
    additions.takeLink(linkTo('Files', { command: 'npx', args: ['${HOME}', '~/x'], env: { A: '$B' } }));
    expect(app.settings.servers).toEqual([FILES]);
    const shown = additions.view();
    expect(shown).toMatchObject({ from: 'link', problems: [], becomesDefault: false });
    const [server] = shown?.servers ?? [];
    expect(server).toMatchObject({ title: 'Files', command: 'npx', args: ['${HOME}', '~/x'], sameAs: null });
    expect(server?.name).toMatch(/^files-[0-9a-f]{6}$/);
    await additions.add(shown?.id ?? 0, [0]);
    expect(app.settings.servers[1]).toEqual({
      name: server?.name,
      title: 'Files',
      command: 'npx',
      args: ['${HOME}', '~/x'],
      env: { A: '$B' },
      cwd: null,
      era: 'auto',
      spare: false,
    });
    expect(additions.view()).toBeNull();
  });

  it('wait one at a time: a link that comes meanwhile does not take the place of the one that is looked at', async () => {
    const app = owner();
    const additions = new Additions(app);
    additions.takeLink(linkTo('first', { command: 'first' }));
    const shown = additions.view();
    additions.takeLink(linkTo('second', { command: 'second' }));
    expect(additions.view()).toMatchObject({ id: shown?.id, droppedLink: true, servers: [{ command: 'first' }] });
    additions.cancel(shown?.id ?? 0);
    additions.takeLink(linkTo('second', { command: 'second' }));
    // Neither does the cancelling of what is gone drop what has come. The button of what is gone adds nothing of what has come.
    additions.cancel(shown?.id ?? 0);
    await additions.add(shown?.id ?? 0, [0]);
    expect(app.settings.servers).toEqual([]);
    expect(additions.view()).toMatchObject({
      droppedLink: false,
      servers: [{ command: 'second' }],
      becomesDefault: true,
    });
  });

  it('say so where text took the place of a link that came while it was given', () => {
    const additions = new Additions(owner());
    additions.takeLink(linkTo('first', { command: 'first' }));
    const text = '{"command": "second"}';
    expect(additions.takeText(text)).toMatchObject({ droppedLink: true, servers: [{ command: 'second' }] });
    expect(additions.takeText(text)).toMatchObject({ droppedLink: false });
  });

  it('are read from the JSON of any client, with what cannot be used named by its place', () => {
    const additions = new Additions(owner([{ ...FILES, spare: false }]));
    const shown = additions.takeText(
      `{"servers": {"Same": {"command": "a"}, "ha": {"type": "http", "url": "http://ha.lan/mcp", "oauth": {"clientId": "me"}},\n"bad": {"url": "ftp://b.lan"}, "codex": {"url": "http://b.lan", "bearer_token_env_var": "TOKEN"}}}`,
    );
    expect(shown.servers).toMatchObject([
      { title: 'Same', sameAs: 'files' },
      { title: 'ha', url: 'http://ha.lan/mcp', more: [{ name: 'oauth.clientId', value: 'me' }] },
      // A variable that is named in the place of a value is shown as what it stands for.
      { title: 'codex', headers: [{ name: 'Authorization', value: 'Bearer ${TOKEN}' }] },
    ]);
    expect(shown.problems).toEqual([expect.stringMatching(/^Line 2, column \d+: .*bad/)]);
    expect(additions.takeText('{"mcpServer": }').problems).toEqual([expect.stringMatching(/^Line 1, column \d+: /)]);
  });

  it('are refused in the language that is chosen when it is shown', () => {
    const app = owner();
    const additions = new Additions(app);
    additions.takeLink('mcp-gangway://add?x=1');
    expect(additions.view()).toMatchObject({
      servers: [],
      problems: [expect.stringMatching(/^It must have one name/)],
    });
    void app.change(() => ({ language: 'zh-Hant' }));
    expect(additions.view()?.problems).toEqual([expect.stringMatching(/^它必須有一個 name/)]);
  });
});
