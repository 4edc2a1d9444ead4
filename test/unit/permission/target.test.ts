import { describe, expect, it } from 'vitest';
import { isPrivateHost, readTarget } from '../../../app/base/address.ts';

describe('A target as it is typed', () => {
  it.each([
    ['nas.lan:8123', { host: 'nas.lan', port: 8123 }],
    [' 192.168.1.20 ', { host: '192.168.1.20', port: 80 }],
    ['[fd00::5]:443', { host: 'fd00::5', port: 443 }],
    ['http://nas.lan:8123/path?x', { host: 'nas.lan', port: 8123 }],
    ['https://nas.lan', { host: 'nas.lan', port: 443 }],
    ['', null],
    ['nas.lan:99999', null],
    ['two words', null],
    ['http://', null],
  ] as const)('%j', (typed, target) => {
    expect(readTarget(typed)).toEqual(target);
  });
});

describe('A private host', () => {
  it.each([
    '10.1.2.3',
    '172.31.0.1',
    '192.168.1.20',
    '169.254.3.4',
    'fd00::5',
    'fe80::1',
    'nas',
    'nas.local',
    'nas.lan.',
  ])('is %s', (host) => expect(isPrivateHost(host)).toBe(true));
  it.each(['8.8.8.8', '172.32.0.1', '2606:4700::1', 'example.com', 'local.example.com', 'localhost', '127.0.0.1'])(
    'is not %s',
    (host) => expect(isPrivateHost(host)).toBe(false),
  );
});
