import { describe, expect, it } from 'vitest';
import { CLIENTS, type Client, type EntryKey } from '../../../app/clients/index.ts';
import { labelIn, proxyUrl } from '../../../app/clients/our-addresses.ts';
import { proxyLabel } from '../../../app/clients/plan/edits.ts';

function clientNamed(id: Client['id']): Client {
  const client = CLIENTS.find((each) => each.id === id);
  if (client === undefined) throw new Error(id);
  return client;
}

const CODE = clientNamed('claude-code');

function key(name: string, ...holder: string[]): EntryKey {
  return { holder: holder.length === 0 ? ['mcpServers'] : holder, name };
}

function label(client: Client, entry: EntryKey, fileIndex = 0): string {
  return proxyLabel({ client, fileIndex, key: entry });
}

describe('The label of a server', () => {
  it('names the client and the entry', () => {
    expect(label(clientNamed('claude-desktop'), key('home-assistant'))).toBe('claude-desktop.home-assistant');
    expect(label(CODE, key('home-assistant'))).toBe('claude-code.home-assistant');
  });

  it('is unique, however alike the names look once odd characters are gone', () => {
    const names = [
      'home-assistant',
      'home assistant',
      'home/assistant',
      '-home-assistant',
      '家',
      '房',
      'x'.repeat(300),
    ];
    const keys = [...names.map((name) => key(name)), key('home-assistant', 'projects', '/src/a', 'mcpServers')];
    const labels = keys.map((each) => label(CODE, each));
    expect(new Set(labels).size).toBe(keys.length);
    for (const one of labels) expect(one).toMatch(/^claude-code\.[A-Za-z0-9._-]{1,80}$/);
  });

  it('tells apart two files of one client that hold a server of the same name', () => {
    const code = clientNamed('opencode');
    const nas = key('nas', 'mcp');
    expect(label(code, nas)).toBe('opencode.nas');
    expect(label(code, nas, 1)).toMatch(/^opencode\.nas-[0-9a-f]{6}$/);
    expect(label(code, nas, 2)).not.toBe(label(code, nas, 1));
  });

  it('comes back from the address it was written into, with the token beside it', () => {
    const name = label(CODE, key('home assistant'));
    const url = proxyUrl({ port: 28080, token: 'a/b:c' }, name);
    expect(URL.parse(url)).toMatchObject({ username: name, password: 'a%2Fb%3Ac' });
    expect(labelIn(url, 28080)).toBe(name);
    expect(labelIn(url, 28081)).toBeNull();
    expect(labelIn('http://127.0.0.1:28080', 28080)).toBeNull();
    expect(labelIn('http://100%:x@127.0.0.1:28080', 28080)).toBe('100%');
  });
});
