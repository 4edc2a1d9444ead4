import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type BridgeHost, hostBridge, remoteSetting } from '../../support/bridge-host.ts';
import { fixtureServer } from '../../support/fixture-servers.ts';
import { type Gangway, startGangway } from '../../support/gangway.ts';
import { STDIO_CLIENT_KINDS } from '../../support/mcp-clients.ts';
import { progressOf } from '../../support/official-flows.ts';
import { type RemoteOrigin, startRemote } from '../../support/remote-origin.ts';
import { shimProgram } from '../../support/shim-program.ts';

describe('mcp-gangway connect in front of a remote server', () => {
  let far: BridgeHost;
  let gangway: Gangway;

  beforeAll(async () => {
    far = await hostBridge({
      servers: [fixtureServer('legacy', { era: 'legacy' }), fixtureServer('modern', { era: 'modern' })],
    });
    gangway = await startGangway({
      servers: [
        remoteSetting({ name: 'legacy', url: `${far.url}/servers/legacy/mcp`, era: 'auto' }),
        remoteSetting({ name: 'old', url: `${far.url}/servers/legacy/sse`, era: 'auto' }),
        remoteSetting({ name: 'modern', url: `${far.url}/servers/modern/mcp`, era: 'auto' }),
      ],
    });
  });

  afterAll(async () => {
    await gangway[Symbol.asyncDispose]();
    await far[Symbol.asyncDispose]();
  });

  for (const { label, connect } of STDIO_CLIENT_KINDS) {
    test.each(['legacy', 'old', 'modern'])(
      `serves ${label}, where the remote is %s: calls, progress and questions`,
      async (name) => {
        await using client = await connect(shimProgram(inject('cli'), gangway.port, name), 'Ada');
        expect(await client.listTools()).toContain('echo');
        expect(await client.call('echo', { text: 'hello' })).toBe('hello');
        expect(await progressOf(client, 3)).toEqual([1, 2, 3]);
        expect(await client.call('test_sampling', { prompt: 'hi' })).toContain('sampled by Ada');
      },
    );
  }

  test.each<[string, RemoteOrigin['hook']]>([
    ['says nothing', () => new Promise(() => undefined)],
    [
      'waits for a sign-in',
      (_, response) => {
        response.writeHead(401, { 'WWW-Authenticate': 'Bearer' }).end();
        return true;
      },
    ],
  ])('ends at the end of its input although the remote %s', async (_, hook) => {
    await using far = await startRemote();
    far.hook = hook;
    await using own = await startGangway({ servers: [remoteSetting({ url: far.url })] });
    const { command, args, env } = shimProgram(inject('cli'), own.port, 'remote');
    const shim = spawn(command, [...args, '--drain', '0'], { env, stdio: ['pipe', 'ignore', 'ignore'] });
    shim.stdin.end(
      '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{}}}\n',
    );
    expect(await once(shim, 'exit')).toEqual([0, null]);
  });
});
