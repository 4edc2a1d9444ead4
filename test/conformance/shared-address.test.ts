import { afterAll, beforeAll, describe, test } from 'vitest';
import { type Revision, runConformanceSuite } from '../support/conformance-suite.ts';
import { fixtureServer } from '../support/fixture-servers.ts';
import { type Gangway, startGangway } from '../support/gangway.ts';
import { postModern } from '../support/modern-request.ts';

const REVISIONS: readonly Revision[] = ['2025-11-25', '2026-07-28'];

/** The server of the gateway that a run is for, by the set that holds nothing else. */
const RUNS: readonly (readonly [server: 'plain' | 'prefixed', title: string])[] = [
  ['plain', 'under an empty alias meets'],
  ['prefixed', 'under its name does all that names no tool or prompt in'],
];

describe('an address that servers share', () => {
  let gangway: Gangway;

  beforeAll(async () => {
    gangway = await startGangway({
      servers: [
        { ...fixtureServer('dual', { alias: '', spare: true }), name: 'plain' },
        { ...fixtureServer('dual', { spare: true }), name: 'prefixed' },
      ],
      sets: RUNS.map(([server]) => ({ name: server, servers: { [server]: {} } })),
    });
    // As in suite.test.ts: one scenario gives the first call of such a client 600 ms, its server included.
    const clientInfo = { name: 'conformance-client', version: '1.0.0' };
    await postModern(`${gangway.url}/set/plain/all/mcp`, {
      method: 'tools/call',
      params: { name: 'test_simple_text', arguments: {} },
      capabilities: { elicitation: {} },
      clientInfo,
    });
  });
  afterAll(() => gangway[Symbol.asyncDispose]());

  // One server after the other: much of a run is waiting, but four at once would be too much for a small machine.
  describe.each(RUNS)('in front of the %s server', (server, title) => {
    for (const revision of REVISIONS) {
      test.concurrent(`${title} revision ${revision}`, async ({ expect }) => {
        const named = server === 'plain' ? undefined : new URL(`names-tools-${revision}.yml`, import.meta.url);
        const { exitCode, output } = await runConformanceSuite(`${gangway.url}/set/${server}/all/mcp`, revision, named);
        expect(exitCode, output).toBe(0);
      });
    }
  });
});
