import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FIXTURES, fixtureServer } from '../../support/fixture-servers.ts';
import { type Gangway, startGangway } from '../../support/gangway.ts';
import { CLIENT_KINDS } from '../../support/mcp-clients.ts';
import { testFlows } from '../../support/official-flows.ts';

describe.each(FIXTURES)('in front of a %s child', (fixture) => {
  let gangway: Gangway;

  beforeAll(async () => {
    gangway = await startGangway({ servers: [fixtureServer(fixture)], defaultServer: fixture });
  });
  afterAll(() => gangway[Symbol.asyncDispose]());

  describe.each(CLIENT_KINDS)('$label', ({ connect }) => {
    testFlows((who) => connect(gangway.url, who));
  });

  test('fourteen clients, two of each kind, at once see their own answers and secrets alone', async () => {
    await Promise.all(
      [...CLIENT_KINDS, ...CLIENT_KINDS].map(async (kind, index) => {
        const who = `secret ${index}`;
        await using client = await kind.connect(gangway.url, who);
        const seen: number[] = [];
        await client.call('count', { to: 3 }, { onProgress: (progress) => seen.push(progress) });
        expect(seen, kind.label).toEqual([1, 2, 3]);
        for (const round of [1, 2, 3]) {
          expect(await client.call('echo', { text: `${who}/${round}`, afterMs: 10 })).toBe(`${who}/${round}`);
          expect(await client.call('ask_many', { topic: who, count: 1 })).toContain(`${who} on `);
        }
      }),
    );
  });
});
