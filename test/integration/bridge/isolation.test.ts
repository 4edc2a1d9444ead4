import { describe, expect, test } from 'vitest';
import { hostBridge, serverSetting } from '../../support/bridge-host.ts';
import { openSession, openSse, type SessionClient, type SseClient } from '../../support/raw-mcp.ts';

type Client = Pick<SseClient | SessionClient, 'tool'>;

describe('between sessions', () => {
  test('twenty clients with the same ids at once see their own answers and secrets alone', async () => {
    await using host = await hostBridge({ servers: [serverSetting({ spare: true })] });
    const open = (index: number): Promise<Client> => (index % 2 === 0 ? openSse(host.url) : openSession(host.url));
    const clients = await Promise.all(Array.from({ length: 20 }, (_, index) => open(index)));
    const pids = await Promise.all(
      clients.map(async (client, index) => {
        await client.tool('store', { value: `secret of ${index}` });
        for (let round = 0; round < 10; round++) {
          expect(await client.tool('echo', { text: `${index}/${round}` })).toBe(`${index}/${round}`);
        }
        expect(await client.tool('stored')).toBe(`secret of ${index}`);
        return client.tool('pid');
      }),
    );
    expect(new Set(pids).size).toBe(20);
  });

  test("notifications and questions of one session's server reach no other", async () => {
    await using host = await hostBridge();
    const [a, b] = [await openSession(host.url), await openSession(host.url)];
    const [watchingA, watchingB] = [await a.get(), await b.get()];
    const sse = await openSse(host.url);
    await a.tool('burst', { count: 20 });
    await a.tool('change');
    const asking = await a.stream({ id: 500, method: 'tools/call', params: { name: 'ask' } });
    await asking.nextMessage();
    expect((await watchingA.nextMessage()).method).toBe('notifications/tools/list_changed');
    await b.tool('change');
    expect((await watchingB.nextMessage()).method).toBe('notifications/tools/list_changed');
    // Whatever had come to the other client by mistake would stand before this answer.
    await sse.post({ id: 1, method: 'ping' });
    expect(await sse.reader.nextMessage()).toMatchObject({ id: 1, result: {} });
    for (const { close } of [watchingA, watchingB].map((reader) => ({ close: () => reader.close() }))) close();
    asking.close();
    sse.close();
  });

  test("an answer posted in one session does not reach another session's server", async () => {
    await using host = await hostBridge();
    const [a, b] = [await openSession(host.url), await openSession(host.url)];
    const asking = await a.stream({ id: 500, method: 'tools/call', params: { name: 'ask' } });
    const question = await asking.nextMessage();
    await b.post({ id: question.id, result: { forged: true } });
    await a.post({ id: question.id, result: { forged: false } });
    const answer = await asking.nextMessage();
    expect(answer.result?.content?.[0]?.text).toBe('{"forged":false}');
  });
});
