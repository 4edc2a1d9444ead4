import { describe, expect, inject, test } from 'vitest';
import { FIXTURES, fixtureServer } from '../../support/fixture-servers.ts';
import { startGangway } from '../../support/gangway.ts';
import { STDIO_CLIENT_KINDS } from '../../support/mcp-clients.ts';
import { shimProgram } from '../../support/shim-program.ts';
import { freePort } from '../../support/tcp.ts';
import { until } from '../../support/until.ts';

describe.each(FIXTURES)('in front of a %s child', (fixture) => {
  test.each(STDIO_CLIENT_KINDS)('$label lives through a restart of the gateway', async ({ connect }) => {
    const servers = [fixtureServer(fixture)];
    const port = await freePort();
    const first = await startGangway({ servers, port });
    await using client = await connect(shimProgram(inject('cli'), port, fixture), 'Ada');
    expect(await client.call('echo', { text: 'before' })).toBe('before');
    const open = client.call('wait');
    const lost = expect(open).rejects.toThrow(/broke before the answer|was closed/);
    await until('the call is open', () => first.engine.snapshot().bridge.servers[0]?.sessions[0]?.calls === 1);
    await first.engine.stop();
    await lost;
    await using second = await startGangway({ servers, port });
    expect(await client.call('echo', { text: 'after' })).toBe('after');
    expect(await client.call('ask_many', { topic: 'tea', count: 1 })).toBe('{"reply":"Ada on tea 0"}');
    expect(second.engine.snapshot().bridge.sessionsOpened).toBe(1);
  });
});
