import { describe, expect, it } from 'vitest';
import { read } from '../../../app/base/schema/index.ts';
import { type LinkFault, readAddLink } from '../../../app/servers/index.ts';
import { isServerAddress, serverSchema } from '../../../app/settings/index.ts';

const base64 = (text: string) => encodeURIComponent(Buffer.from(text).toString('base64'));
const link = (config: unknown, name = 'files') =>
  `mcp-gangway://add?name=${encodeURIComponent(name)}&config=${base64(JSON.stringify(config))}`;
const PROGRAM = { command: 'npx', args: ['-y', 'files-mcp', '${HOME}'], env: { TOKEN: '$SECRET' }, cwd: '~/files' };

describe('A link that adds a server', () => {
  it('names a program with its words to the letter, and starts none ahead of time', () => {
    expect(readAddLink(link(PROGRAM, 'My Files'))).toEqual({
      ok: true,
      title: 'My Files',
      server: { ...PROGRAM, era: 'auto', spare: false },
    });
  });

  it('names a URL with its headers, in JSON as it is, in base64 and in the base64 of URLs', () => {
    const entry = { type: 'http', url: 'http://ha.lan:8123/api/mcp?~~~', headers: { Authorization: 'Bearer ü>?' } };
    const server = { url: entry.url, transport: 'streamable', headers: entry.headers, era: 'auto' };
    const json = JSON.stringify(entry);
    const forUrls = Buffer.from(json).toString('base64url');
    // Not percent-encoded: the plus signs arrive as blanks.
    const bare = Buffer.from(json).toString('base64');
    for (const config of [encodeURIComponent(json), base64(json), forUrls, bare]) {
      expect(readAddLink(`mcp-gangway://add?name=ha&config=${config}`)).toEqual({ ok: true, title: 'ha', server });
    }
    expect(readAddLink(link({ url: 'https://a.example/sse', type: 'sse' }))).toMatchObject({
      server: { transport: 'sse', headers: {} },
    });
  });

  const refused: readonly (readonly [LinkFault, string])[] = [
    ['too-long', link({ command: 'x', args: ['y'.repeat(16_384)] })],
    ['not-a-link', 'mcp-gangway://remove?name=files'],
    ['not-a-link', 'mcp-gangway://add/more?name=a&config=b'],
    ['not-a-link', 'mcp-gangway://me:pw@add?name=a&config=b'],
    ['not-a-link', `${link(PROGRAM)}#more`],
    ['not-a-link', 'https://add?name=a&config=b'],
    ['parameters', 'mcp-gangway://add'],
    ['parameters', `${link(PROGRAM)}&run=1`],
    ['parameters', `${link(PROGRAM)}&name=again`],
    ['name', link(PROGRAM, '  ')],
    ['name', link(PROGRAM, 'n'.repeat(129))],
    ['unseen', link(PROGRAM, 'fi\u202eles')],
    ['not-json', 'mcp-gangway://add?name=a&config=%7B%22command%22'],
    ['not-json', 'mcp-gangway://add?name=a&config=*'],
    [
      'not-json',
      `mcp-gangway://add?name=a&config=${encodeURIComponent(Buffer.from([0x7b, 0xff, 0x7d]).toString('base64'))}`,
    ],
    ['entry', link([PROGRAM])],
    ['entry', link({ mcpServers: { files: PROGRAM } })],
    ['entry', link({ ...PROGRAM, autoApprove: ['*'] })],
    ['entry', link({ ...PROGRAM, url: 'http://a.example' })],
    ['entry', link({ command: '' })],
    ['entry', link({ command: 7 })],
    ['entry', link({ command: 'x', args: 'y' })],
    ['entry', link({ command: 'x', env: { 'A B': 'c' } })],
    ['entry', link({ command: 'x', env: Object.fromEntries(Array.from({ length: 65 }, (_, at) => [`V${at}`, ''])) })],
    ['entry', link({ url: 'http://a.example', headers: { Host: 'b.example' } })],
    ['entry', link({ url: 'http://a.example', headers: { Authorization: 'a\r\nHost: b' } })],
    ['entry', link({ url: 'http://a.example', lanCredentials: true })],
    ['unseen', link({ command: 'x', args: ['a\nb'] })],
    ['unseen', link({ command: 'x', env: { A: 'b\u200bc' } })],
    ['unseen', link({ command: 'x', cwd: '/a\u2066b' })],
    // Drawn as a blank: behind a few hundred of them the rest is out of sight.
    ['unseen', link({ command: 'x', args: [`a${'\u2800'.repeat(300)}--evil`] })],
    ['unseen', link({ command: 'x', args: ['a\u00a0b'] })],
    ['unseen', link({ command: 'x', env: { A: 'a\u3000b' } })],
    ['address', link({ url: 'file:///etc/passwd' })],
    ['address', link({ url: 'http://me:pw@a.example' })],
  ];
  it.each(refused)('is refused for %s: %.60s', (fault, refusedLink) => {
    expect(readAddLink(refusedLink)).toEqual({ ok: false, fault });
  });

  it('that is damaged at random is refused, or names a server as it may be stored; it never throws', () => {
    // A linear congruential generator, so that a failure comes again.
    let seed = 20_261_128;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((seed / 2 ** 32) * below);
    };
    const pieces = [
      '%',
      '&',
      '=',
      '"',
      '{',
      '}',
      '\\',
      '\0',
      '\u202e',
      '\ud800',
      'name=',
      '__proto__',
      '#',
      '@',
      'é',
      '%00',
    ];
    const config = JSON.stringify(PROGRAM);
    const seeds = [
      link(PROGRAM),
      link({ url: 'http://a.example/mcp', headers: { A: 'b' } }),
      `mcp-gangway://add?name=a&config=${encodeURIComponent(config)}`,
      `mcp-gangway://add?name=a&config=${config}`,
    ];
    let taken = 0;
    for (let round = 0; round < 4000; round++) {
      let damaged = seeds[random(seeds.length)] ?? '';
      for (let more = random(4); more >= 0; more--) {
        const at = random(damaged.length);
        damaged = `${damaged.slice(0, at)}${pieces[random(pieces.length)] ?? ''}${damaged.slice(at + random(6))}`;
      }
      const reading = readAddLink(damaged);
      if (!reading.ok) continue;
      taken += 1;
      const { server, title } = reading;
      expect(read(serverSchema, { ...server, name: 'name' }).ok, damaged).toBe(true);
      expect('url' in server ? isServerAddress(server.url) : !server.spare, damaged).toBe(true);
      expect(JSON.stringify([title, server])).not.toMatch(/\\u0000|\\ud800|\u202e/);
    }
    expect(taken).toBeGreaterThan(20);
  });
});
