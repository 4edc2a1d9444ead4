import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isHostName, parseAuthority } from '../../../app/base/address.ts';

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
      fc.property(fc.string({ unit: 'binary-ascii', maxLength: 40 }), (noise) => {
        const target = parseAuthority(noise, null);
        if (target === null) return;
        const url = new URL(`http://${noise}/`);
        expect(url.hostname.replace(/^\[|\]$/g, '')).toBe(
          new URL(`http://${noise.replace(/:\d+$/, '')}/`).hostname.replace(/^\[|\]$/g, ''),
        );
        expect(url.username).toBe('');
        expect(url.pathname).toBe('/');
      }),
    );
  });
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
