import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isHostName, parseAuthority, parseConnectTarget } from '../../../app/base/address.ts';

/** `host:port` with a few characters of any kind put into it: most are none, some are. */
const AUTHORITY = fc
  .tuple(
    fc.constantFrom('nas.lan', '127.0.0.1', '[::1]', '[fe80::1]', 'a_b-c', '0x7f.1', 'EXAMPLE.com.'),
    fc.integer({ min: 0, max: 70_000 }),
    fc.string({ unit: 'binary-ascii', maxLength: 2 }),
    fc.nat(20),
  )
  .map(([host, port, noise, at]) => {
    const whole = `${host}:${port}`;
    return whole.slice(0, at) + noise + whole.slice(at);
  });

describe('parseAuthority', () => {
  it.each([
    ['nas.lan:8123', { host: 'nas.lan', port: 8123 }],
    ['NAS.local.:1', { host: 'NAS.local.', port: 1 }],
    ['my_host:65535', { host: 'my_host', port: 65535 }],
    ['192.168.1.20:080', { host: '192.168.1.20', port: 80 }],
    ['[fe80::1]:22', { host: 'fe80::1', port: 22 }],
    ['[fe80::1%en0]:22', { host: 'fe80::1%en0', port: 22 }],
    ['[fe80::1%25en0]:22', { host: 'fe80::1%en0', port: 22 }],
    ['[fe80::1%25]:22', { host: 'fe80::1%25', port: 22 }],
  ])('reads %s', (authority, target) => {
    expect(parseAuthority(authority, null)).toEqual(target);
  });

  it('takes the default port only where there is one', () => {
    expect(parseAuthority('nas.lan', 80)).toEqual({ host: 'nas.lan', port: 80 });
    expect(parseAuthority('nas.lan', null)).toBeNull();
    expect(parseAuthority('nas.lan:', 80)).toBeNull();
  });

  it('accepts nothing that URL would read as another host', () => {
    fc.assert(
      fc.property(AUTHORITY, (authority) => {
        const target = parseAuthority(authority, null);
        // URL knows no zones.
        fc.pre(target !== null && !target.host.includes('%'));
        const url = new URL(`http://${authority}/`);
        const host = target?.host.includes(':') === true ? `[${target.host}]` : (target?.host ?? '');
        expect(url.hostname).toBe(new URL(`http://${host}/`).hostname);
        expect(url.username).toBe('');
        expect(url.pathname).toBe('/');
      }),
    );
  });
});

describe('parseConnectTarget', () => {
  it.each([
    ['::1:443', { host: '::1', port: 443 }],
    ['fd00::5:8006', { host: 'fd00::5', port: 8006 }],
    ['fe80::1%en0:22', { host: 'fe80::1%en0', port: 22 }],
    ['1:2:3:4:5:6:7:8:80', { host: '1:2:3:4:5:6:7:8', port: 80 }],
    ['[::1]:443', { host: '::1', port: 443 }],
    ['nas.lan:443', { host: 'nas.lan', port: 443 }],
  ])('reads %s', (authority, target) => {
    expect(parseConnectTarget(authority)).toEqual(target);
  });

  it.each(['::1', ':443', '::1:', '::1:0', '::1:99999', '::1::2:443', 'fd00::ffff', '1.2.3.4', 'a:b:443', ''])(
    'refuses %j',
    (authority) => {
      expect(parseConnectTarget(authority)).toBeNull();
    },
  );
});

describe('isHostName', () => {
  it.each([
    '',
    '.',
    'a..b',
    '-a',
    'a-',
    'a b',
    'a/b',
    'a@b',
    '127.1',
    '0x7f.1',
    '1',
    'x'.repeat(64),
    `${'x.'.repeat(127)}xx`,
  ])('refuses %j', (host) => {
    expect(isHostName(host)).toBe(false);
  });
});
