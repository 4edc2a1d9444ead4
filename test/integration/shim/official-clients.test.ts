import { afterAll, beforeAll, describe, inject } from 'vitest';
import { FIXTURES, fixtureServer } from '../../support/fixture-servers.ts';
import { type Gangway, startGangway } from '../../support/gangway.ts';
import { STDIO_CLIENT_KINDS } from '../../support/mcp-clients.ts';
import { testFlows } from '../../support/official-flows.ts';
import { shimProgram } from '../../support/shim-program.ts';

describe.each(FIXTURES)('through mcp-gangway connect, in front of a %s child', (fixture) => {
  let gangway: Gangway;

  beforeAll(async () => {
    gangway = await startGangway({ servers: [fixtureServer(fixture)], defaultServer: null });
  });
  afterAll(() => gangway[Symbol.asyncDispose]());

  describe.each(STDIO_CLIENT_KINDS)('$label', ({ connect }) => {
    testFlows((who) => connect(shimProgram(inject('cli'), gangway.port, fixture), who));
  });
});
