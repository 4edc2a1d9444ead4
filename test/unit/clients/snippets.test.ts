import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  CLIENTS,
  type Snippet,
  type SnippetId,
  type SnippetRequest,
  snippet,
  snippets,
} from '../../../app/clients/index.ts';
import { ENVIRONMENT } from '../../support/client-environment.ts';

const FIXTURES = join(import.meta.dirname, '../../fixtures/clients-config/snippets');

const BASE: SnippetRequest = {
  port: 28081,
  token: null,
  servers: [
    { name: 'nas', isDefault: true },
    { name: 'home-assistant', isDefault: false },
  ],
  kind: 'endpoint',
  language: 'en',
  platform: 'darwin',
  shim: ENVIRONMENT.shim,
};
/** Their files can only start programs: ours, which finds port and token by itself. */
const BY_SHIM: readonly SnippetId[] = CLIENTS.filter(({ remote }) => remote === null).map(({ id }) => id);
const OTHERS: readonly SnippetId[] = [
  'claude-code-command',
  'chatbox',
  'open-webui',
  'posix',
  'fish',
  'powershell',
  'docker',
];
const IDS: readonly SnippetId[] = [...CLIENTS.map(({ id }) => id), ...OTHERS];

describe.each(IDS)('What to copy for %s', (id) => {
  it.each([
    ['endpoint', { ...BASE, token: 'Tok-en_1' }],
    ['proxy', { ...BASE, kind: 'proxy', platform: 'linux', language: 'zh-Hant' }],
  ] as const)('as %s', async (kind, request) => {
    if (id === 'visual-studio') expect(snippet(id, request)).toBeNull();
    const made = snippet(id, id === 'visual-studio' ? { ...request, platform: 'win32' } : request);
    if (made === null) {
      const onlyProxy: readonly SnippetId[] = ['posix', 'fish', 'powershell', 'docker'];
      expect(onlyProxy.includes(id) ? 'endpoint' : id === 'open-webui' && 'proxy').toBe(kind);
      return;
    }
    await expect(page(made)).toMatchFileSnapshot(join(FIXTURES, `${id}.${kind}`));
  });
});

describe('Snippets', () => {
  it('carry the port that is really bound, and a token only where one is asked for', () => {
    for (const kind of ['endpoint', 'proxy'] as const) {
      const known = (request: SnippetRequest) =>
        snippets(request).filter(({ client }) => kind === 'proxy' || !BY_SHIM.some((id) => id === client));
      for (const { text, deepLinks } of known({ ...BASE, kind })) {
        expect(text).toContain('28081');
        expect(text).not.toMatch(/Authorization|Bearer|@/);
        expect(deepLinks.map(({ url }) => decodedLink(url)).join()).not.toContain('Authorization');
      }
      for (const { text } of known({ ...BASE, kind, token: 'Tok-en_1' })) expect(text).toContain('Tok-en_1');
    }
  });

  it('show the address of a default server when there are no servers yet, and say so', () => {
    const made = snippet('cursor', { ...BASE, servers: [] });
    expect(made?.text).toContain('"url": "http://127.0.0.1:28081/mcp"');
    expect(made?.note).toContain('No MCP server is set up');
  });

  it('start our own program where a file can only start programs, without a port or a token in it', () => {
    expect(BY_SHIM).toContain('claude-desktop');
    for (const id of BY_SHIM) {
      const text = snippet(id, { ...BASE, token: 'Tok-en_1' })?.text ?? '';
      expect(text).toContain(JSON.stringify(ENVIRONMENT.shim.command));
      expect(text).toMatch(/"connect",\s*"home-assistant"/);
      expect(text).not.toMatch(/28081|Tok-en_1/);
    }
    const [withoutServers] = BY_SHIM.map((id) => snippet(id, { ...BASE, servers: [] })?.text);
    expect(withoutServers).toMatch(/"args": \[\s*"connect"\s*\]/);
  });

  it('name the file of the system they are made for', () => {
    const where = (platform: NodeJS.Platform) => snippet('goose', { ...BASE, platform })?.where;
    expect(where('win32')).toContain('%APPDATA%\\Block\\goose\\config\\config.yaml');
    expect(where('linux')).toContain('~/.config/goose/config.yaml');
  });

  it('quote for each shell what the token makes necessary', () => {
    const request = { ...BASE, kind: 'proxy', token: "it's" } as const;
    expect(snippet('posix', request)?.text).toContain("HTTP_PROXY='http://mcp:it'\\''s@127.0.0.1:28081'");
    expect(snippet('fish', request)?.text).toContain("HTTP_PROXY 'http://mcp:it\\'s@127.0.0.1:28081'");
    expect(snippet('powershell', request)?.text).toContain("$env:HTTP_PROXY = 'http://mcp:it''s@127.0.0.1:28081'");
  });

  it('set each variable once where names have no cases', () => {
    const text = snippet('powershell', { ...BASE, kind: 'proxy', platform: 'win32' })?.text ?? '';
    expect(text.match(/http_proxy/gi)).toHaveLength(1);
  });

  it('link to each server in the words of the client', () => {
    const links = (id: SnippetId) => snippet(id, { ...BASE, token: 'T' })?.deepLinks.map(({ url }) => decodedLink(url));
    const headers = { Authorization: 'Bearer T' };
    expect(links('cursor')?.[0]).toBe(
      `cursor://anysphere.cursor-deeplink/mcp/install?name=nas&config=${JSON.stringify({ url: 'http://127.0.0.1:28081/mcp', headers })}`,
    );
    expect(links('vscode')?.[1]).toBe(
      `vscode:mcp/install?${JSON.stringify({ name: 'home-assistant', type: 'http', url: 'http://127.0.0.1:28081/servers/home-assistant/mcp', headers })}`,
    );
    expect(links('zed')).toEqual([]);
  });
});

/** A snippet as one text, so that a person can look at all of it. */
function page({ client, title, format, where, note, deepLinks, text }: Snippet): string {
  const links = deepLinks.map(({ server, url }) => `${server}: ${url}\n  = ${decodedLink(url)}\n`).join('');
  return `${client} | ${title} | ${format}\n${where}\n${note ?? '-'}\n${links}\n${text}`;
}

/** A link with its base64 and its percent signs undone. */
function decodedLink(url: string): string {
  const plain = decodeURIComponent(url);
  return plain.replace(/(config|server)=([A-Za-z0-9+/]+=*)$/, (_, key: string, value: string) => {
    return `${key}=${Buffer.from(value, 'base64').toString('utf8')}`;
  });
}
