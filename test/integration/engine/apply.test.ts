import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ServerSetting } from '../../../app/settings/settings.ts';
import { type Gangway, startGangway } from '../../support/gangway.ts';
import { eventually } from '../../support/tcp.ts';

const ECHO = join(import.meta.dirname, '../../fixtures/echo-server.mjs');

function echo(name: string, env: Readonly<Record<string, string>> = {}): ServerSetting {
  return { name, command: process.execPath, args: [ECHO], env, cwd: null, era: 'auto', spare: false };
}

/** A session whose stream stays open; tells whether it still is. */
async function openSession(gangway: Gangway, server: string): Promise<() => boolean> {
  const response = await fetch(`${gangway.url}/servers/${server}/sse`);
  const reader = response.body?.getReader();
  await reader?.read();
  let open = true;
  const ended = () => {
    open = false;
  };
  void reader?.closed.then(ended, ended);
  void reader?.read();
  return () => open;
}

describe('names of servers that are not set up', () => {
  it('are told of once, and again when they are others', async () => {
    const sets = [{ name: 'read', servers: { kept: {}, fales: {} } }];
    const wanted = { servers: [echo('kept')], sets, recordContents: ['kept', 'kepd', 'kepd'] };
    await using gangway = await startGangway(wanted);
    const told = () =>
      gangway.lines.filter(({ message }) => message.includes('not set up')).map((line) => line.message);
    const first = [
      'What messages say is to be recorded of servers that are not set up: kepd. There are: kept.',
      'The set read names servers that are not set up: fales. There are: kept.',
    ];
    expect(told()).toEqual(first);
    await gangway.engine.apply({ ...gangway.settings, noProxy: 'nas.lan' });
    expect(told()).toEqual(first);
    const servers = [echo('kept'), echo('kepd'), echo('fales')];
    await gangway.engine.apply({ ...gangway.settings, servers });
    expect(told()).toEqual(first);
    await gangway.engine.apply({ ...gangway.settings, servers: [], sets: [] });
    expect(told().slice(2)).toEqual([
      'What messages say is to be recorded of servers that are not set up: kept, kepd. None is set up yet.',
    ]);
  });
});

describe('new settings', () => {
  it('restart only the servers that changed', async () => {
    await using gangway = await startGangway({ servers: [echo('kept'), echo('changed'), echo('gone')] });
    const kept = await openSession(gangway, 'kept');
    const changed = await openSession(gangway, 'changed');
    const gone = await openSession(gangway, 'gone');
    const servers = [echo('kept'), echo('changed', { A: '1' }), echo('added')];
    await gangway.engine.apply({ ...gangway.settings, servers, defaultServer: 'added' });
    await eventually(() => !changed() && !gone(), 'what changed and what is gone ends');
    expect(kept()).toBe(true);
    expect(gangway.engine.snapshot().bridge.servers.map(({ name }) => name)).toEqual(['kept', 'changed', 'added']);
    expect((await fetch(`${gangway.url}/servers/gone/sse`)).status).toBe(404);
  });

  it('end the sessions of those who came under another token', async () => {
    await using gangway = await startGangway({ token: 'first', servers: [echo('echo')] });
    const as = (token: string) => ({ Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' });
    const url = `${gangway.url}/servers/echo/mcp`;
    const initialize = {
      jsonrpc: '2.0',
      id: 1,
      method: 'initialize',
      params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 't', version: '1' } },
    };
    const response = await fetch(url, { method: 'POST', headers: as('first'), body: JSON.stringify(initialize) });
    await response.text();
    const session = response.headers.get('mcp-session-id') ?? '';
    const call = async (token: string) => {
      const body = JSON.stringify({ jsonrpc: '2.0', id: 2, method: 'ping' });
      const answer = await fetch(url, { method: 'POST', headers: { ...as(token), 'Mcp-Session-Id': session }, body });
      await answer.text();
      return answer.status;
    };
    expect(await call('first')).toBe(200);
    await gangway.engine.apply({ ...gangway.settings, token: 'second' });
    expect(await call('second')).toBe(404);
    expect(await call('first')).toBe(401);
  });
});
