import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { remoteSecrets } from '../../../app/log/index.ts';
import {
  DEFAULT_SETTINGS,
  DEFAULT_STORED,
  memoryStore,
  type RemoteSetting,
  type Settings,
  sealedStore,
  shownUrl,
  withKeptSecrets,
  withoutKeptSecrets,
  withSecretsOf,
} from '../../../app/settings/index.ts';
import { seal } from '../../../app/settings/sealed-secrets.ts';

const TOKEN = 'Bearer llat-0123456789';

function remote(name: string, more: Partial<RemoteSetting> = {}): RemoteSetting {
  return {
    name,
    url: 'http://ha.lan:8123/api/mcp',
    transport: 'auto',
    era: 'auto',
    headers: { Authorization: TOKEN },
    oauth: { clientId: 'c', clientSecret: 's3cret' },
    ...more,
  };
}

function settingsWith(...servers: Settings['servers']): Settings {
  return { ...DEFAULT_SETTINGS, servers };
}

const KEY = randomBytes(32);
const keys = { get: () => Promise.resolve(KEY) };

describe('Secrets of servers in the settings file', () => {
  it('are sealed, and joined again at the next start', async () => {
    const inner = memoryStore();
    const { store } = await sealedStore(inner, keys);
    const settings = settingsWith(remote('ha'));
    await store.prepare(settings);
    store.write({ ...DEFAULT_STORED, settings });
    const written = JSON.stringify(inner.read());
    expect(written).not.toMatch(/llat|s3cret/);
    expect(written).toContain('"Authorization":""');
    expect(store.read().settings).toEqual(settings);
    const again = await sealedStore(inner, keys);
    expect(again.isLocked).toBe(false);
    expect(again.store.read().settings).toEqual(settings);
  });

  it('are queries of their URLs as well, which go to no other address', async () => {
    const inner = memoryStore();
    const { store } = await sealedStore(inner, keys);
    const server = remote('ha', { url: 'https://a.example/mcp?api_key=qwertz&b=%20', headers: {}, oauth: false });
    const settings = settingsWith(server, remote('bare', { url: 'https://b.example?k', headers: {}, oauth: false }));
    await store.prepare(settings);
    store.write({ ...DEFAULT_STORED, settings });
    const written = inner.read();
    expect(JSON.stringify(written)).not.toMatch(/qwertz|\?k/);
    expect(written.settings.servers).toMatchObject([{ url: 'https://a.example/mcp' }, { url: 'https://b.example' }]);
    expect((await sealedStore(inner, keys)).store.read().settings).toEqual(settings);
    for (const url of ['https://other.example/mcp', 'https://a.example/mcp?api_key=typed']) {
      const changed = settingsWith({ ...server, url });
      const { store: again } = await sealedStore(memoryStore({ ...written, settings: changed }), keys);
      expect(again.read().settings.servers).toEqual([{ ...server, url }]);
      expect(withSecretsOf(changed, settings).servers).toEqual([{ ...server, url }]);
    }
  });

  it.each([
    ['http://ha.lan:9583/private_zctpwlX7ZkIAr7oq', 'http://ha.lan:9583/', 'http://ha.lan:9583/…'],
    ['https://z.example/s/NWFjMzQ4ZTktYTk3/mcp?a=b', 'https://z.example/s/', 'https://z.example/s/…/mcp'],
    ['http://n8n.lan/mcp/0f8fad5b-d9cb-469f-a165-70867728950e/sse', 'http://n8n.lan/mcp/', 'http://n8n.lan/mcp/…/sse'],
    ['https://a.example/mcp/modelcontextprotocol2025/2025-11-25/v2', null, null],
    ['https://a.example/api/mcp-server-for-home-assistant-v2', null, null],
  ])('are the keys in their paths: %s', async (url, written, shown) => {
    const inner = memoryStore();
    const { store } = await sealedStore(inner, keys);
    const settings = settingsWith(remote('ha', { url, headers: {}, oauth: false }));
    await store.prepare(settings);
    store.write({ ...DEFAULT_STORED, settings });
    expect(inner.read().settings.servers).toMatchObject([{ url: written ?? url }]);
    expect((await sealedStore(inner, keys)).store.read().settings).toEqual(settings);
    expect(shownUrl(url)).toBe(shown ?? url);
    // So they reach no log, and other machines may not use them without the switch.
    expect(remoteSecrets({ url, headers: {} })).toHaveLength(written === null ? 0 : 1);
  });

  it('are for the origin and the authorization server that they were written for, whatever the file says later', async () => {
    const inner = memoryStore();
    const { store } = await sealedStore(inner, keys);
    const settings = settingsWith(remote('ha'));
    await store.prepare(settings);
    store.write({ ...DEFAULT_STORED, settings });
    const written = inner.read();
    const read = async (more: Partial<RemoteSetting>): Promise<string> => {
      const changed = settingsWith({ ...remote('ha', { ...more, headers: { Authorization: '' } }) });
      const again = await sealedStore(memoryStore({ ...written, settings: changed }), keys);
      return JSON.stringify([again.store.read().settings, withSecretsOf(changed, settings)]);
    };
    const oauth = { clientId: 'c' };
    expect(await read({ oauth, url: 'http://ha.lan:8123/other' })).toMatch(/llat.*s3cret.*llat.*s3cret/);
    for (const url of [
      'http://ha.lan:8124/api/mcp',
      'https://ha.lan:8123/api/mcp',
      'http://ha.lan.evil.example:8123/',
    ]) {
      expect(await read({ oauth, url })).not.toMatch(/llat|s3cret/);
    }
    const elsewhere = await read({ oauth: { ...oauth, authServerMetadataUrl: 'https://evil.example/meta' } });
    expect(elsewhere).toContain('llat');
    expect(elsewhere).not.toContain('s3cret');
  });

  it('that were sealed before places were noted are still joined', async () => {
    const sealed = seal(JSON.stringify({ ha: { headers: { Authorization: TOKEN }, clientSecret: 's3cret' } }), KEY);
    const settings = settingsWith(remote('ha', { headers: { Authorization: '' }, oauth: { clientId: 'c' } }));
    const { store } = await sealedStore(memoryStore({ settings, sealed }), keys);
    expect(store.read().settings.servers).toEqual([remote('ha')]);
  });

  it('that an earlier version has written in clear are sealed at the start', async () => {
    const inner = memoryStore({ settings: settingsWith(remote('ha')) });
    const { store } = await sealedStore(inner, keys);
    expect(JSON.stringify(inner.read())).not.toMatch(/llat|s3cret/);
    expect(store.read().settings.servers).toEqual([remote('ha')]);
  });

  it('stay blank and keep their names where the key is another one, or is not given', async () => {
    const inner = memoryStore({ settings: settingsWith(remote('ha')) });
    await sealedStore(inner, keys);
    const sealed = inner.read();
    for (const get of [() => Promise.resolve(randomBytes(32)), () => Promise.reject(new Error('locked'))]) {
      const { store, isLocked } = await sealedStore(memoryStore(sealed), { get });
      expect(isLocked).toBe(true);
      expect(store.read().settings.servers).toMatchObject([{ name: 'ha', headers: { Authorization: '' } }]);
    }
  });

  it('are never written without a key, and no key is asked for without secrets', async () => {
    const inner = memoryStore();
    const get = () => Promise.reject(new Error('no keychain'));
    const { store } = await sealedStore(inner, { get });
    await store.prepare(settingsWith(remote('ha', { headers: {}, oauth: false })));
    store.write({ ...DEFAULT_STORED, settings: settingsWith(remote('ha', { headers: {}, oauth: false })) });
    expect(inner.read().sealed).toBeNull();
    const secret = settingsWith(remote('ha'));
    await expect(store.prepare(secret)).rejects.toThrow('no keychain');
    expect(() => store.write({ ...DEFAULT_STORED, settings: secret })).toThrow('no key');
    expect(JSON.stringify(inner.read())).not.toContain('llat');
  });

  it('that were changed in the file are not taken', async () => {
    const inner = memoryStore({ settings: settingsWith(remote('ha')) });
    await sealedStore(inner, keys);
    const { sealed, ...rest } = inner.read();
    const bytes = Buffer.from(String(sealed), 'base64');
    bytes.writeUInt8(bytes.readUInt8(40) ^ 1, 40);
    const { isLocked } = await sealedStore(memoryStore({ ...rest, sealed: bytes.toString('base64') }), keys);
    expect(isLocked).toBe(true);
  });
});

describe('A window', () => {
  const servers = [remote('ha'), remote('家', { headers: { 'X-Key': 'k-1', Empty: '' }, oauth: false })];

  it('is given names of headers, and nothing that they hold', () => {
    const shown = withoutKeptSecrets(settingsWith(...servers));
    expect(JSON.stringify(shown)).not.toMatch(/llat|s3cret|k-1/);
    expect(shown.servers.map((server) => withKeptSecrets(server, servers))).toEqual(servers);
  });

  it('keeps a secret under another name of the server, and can replace or remove it', () => {
    const [shown] = withoutKeptSecrets(settingsWith(...servers)).servers;
    if (shown === undefined || !('url' in shown)) throw new Error('no server');
    const renamed = { ...shown, name: 'home', url: 'http://ha.lan:8124/api/mcp' };
    expect(withKeptSecrets(renamed, servers)).toMatchObject({ name: 'home', headers: { Authorization: TOKEN } });
    const typed = { ...shown, headers: { Authorization: 'Bearer new' } };
    expect(withKeptSecrets(typed, servers)).toMatchObject({ headers: { Authorization: 'Bearer new' } });
    expect(withKeptSecrets({ ...shown, headers: {} }, servers)).toMatchObject({ headers: {} });
    expect(withKeptSecrets(shown, [])).toMatchObject({ headers: {}, oauth: { clientId: 'c' } });
  });
});
