import { describe, test } from 'vitest';
import { type Revision, runConformanceSuite } from '../support/conformance-suite.ts';
import { fixtureServer } from '../support/fixture-servers.ts';
import { startGangway } from '../support/gangway.ts';
import { postModern } from '../support/modern-request.ts';

/** Servers that share an address are spoken to by sessions, so that it can do what an endpoint in front of a legacy server can. */
const RUNS: readonly (readonly [revision: Revision, expectedFailures?: URL])[] = [
  ['2025-11-25'],
  ['2026-07-28', new URL('legacy-child-2026-07-28.yml', import.meta.url)],
];

describe('an address that servers share, with one server under an empty alias behind it,', () => {
  for (const [revision, expected] of RUNS) {
    test.concurrent(`meets revision ${revision}`, async ({ expect }) => {
      await using gangway = await startGangway({ servers: [fixtureServer('legacy', { alias: '', spare: true })] });
      const url = `${gangway.url}/all/mcp`;
      // As in suite.test.ts: one scenario gives the first call of such a client 600 ms, its server included.
      const clientInfo = { name: 'conformance-client', version: '1.0.0' };
      const params = { name: 'test_simple_text', arguments: {} };
      await postModern(url, { method: 'tools/call', params, capabilities: { elicitation: {} }, clientInfo });
      const { exitCode, output } = await runConformanceSuite(url, revision, expected);
      expect(exitCode, output).toBe(0);
    });
  }
});
