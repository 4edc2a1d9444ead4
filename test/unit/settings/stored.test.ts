import { describe, expect, it } from 'vitest';
import {
  checkSettings,
  DEFAULT_SETTINGS,
  DEFAULT_STORED,
  isTokenRequired,
  makeToken,
  readStored,
} from '../../../app/settings/index.ts';

describe('The settings file', () => {
  it('is read back as it was written', () => {
    expect(readStored(JSON.parse(JSON.stringify(DEFAULT_STORED)))).toEqual({ ok: true, value: DEFAULT_STORED });
  });

  it('may be bare settings without a version, and gets what it does not know yet', () => {
    const reading = readStored({ port: 9000 });
    expect(reading).toMatchObject({
      ok: true,
      value: { schemaVersion: 2, settings: { port: 9000, host: '127.0.0.1' } },
    });
  });

  it('keeps the limits it has, and gets those it does not know yet', () => {
    const reading = readStored({ schemaVersion: 1, settings: { limits: { sessions: 3 } }, habits: {} });
    const { limits } = DEFAULT_STORED.settings;
    expect(reading).toMatchObject({ ok: true, value: { settings: { limits: { ...limits, sessions: 3 } } } });
  });

  it.each([
    ['a port beyond the last', { port: 70_000 }, 'settings.port', 'range'],
    ['a port in words', { port: '28080' }, 'settings.port', 'type'],
    ['a setting nobody knows', { colour: 'red' }, 'settings.colour', 'unknown'],
    ['a limit of nothing', { limits: { sessions: 0 } }, 'settings.limits.sessions', 'range'],
    ['a server without a command', { servers: [{ name: 'a' }] }, 'settings.servers.0.command', 'missing'],
    ['a name that is no path segment', { servers: [server('a/b')] }, 'settings.servers.0.name', 'pattern'],
  ])('is refused for %s', (_what, settings, path, kind) => {
    const reading = readStored({ schemaVersion: 1, settings, habits: {} });
    expect(reading.ok ? [] : reading.faults).toContainEqual({ path, kind });
  });

  it('of version 1 keeps its one token, which stays required, and gets an empty list of named ones', () => {
    const token = 'a-token-of-some-length';
    const reading = readStored({ schemaVersion: 1, settings: { token }, habits: {} });
    const settings = { token, tokens: [], requireToken: false, lanLoopback: false, lanForwards: false };
    expect(reading).toMatchObject({ ok: true, value: { schemaVersion: 2, settings } });
    expect(isTokenRequired({ ...DEFAULT_SETTINGS, token })).toBe(true);
  });

  it.each([
    ['let other machines in', '0.0.0.0', true],
    ['was for this machine alone', '127.0.0.1', false],
  ])('of version 1 that %s lends this machine to others as before', (_what, host, lends) => {
    const token = 'a-token-of-some-length';
    const reading = readStored({ schemaVersion: 1, settings: { host, token }, habits: {} });
    expect(reading).toMatchObject({ ok: true, value: { settings: { lanLoopback: lends, lanForwards: lends } } });
  });

  it.each([
    ['a token in clear in place of its hash', { hash: 'a-token-of-some-length' }],
    ['a name that would break out of a URL', { name: 'a:b@c' }],
    ['a name that would break out of a line', { name: 'a\nb' }],
  ])('is refused for %s', (_what, wrong) => {
    const token = { ...makeToken('laptop', null, 0).setting, ...wrong };
    expect(readStored({ schemaVersion: 2, settings: { tokens: [token] }, habits: {} }).ok).toBe(false);
  });

  it('of a later version is refused, not guessed at', () => {
    expect(readStored({ ...DEFAULT_STORED, schemaVersion: 3 }).ok).toBe(false);
  });

  it('keeps the record of the permission, and refuses an impossible one', () => {
    const permission = { outcome: 'granted', at: 5, system: '25A354', program: '1.0.0' } as const;
    expect(readStored({ ...DEFAULT_STORED, permission })).toMatchObject({ ok: true, value: { permission } });
    const { permission: _unknown, ...before } = DEFAULT_STORED;
    expect(readStored(before)).toMatchObject({ ok: true, value: { permission: null } });
    expect(readStored({ ...DEFAULT_STORED, permission: { ...permission, outcome: 'sure' } }).ok).toBe(false);
  });

  it('that is no object at all is refused', () => {
    expect(readStored(null).ok).toBe(false);
    expect(readStored([]).ok).toBe(false);
  });
});

describe('Settings beside each other', () => {
  it('may let other machines in with named tokens alone', () => {
    const tokens = [makeToken('laptop', null, 0).setting];
    expect(checkSettings({ ...DEFAULT_SETTINGS, host: '0.0.0.0', tokens })).toEqual([]);
  });

  it.each([
    [{ host: '0.0.0.0' }, 'host', 'needs-token'],
    [
      { tokens: [makeToken('a', null, 0).setting, makeToken('a', null, 0).setting] },
      'tokens.1.name',
      'same-token-name',
    ],
    [{ upstream: 'socks5://a:1' }, 'upstream', 'not-a-proxy-address'],
    [{ allowedOrigins: ['https://a.example', 'https://a.example/'] }, 'allowedOrigins.1', 'not-an-origin'],
    [{ forwards: [{ port: 28_080, host: 'a', targetPort: 1 }] }, 'forwards.0.port', 'same-port'],
    [{ servers: [server('a'), server('a')] }, 'servers.1.name', 'same-name'],
    [{ defaultServer: 'a' }, 'defaultServer', 'no-such-server'],
  ] as const)('%j are refused', (change, path, reason) => {
    expect(checkSettings({ ...DEFAULT_SETTINGS, ...change })).toEqual([{ path, reason }]);
  });

  it('let other machines in with a token', () => {
    expect(checkSettings({ ...DEFAULT_SETTINGS, host: '0.0.0.0', token: 'x'.repeat(43) })).toEqual([]);
  });
});

function server(name: string) {
  return { name, command: 'true', args: [], env: {}, cwd: null, era: 'auto', spare: false } as const;
}
