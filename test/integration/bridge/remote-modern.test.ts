import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { describe, expect, test } from 'vitest';
import { hostBridge, remoteSetting } from '../../support/bridge-host.ts';
import { fixtureServer } from '../../support/fixture-servers.ts';
import { postModern } from '../../support/modern-request.ts';

describe('A remote whose server knows 2026-07-28 only', () => {
  test('serves a stateless client, and one with a session, by stateless requests', async () => {
    await using far = await hostBridge({ servers: [fixtureServer('modern')] });
    await using host = await hostBridge({ servers: [remoteSetting({ url: `${far.url}/mcp`, era: 'modern' })] });
    const listed = await postModern(`${host.url}/mcp`, { method: 'tools/list' });
    expect(await listed.text()).toContain('"tools":[');
    const client = new Client({ name: 'test', version: '1' });
    await client.connect(Object(new StreamableHTTPClientTransport(new URL(`${host.url}/mcp`))));
    expect((await client.listTools()).tools.length).toBeGreaterThan(0);
    await client.close();
  });
});
