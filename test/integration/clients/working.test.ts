import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { describe, expect, it } from 'vitest';
import {
  type DesiredMode,
  type EntryKey,
  nodeProbe,
  type Plan,
  type PlanEnvironment,
} from '../../../app/clients/index.ts';
import { ENVIRONMENT } from '../../support/client-environment.ts';
import { clientHome, NAS } from '../../support/client-home.ts';
import { type Gangway, startGangway } from '../../support/gangway.ts';
import { PYTHON, run } from '../../support/programs.ts';
import { addressOf } from '../../support/tcp.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const FIXTURES = join(import.meta.dirname, '../../fixtures');
const TOKEN = 'Tok-en_1';

/** Loopback that is not 127.0.0.1, which NO_PROXY leaves alone: the next best thing to another machine. */
const NEIGHBOUR = '127.0.0.2';

describe.skipIf(process.platform !== 'linux')(
  'A server that is sent through Gangway (skipped where 127.0.0.2 is no address of this machine)',
  () => {
    it.each([
      ['Node', process.execPath, [join(FIXTURES, 'clients/node-client.ts'), 'fetch']],
      ['Python', PYTHON, ['-c', 'import sys, urllib.request as u; print(u.urlopen(sys.argv[1]).read().decode())']],
    ] as const)('arrives there under its own name, by %s', async (_, command, args) => {
      const origin = createServer((_, response) => response.end('the nas')).listen(0, NEIGHBOUR);
      await once(origin, 'listening');
      await using gangway = await startGangway({ token: TOKEN });
      const url = `http://${NEIGHBOUR}:${addressOf(origin).port}/`;
      const home = clientHome(
        temporaryDirectory(),
        JSON.stringify({ mcpServers: { nas: { command, args: [...args, url], env: { OWN: '1' } } } }),
      );
      const files = home.files({ probes: nodeProbe(process.env, process.platform) });
      const environment = { ...ENVIRONMENT, gateway: { port: gangway.port, token: TOKEN } };
      expect((await asTheClientWould(home.file)).stdout).toContain('the nas');
      expect(served(gangway)).toBe(0);

      const plan = await files.plan('claude-desktop', home.file, NAS, { kind: 'through' }, environment);
      await files.apply(plan);
      expect((await asTheClientWould(home.file)).stdout).toContain('the nas');
      expect(served(gangway)).toBe(1);

      origin.closeAllConnections();
      origin.close();
      await asTheClientWould(home.file);
      expect(gangway.lines).toContainEqual(
        expect.objectContaining({ level: 'error', fields: expect.objectContaining({ client: 'claude-desktop.nas' }) }),
      );
    });
  },
);

describe('A server that Gangway runs', () => {
  it('answers the client at the address its file names now, with the environment it had', async () => {
    const content = {
      mcpServers: {
        nas: { command: process.execPath, args: [join(FIXTURES, 'echo-server.mjs')], env: { SECRET: 's3' } },
      },
    };
    const home = clientHome(temporaryDirectory(), JSON.stringify(content), '.cursor/mcp.json');
    const files = home.files();
    const desired: DesiredMode = { kind: 'run', by: 'address' };
    // The port is known only once it is bound; the servers are given to it then, as the app does.
    const moved = changeOf(await files.plan('cursor', home.file, NAS, desired, ENVIRONMENT));
    await using gangway = await startGangway({ token: TOKEN, servers: moved.server === null ? [] : [moved.server] });
    const environment: PlanEnvironment = { ...ENVIRONMENT, gateway: { port: gangway.port, token: TOKEN } };
    await files.apply(await files.plan('cursor', home.file, NAS, desired, environment));

    const entry = entryIn(home.file, NAS);
    const transport = new StreamableHTTPClientTransport(new URL(String(entry['url'])), {
      requestInit: { headers: headersOf(entry['headers']) },
    });
    const client = new Client({ name: 'test', version: '1' });
    await client.connect(transport);
    const answer = await client.callTool({ name: 'secret', arguments: {} });
    expect(answer.content).toEqual([{ type: 'text', text: 's3' }]);
    await client.close();
  });
});

function changeOf(plan: Plan): Plan & { kind: 'change' } {
  if (plan.kind !== 'change') throw new Error(JSON.stringify(plan));
  return plan;
}

/** How many requests and tunnels have come through so far. */
function served({ engine }: Gangway): number {
  const { requests, tunnels } = engine.snapshot().totals;
  return requests + tunnels;
}

async function asTheClientWould(file: string) {
  const { command, args, env } = entryIn(file, NAS);
  return run(String(command), Array.isArray(args) ? args.map(String) : [], headersOf(env));
}

function entryIn(file: string, { name }: EntryKey): Readonly<Record<string, unknown>> {
  const { mcpServers } = JSON.parse(readFileSync(file, 'utf8'));
  return mcpServers[name];
}

function headersOf(value: unknown): Record<string, string> {
  return Object.fromEntries(Object.entries(value ?? {}).map(([key, text]) => [key, String(text)]));
}
