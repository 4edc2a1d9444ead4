import { describe, expect, test } from 'vitest';
import { MEBIBYTE } from '../../../app/settings/settings.ts';
import { type BridgeHost, hostBridge, remoteSetting } from '../../support/bridge-host.ts';
import { openSession, openSse } from '../../support/raw-mcp.ts';
import { until } from '../../support/until.ts';

const burst = (count: number, bytes: number) => ({
  id: 'burst',
  method: 'tools/call',
  params: { name: 'burst', arguments: { count, bytes } },
});
const fromChildren = (host: BridgeHost) => host.bridge.snapshot().servers[0]?.traffic.fromChildren ?? 0;

/** Resolves with the bytes read from the children once that number has stopped growing. */
async function standstill(host: BridgeHost): Promise<number> {
  let last = -1;
  let since = performance.now();
  await until('the flow has stopped', () => {
    const now = fromChildren(host);
    if (now !== last) since = performance.now();
    last = now;
    return performance.now() - since > 300;
  });
  return last;
}

describe('a client that reads slowly', () => {
  test('stops its server over HTTP+SSE instead of filling our memory, and gets everything later', async () => {
    await using host = await hostBridge();
    const client = await openSse(host.url);
    client.reader.response.pause();
    await client.post(burst(10_000, 4000));
    const read = await standstill(host);
    expect(read).toBeLessThan(16 * MEBIBYTE);
    const other = await openSse(host.url);
    expect(await other.tool('echo', { text: 'flows' })).toBe('flows');
    other.close();
    client.reader.response.resume();
    for (let index = 0; index < 10_000; index++) {
      const message = await client.reader.nextMessage();
      if (message.params?.['logger'] !== String(index))
        expect(message).toMatchObject({ params: { logger: String(index) } });
    }
    expect(await client.tool('echo', { text: 'whole' })).toBe('whole');
    client.close();
  });

  test('stops its server over a POST stream likewise', async () => {
    await using host = await hostBridge();
    const session = await openSession(host.url);
    const stream = await session.stream(burst(10_000, 4000));
    stream.response.pause();
    expect(await standstill(host)).toBeLessThan(16 * MEBIBYTE);
    stream.response.resume();
    for (let index = 0; index < 10_000; index++) {
      const message = await stream.nextMessage();
      if (message.params?.['logger'] !== String(index))
        expect(message).toMatchObject({ params: { logger: String(index) } });
    }
    expect(await session.tool('echo', { text: 'whole' })).toBe('whole');
  });

  test('stops a remote server likewise', async () => {
    await using far = await hostBridge();
    await using host = await hostBridge({ servers: [remoteSetting({ url: `${far.url}/mcp` })] });
    const session = await openSession(host.url);
    await session.post({ method: 'notifications/initialized' });
    const stream = await session.stream(burst(4000, 8000));
    stream.response.pause();
    expect(await standstill(host)).toBeLessThan(16 * MEBIBYTE);
    stream.response.resume();
    for (let index = 0; index < 4000; index++) {
      const message = await stream.nextMessage();
      if (message.params?.['logger'] !== String(index))
        expect(message).toMatchObject({ params: { logger: String(index) } });
    }
    stream.close();
  });

  test('frees its server when it stalls for good', async () => {
    await using host = await hostBridge({}, { times: { stall: 300, tick: 20 } });
    const client = await openSse(host.url);
    client.reader.response.pause();
    await client.post(burst(10_000, 4000));
    await until('its session has ended', () => host.bridge.snapshot().servers[0]?.sessions.length === 0);
    await until('its child, too', () => host.bridge.snapshot().servers[0]?.children.length === 0);
    expect(host.bridge.snapshot().servers[0]).toMatchObject({ sessions: [], children: [] });
  });
});

describe('a server that reads slowly', () => {
  test('holds its client back instead of filling our memory, and gets every message', async () => {
    await using host = await hostBridge();
    const session = await openSession(host.url);
    // Stopped, and not slow for a while: a busy machine may take longer than any while.
    const pid = Number(await session.tool('pid'));
    process.kill(pid, 'SIGSTOP');
    const echo = (id: number) => {
      const params = { name: 'echo', arguments: { text: 'x'.repeat(MEBIBYTE) } };
      return session.post({ id: `slow ${id}`, method: 'tools/call', params });
    };
    const first = echo(0);
    const toChildren = () => host.bridge.snapshot().servers[0]?.traffic.toChildren ?? 0;
    await until('the first has filled the pipe', () => toChildren() > MEBIBYTE);
    const others = Array.from({ length: 7 }, (_, index) => echo(index + 1));
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(toChildren()).toBeLessThan(2 * MEBIBYTE);
    process.kill(pid, 'SIGCONT');
    const answers = await Promise.all([first, ...others]);
    expect(answers.filter(({ status, body }) => status === 200 && body.length > MEBIBYTE)).toHaveLength(8);
  });
});
