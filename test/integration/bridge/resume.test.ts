import { describe, expect, test } from 'vitest';
import { MEBIBYTE } from '../../../app/settings/settings.ts';
import { type BridgeHost, hostBridge, idleAfter } from '../../support/bridge-host.ts';
import type { EventReader } from '../../support/http-client.ts';
import { openSession, responseTo } from '../../support/raw-mcp.ts';
import { until } from '../../support/until.ts';

const wait = (milliseconds: number) => ({ name: 'wait', arguments: { milliseconds } });

async function breakOff(host: BridgeHost, reader: EventReader): Promise<void> {
  reader.close();
  // The bridge has to see the end of the connection before it is any different.
  await until('the client has left', () => host.bridge.snapshot().servers[0]?.sessions[0] !== undefined);
}

describe('resuming a session', () => {
  test('brings the answer to a request whose stream broke', async () => {
    await using host = await hostBridge({}, { times: { decide: 0 } });
    const session = await openSession(host.url);
    const first = await session.stream({ id: 101, method: 'tools/call', params: wait(400) });
    const { id = '', data, retry } = await first.next();
    expect([data, retry]).toEqual(['', '1000']);
    await breakOff(host, first);
    const second = await session.get({ 'last-event-id': id });
    expect((await responseTo(second, 101)).result?.content?.[0]?.text).toBe('waited');
    expect(await second.rest()).toEqual([]);
  });

  test('brings an answer that came while nobody was there, once', async () => {
    await using host = await hostBridge({}, { times: { decide: 0 } });
    const session = await openSession(host.url);
    const first = await session.stream({ id: 101, method: 'tools/call', params: wait(100) });
    const { id = '' } = await first.next();
    await breakOff(host, first);
    await until('the answer came', () => host.bridge.snapshot().servers[0]?.sessions[0]?.calls === 0);
    const second = await session.get({ 'last-event-id': id });
    const [answer, ...more] = await second.rest();
    expect(JSON.parse(answer?.data ?? '').id).toBe(101);
    expect(more).toEqual([]);
    expect((await session.get({ 'last-event-id': answer?.id ?? '' })).status).toBe(204);
  });

  test('goes on after the event the client names, on its stream alone', async () => {
    await using host = await hostBridge();
    const session = await openSession(host.url);
    const watching = await session.get();
    const params = { name: 'progress', arguments: { count: 3 }, _meta: { progressToken: 1 } };
    const stream = await session.stream({ id: 101, method: 'tools/call', params });
    await session.tool('change');
    const events = (await stream.rest()).filter(({ data }) => data !== '');
    expect(events).toHaveLength(4);
    const again = await session.get({ 'last-event-id': events[1]?.id ?? '' });
    expect(await again.rest()).toEqual(events.slice(2));
    watching.close();
  });

  test('goes on with the GET stream', async () => {
    await using host = await hostBridge();
    const session = await openSession(host.url, { revision: '2025-06-18' });
    const first = await session.get();
    await session.tool('change');
    const { id = '' } = await first.next();
    first.close();
    await session.tool('change');
    await session.tool('change');
    const second = await session.get({ 'last-event-id': id });
    const ids = [(await second.next()).id, (await second.next()).id];
    expect(new Set([id, ...ids]).size).toBe(3);
    second.close();
  });

  test('refuses events that never were, and those it can no longer go on from', async () => {
    const limits = {
      messageBytes: MEBIBYTE,
      sessions: 9,
      children: 9,
      parkedCalls: 9,
      sessionIdle: 300_000,
      replayBytes: 500,
    };
    await using host = await hostBridge({ limits });
    const session = await openSession(host.url);
    for (const id of ['nonsense', '99-1', '0-99', '1', '-1-2']) {
      expect((await session.get({ 'last-event-id': id })).status).toBe(400);
    }
    const params = { name: 'progress', arguments: { count: 20 }, _meta: { progressToken: 1 } };
    const [, first] = await (await session.stream({ id: 101, method: 'tools/call', params })).rest();
    expect((await session.get({ 'last-event-id': first?.id ?? '' })).status).toBe(400);
  });
});

describe('the end of a session', () => {
  const sessionsOf = (host: BridgeHost) => host.bridge.snapshot().servers[0]?.sessions.length;

  test('comes seconds after the client that watched it has left', async () => {
    await using host = await hostBridge(idleAfter(3_600_000), { times: { grace: 100, tick: 20 } });
    const session = await openSession(host.url);
    const watching = await session.get();
    await watching.next();
    watching.close();
    await until('the session has ended', () => sessionsOf(host) === 0);
    await until('its child, too', () => host.bridge.snapshot().servers[0]?.children.length === 0);
    expect((await session.post({ id: 9, method: 'ping' })).status).toBe(404);
  });

  test('does not come while the client watches or waits for an answer', async () => {
    await using host = await hostBridge(idleAfter(1_000), { times: { grace: 50, tick: 10 } });
    const session = await openSession(host.url);
    const watching = await session.get();
    await session.tool('wait', { milliseconds: 1_500 });
    expect(sessionsOf(host)).toBe(1);
    const answer = session.tool('wait', { milliseconds: 1_500 });
    watching.close();
    expect(await answer).toBe('waited');
    await until('the session has ended', () => sessionsOf(host) === 0);
  });

  test('comes to one that was never watched when it has been idle', async () => {
    await using host = await hostBridge(idleAfter(100), { times: { grace: 3_600_000, tick: 20 } });
    const session = await openSession(host.url);
    expect(await session.tool('echo', { text: 'a' })).toBe('a');
    await until('the session has ended', () => sessionsOf(host) === 0);
    expect((await session.post({ id: 1, method: 'ping' })).status).toBe(404);
  });
});
