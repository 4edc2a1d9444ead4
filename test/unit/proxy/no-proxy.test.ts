import { describe, expect, it } from 'vitest';
import { directTargets, parseParent } from '../../../app/base/upstream.ts';

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
    ['192.0.2.*', '192.0.2.9', true],
    ['192.0.2.*', '192.0.3.9', false],
    ['192.*', '192.0.3.9', true],
    ['192.168.*.*', '192.168.7.8', true],
    ['192.168.', '192.168.7.8', true],
    ['192.168.', '192.169.7.8', false],
    ['192.0.2.9.', '192.0.2.9', true],
    ['169.254/16', '169.254.7.8', true],
    ['10.0.0.0/255.0.0.0', '10.1.2.3', true],
    ['10.0.0.0/255.0.0.0', '11.1.2.3', false],
    ['10.0.0.1/255.255.255.255', '10.0.0.1', true],
    ['10.0.0.1/255.255.255.255', '10.0.0.2', false],
    ['[2001:db8::]/32', '2001:db8::1', true],
    ['[2001:db8::/32]', '2001:db9::1', false],
    ['2001:DB8::1', '2001:db8::1', true],
    ['[::2]:80', '::2', true],
    ['[::2]:8080', '::2', false],
    ['10.0.0.1:80', '10.0.0.1', true],
    ['10.0.0.1:8080', '10.0.0.1', false],
    ['192.0.2.*:8080', '192.0.2.9', false],
    ['fe80::1%en0', 'fe80::1', true],
    ['intra.example.', 'www.intra.example', true],
    ['a.example;b.example', 'b.example', true],
    ['a.example|b.example', 'b.example', true],
    ['a.example\tb.example\nc.example', 'b.example', true],
    ['http://intra.example:80/path?x#y', 'intra.example', true],
    ['https://me:pw@intra.example/', 'www.intra.example', true],
    ['http://10.0.0.1:8080/', '10.0.0.1', false],
    ['http://[::2]/', '::2', true],
    ['<local>', 'intranet', true],
    ['<local>', 'intra.example', false],
    ['<local>', '192.0.2.1', false],
    ['<local>', 'fd00::1', false],
    ['*:80', 'anything.example', true],
    ['*:443', 'anything.example', false],
    ['B\u00dcCHER.example', 'www.xn--bcher-kva.example', true],
    ['*', 'anything.example', true],
    ['', 'nas.local', true],
    ['', 'localhost', true],
    ['', '127.0.0.1', true],
    ['', '::1', true],
    ['', 'example.com', false],
  ])('%j and %s: direct is %s', (list, host, direct) => {
    expect(directTargets(list).includes({ host, port: 80 })).toBe(direct);
    expect(directTargets(list).unknown).toEqual([]);
  });
});

describe('an entry of NO_PROXY that means nothing', () => {
  it.each([
    '10.0.0.0/33',
    '10.0.0.0/255.0.255.0',
    '10.0.0.0/8/8',
    '2001:db8::/129',
    '[10.0.0.1]',
    '[intra.example]',
    '[::1',
    '256.1.2.*',
    '10.*.0.1',
    '10.*/8',
    '192.168',
    'intra*',
    'a.*.example',
    'a..example',
    'intra.example:0',
    'intra.example:99999',
    'intra.example:http',
    'intra.example/path',
    '!intra.example',
  ])('is named: %s', (entry) => {
    const list = directTargets(`a.example, ${entry}, b.example`);
    expect(list.unknown).toEqual([entry]);
    expect(list.includes({ host: 'b.example', port: 80 })).toBe(true);
    expect(list.includes({ host: '10.0.0.1', port: 80 })).toBe(false);
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
