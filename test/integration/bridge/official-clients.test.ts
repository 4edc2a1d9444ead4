import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FIXTURES, fixtureServer } from '../../support/fixture-servers.ts';
import { type Gangway, startGangway } from '../../support/gangway.ts';
import { CLIENT_KINDS, type ClientKind, type TestClient } from '../../support/mcp-clients.ts';
import { testFlows } from '../../support/official-flows.ts';

/** What the client of a kind answers questions with. */
const whoOf = (kind: ClientKind): string => `Ada-${CLIENT_KINDS.indexOf(kind)}`;

/** What a client gets beside others that ask for the same at the same time. */
async function expectOwn(client: TestClient, who: string): Promise<void> {
  const seen: number[] = [];
  await client.call('count', { to: 3 }, { onProgress: (progress) => seen.push(progress) });
  expect(seen, who).toEqual([1, 2, 3]);
  for (const round of [1, 2, 3]) {
    expect(await client.call('echo', { text: `${who}/${round}`, afterMs: 10 })).toBe(`${who}/${round}`);
    expect(await client.call('ask_many', { topic: who, count: 1 })).toContain(`${who} on `);
  }
}

describe.each(FIXTURES)('in front of a %s child', (fixture) => {
  let gangway: Gangway;
  /** One of each kind: it goes through all flows, and is then one of all at once. Most of them have a process of their own. */
  const clients = new Map<ClientKind, Promise<TestClient>>();

  function clientOf(kind: ClientKind): Promise<TestClient> {
    const client = clients.get(kind) ?? kind.connect(gangway.url, whoOf(kind));
    clients.set(kind, client);
    return client;
  }

  beforeAll(async () => {
    gangway = await startGangway({ servers: [fixtureServer(fixture)], defaultServer: fixture });
  });
  afterAll(async () => {
    for (const client of clients.values()) await (await client)[Symbol.asyncDispose]();
    await gangway[Symbol.asyncDispose]();
  });

  describe.each(CLIENT_KINDS)('$label', (kind) => {
    testFlows(() => clientOf(kind), { who: whoOf(kind), isLent: true });
  });

  test('twenty clients, two or three of each kind, at once see their own answers and secrets alone', async () => {
    await Promise.all([
      ...CLIENT_KINDS.map(async (kind) => expectOwn(await clientOf(kind), whoOf(kind))),
      ...[...CLIENT_KINDS, ...CLIENT_KINDS].slice(0, 20 - CLIENT_KINDS.length).map(async (kind, index) => {
        const who = `secret ${index}`;
        await using client = await kind.connect(gangway.url, who);
        await expectOwn(client, who);
      }),
    ]);
  });
});
