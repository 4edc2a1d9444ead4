import { describe, expect, test } from 'vitest';
import { messagesPath, routeOf } from '../../../app/bridge/routes.ts';

describe('the server in a path', () => {
  test.each([
    ['/servers/%E5%A4%A9%E6%B0%A3/mcp', '天氣'],
    ['/servers/My%20NAS/mcp?x=1', 'My NAS'],
    ['/servers/a%2Fb/mcp', 'a/b'],
    ['/servers/%2e%2e/mcp/', '..'],
    ['/servers/mcp/mcp', 'mcp'],
    ['/servers/100%/mcp', '100%'],
    ['/servers/%ff/mcp', '%ff'],
  ])('%s is read as it was meant', (target, server) => {
    expect(routeOf(target)).toEqual({ server, set: null, kind: 'mcp' });
  });

  test('that was sent as bare UTF-8 is read, as Node hands it over in Latin-1', () => {
    const target = Buffer.from('/servers/天氣/sse').toString('latin1');
    expect(routeOf(target)).toEqual({ server: '天氣', set: null, kind: 'sse' });
    expect(routeOf('/servers/\xe9t\xe9/sse')).toEqual({ server: '\xe9t\xe9', set: null, kind: 'sse' });
  });

  test('leads back to itself by the path for messages', () => {
    for (const server of ['天氣', 'My NAS', 'a/b', '..', 'x?y#z', '100%', 'my-nas-2']) {
      for (const set of [null, 'work', 'a/b']) {
        expect(routeOf(messagesPath({ server, set }))).toEqual({ server, set, kind: 'messages' });
      }
    }
    expect(messagesPath({ server: 'my-nas', set: null })).toBe('/servers/my-nas/messages');
    expect(messagesPath({ server: null, set: 'work' })).toBe('/set/work/messages');
  });

  test('may stand within a set, which an address may name alone', () => {
    expect(routeOf('/set/work/mcp')).toEqual({ server: null, set: 'work', kind: 'mcp' });
    expect(routeOf('/set/work/servers/nas/sse?x')).toEqual({ server: 'nas', set: 'work', kind: 'sse' });
    for (const target of ['/set/mcp', '/set//mcp', '/servers/nas/set/work/mcp']) expect(routeOf(target)).toBeNull();
  });

  test('is never two segments, nor one of ours without a name', () => {
    for (const target of ['/servers/a/b/mcp', '/servers//mcp', '/servers/mcp', '/mcp/x'])
      expect(routeOf(target)).toBeNull();
  });
});
