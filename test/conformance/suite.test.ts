import { describe, test } from 'vitest';
import { type Revision, runConformanceSuite } from '../support/conformance-suite.ts';
import { FIXTURES, fixtureServer } from '../support/fixture-servers.ts';
import { startGangway } from '../support/gangway.ts';
import { postModern } from '../support/modern-request.ts';

const REVISIONS: readonly Revision[] = ['2025-11-25', '2026-07-28'];

/** What a fixture can not do by its nature; each entry is explained in its file. */
const EXPECTED_FAILURES = new Map([['legacy 2026-07-28', new URL('legacy-child-2026-07-28.yml', import.meta.url)]]);

describe.each(FIXTURES)('an endpoint', (fixture) => {
  // Much of a run is waiting: for the time after which a scenario cancels, or for an event that must not come.
  for (const revision of REVISIONS) {
    test.concurrent(`meets revision ${revision} in front of a ${fixture} child`, async ({ expect }) => {
      await using gangway = await startGangway({
        servers: [fixtureServer(fixture, { spare: true })],
        defaultServer: fixture,
      });
      await warmUp(`${gangway.url}/mcp`);
      const expected = EXPECTED_FAILURES.get(`${fixture} ${revision}`);
      const { exitCode, output } = await runConformanceSuite(`${gangway.url}/mcp`, revision, expected);
      expect(exitCode, output).toBe(0);
    });
  }
});

/**
 * One scenario gives a call 600 ms, and a legacy child for a client with elicitation has to be started for it: on a machine
 * that does other things as well, that is a race between the suite and the operating system.
 */
async function warmUp(url: string): Promise<void> {
  const clientInfo = { name: 'conformance-client', version: '1.0.0' };
  await postModern(url, { method: 'server/discover', capabilities: { elicitation: {} }, clientInfo });
}
