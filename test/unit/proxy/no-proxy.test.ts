import { describe, expect, it } from 'vitest';
import { parseParent } from '../../../app/proxy/dial/index.ts';
import { directTargets } from '../../../app/proxy/dial/no-proxy.ts';

describe('NO_PROXY', () => {
  it.each([
    ['intra.example', 'intra.example', true],
    ['intra.example', 'www.intra.example', true],
    ['.intra.example', 'intra.example', true],
    ['*.intra.example', 'a.b.intra.example', true],
    ['intra.example', 'myintra.example', false],
    ['INTRA.example', 'intra.EXAMPLE.', true],
    ['intra.example:80', 'intra.example', true],
    ['intra.example:443', 'intra.example', false],
    ['10.0.0.0/8', '10.1.2.3', true],
    ['10.0.0.0/8', '11.1.2.3', false],
    ['192.168.1.20', '192.168.1.20', true],
    ['fd00::/8', 'fd12::1', true],
    ['[fd00::1]', 'fd00::1', true],
    ['a.example, b.example', 'b.example', true],
    ['*', 'anything.example', true],
    ['', 'nas.local', true],
    ['', 'localhost', true],
    ['', '127.0.0.1', true],
    ['', '::1', true],
    ['', 'example.com', false],
  ])('%j and %s: direct is %s', (list, host, direct) => {
    expect(directTargets(list)({ host, port: 80 })).toBe(direct);
  });
});

describe('an upstream proxy', () => {
  it('is read with credentials, which are decoded', () => {
    expect(parseParent('http://me%40corp:p%3Aw@proxy.corp:3128')).toEqual({
      kind: 'parent',
      parent: { host: 'proxy.corp', port: 3128 },
      tls: false,
      authorization: `Basic ${Buffer.from('me@corp:p:w').toString('base64')}`,
    });
  });

  it('has the default port of its scheme', () => {
    expect(parseParent('http://proxy.corp')?.parent.port).toBe(80);
    expect(parseParent('https://[fd00::1]/')).toMatchObject({ parent: { host: 'fd00::1', port: 443 }, tls: true });
  });

  it.each(['', 'proxy.corp:3128', 'socks5://proxy', 'ftp://x', 'http://', 'http://a:%zz@h'])('is not %j', (url) => {
    expect(parseParent(url)).toBeNull();
  });
});
