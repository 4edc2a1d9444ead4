import { describe, expect, test } from 'vitest';
import { DEFAULT_SETTINGS } from '../../../app/settings/settings.ts';
import { type BridgeHost, hostBridge } from '../../support/bridge-host.ts';
import type { EventReader } from '../../support/http-client.ts';
import { openSession, openSse } from '../../support/raw-mcp.ts';
import { until } from '../../support/until.ts';

const COUNT = 5_000;

const burst = (bytes: number) => ({
  id: 'burst',
  method: 'tools/call',
  params: { name: 'burst', arguments: { count: COUNT, bytes } },
});

/** A client whose server says more than all buffers in between take: what it is sent waits in the memory of events. */
interface Reader {
  readonly reader: EventReader;
  readonly bytes: number;
}

async function stalledPost({ url }: BridgeHost, bytes: number): Promise<Reader> {
  const reader = await (await openSession(url)).stream(burst(bytes));
  reader.response.pause();
  return { reader, bytes };
}

async function stalledSse({ url }: BridgeHost, bytes: number): Promise<Reader> {
  const { reader, post } = await openSse(url);
  reader.response.pause();
  await post(burst(bytes));
  return { reader, bytes };
}

/** Reads on, with pauses, and checks every line of the burst byte for byte. */
async function readOn({ reader, bytes }: Reader): Promise<void> {
  const data = 'n'.repeat(bytes);
  reader.response.resume();
  for (let line = 0; line < COUNT; ) {
    const event = await reader.next();
    if (event.data === '') continue;
    const params = `{"level":"info","logger":"${line}","data":"${data}"}`;
    const whole = `{"jsonrpc":"2.0","method":"notifications/message","params":${params}}`;
    if (event.data !== whole) expect(event.data).toBe(whole);
    line++;
    if (line % 200 > 0) continue;
    reader.response.pause();
    setTimeout(() => reader.response.resume(), 5);
  }
  reader.close();
}

const allRead = (host: BridgeHost) => host.bridge.snapshot().servers[0]?.traffic.fromChildren ?? 0;

describe('the memory of events', () => {
  test('is not used again before what is in it has left, whichever stream writes into it', async () => {
    // Less than what waits to be sent: what is on its way is no longer kept for a client that comes back.
    const limits = { ...DEFAULT_SETTINGS.limits, replayBytes: 100_000 };
    await using host = await hostBridge({ limits });
    const opened = [2300, 2600, 2900].flatMap((bytes) => [stalledPost(host, bytes), stalledSse(host, bytes + 150)]);
    const [first, second, ...others] = await Promise.all(opened);
    let before = -1;
    await until('all servers stand still', async () => {
      before = allRead(host);
      await new Promise((resolve) => setTimeout(resolve, 200));
      return before > 0 && allRead(host) === before;
    });
    if (first === undefined || second === undefined) throw new Error('nobody reads');
    await Promise.all([readOn(first), readOn(second)]);
    await Promise.all(others.map(readOn));
    expect(allRead(host)).toBeGreaterThan(before);
  });
});
