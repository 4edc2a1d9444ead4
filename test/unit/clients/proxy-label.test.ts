import { describe, expect, it } from 'vitest';
import { labelIn, proxyUrl } from '../../../app/clients/gateway.ts';
import { CLIENTS, type Client, type EntryKey } from '../../../app/clients/index.ts';
import { proxyLabel } from '../../../app/clients/plan/index.ts';

function clientNamed(id: Client['id']): Client {
  const client = CLIENTS.find((each) => each.id === id);
  if (client === undefined) throw new Error(id);
  return client;
}

const CODE = clientNamed('claude-code');

function key(name: string, ...holder: string[]): EntryKey {
  return { holder: holder.length === 0 ? ['mcpServers'] : holder, name };
}

describe('The label of a server', () => {
  it('names the client and the entry', () => {
    expect(proxyLabel(clientNamed('claude-desktop'), key('home-assistant'))).toBe('claude-desktop.home-assistant');
    expect(proxyLabel(CODE, key('home-assistant'))).toBe('claude-code.home-assistant');
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
    const labels = keys.map((each) => proxyLabel(CODE, each));
    expect(new Set(labels).size).toBe(keys.length);
    for (const label of labels) expect(label).toMatch(/^claude-code\.[A-Za-z0-9._-]{1,80}$/);
  });

  it('comes back from the address it was written into, with the token beside it', () => {
    const label = proxyLabel(CODE, key('home assistant'));
    const url = proxyUrl({ port: 28080, token: 'a/b:c' }, label);
    expect(URL.parse(url)).toMatchObject({ username: label, password: 'a%2Fb%3Ac' });
    expect(labelIn(url, 28080)).toBe(label);
    expect(labelIn(url, 28081)).toBeNull();
    expect(labelIn('http://127.0.0.1:28080', 28080)).toBeNull();
    expect(labelIn('http://100%:x@127.0.0.1:28080', 28080)).toBe('100%');
  });
});
