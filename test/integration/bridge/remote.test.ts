import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { CreateMessageRequestSchema, ToolListChangedNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { describe, expect, test } from 'vitest';
import { type BridgeHost, hostBridge, remoteSetting } from '../../support/bridge-host.ts';
import { openSession, openSse } from '../../support/raw-mcp.ts';
import { startRemote } from '../../support/remote-origin.ts';
import { until } from '../../support/until.ts';

const fronts = {
  sse: (host: BridgeHost) => new SSEClientTransport(new URL(`${host.url}/sse`)),
  mcp: (host: BridgeHost) => new StreamableHTTPClientTransport(new URL(`${host.url}/mcp`)),
};

async function connected(host: BridgeHost, front: keyof typeof fronts) {
  const client = new Client({ name: 'test', version: '1.0.0' }, { capabilities: { sampling: {} } });
  let changes = 0;
  client.setNotificationHandler(ToolListChangedNotificationSchema, () => void changes++);
  client.setRequestHandler(CreateMessageRequestSchema, ({ params }) => ({
    model: 'test',
    role: 'assistant' as const,
    content: { type: 'text' as const, text: `answer to ${params.maxTokens}` },
  }));
  await client.connect(Object(fronts[front](host)));
  const tool = async (name: string, input: Record<string, unknown> = {}, options = {}) => {
    const { content } = await client.callTool({ name, arguments: input }, undefined, options);
    const [first] = Array.isArray(content) ? content : [];
    return String(first?.text);
  };
  return { client, tool, changes: () => changes, [Symbol.asyncDispose]: () => client.close() };
}

describe.each([
  ['/mcp', 'mcp'],
  ['/mcp', 'sse'],
  ['/sse', 'mcp'],
  ['/sse', 'sse'],
] as const)('a remote at %s behind our %s endpoint', (path, front) => {
  test('lists, calls, reports progress and asks in turn, many times at once', async () => {
    await using far = await hostBridge();
    await using host = await hostBridge({ servers: [remoteSetting({ url: `${far.url}${path}` })] });
    await using mcp = await connected(host, front);
    expect((await mcp.client.listTools()).tools.length).toBeGreaterThan(10);
    const texts = Array.from({ length: 30 }, (_, index) => `no. ${index}`);
    expect(await Promise.all(texts.map((text) => mcp.tool('echo', { text })))).toEqual(texts);
    const heard: number[] = [];
    const onprogress = ({ progress }: { progress: number }) => void heard.push(progress);
    await mcp.tool('progress', { count: 3 }, { onprogress });
    expect(heard).toEqual([1, 2, 3]);
    const params = { params: { maxTokens: 7, messages: [] } };
    expect(JSON.parse(await mcp.tool('ask', params)).content.text).toBe('answer to 7');
  });

  test('a restart of the remote is noticed by its changed lists only, and the call after it is answered', async () => {
    await using far = await hostBridge();
    await using host = await hostBridge({ servers: [remoteSetting({ url: `${far.url}${path}` })] });
    await using mcp = await connected(host, front);
    expect(await mcp.tool('echo', { text: 'before' })).toBe('before');
    await far.bridge.restart('echo');
    expect(await mcp.tool('echo', { text: 'after' })).toBe('after');
    expect(host.bridge.snapshot().servers[0]?.sessions).toHaveLength(1);
  });
});

describe('A remote over Streamable HTTP', () => {
  test('gets the headers of the settings, the session and the revision with every request, and DELETE at the end', async () => {
    await using far = await startRemote();
    const headers = { Authorization: 'Bearer abc-123-secret', 'X-Api-Key': 'key-456' };
    await using host = await hostBridge({ servers: [remoteSetting({ url: far.url, headers })] });
    const session = await openSession(host.url, { revision: '2025-06-18' });
    await session.post({ method: 'notifications/initialized' });
    expect(await session.tool('echo', { text: 'x' })).toBe('{"text":"x"}');
    await session.end();
    await until('the session has ended', () => far.sessions.size === 0);
    expect(far.posted().slice(0, 3)).toEqual(['initialize', 'notifications/initialized', 'tools/call']);
    const later = far.seen.slice(1);
    for (const { headers: sent } of far.seen) {
      expect(sent).toMatchObject({ authorization: 'Bearer abc-123-secret', 'x-api-key': 'key-456' });
      expect(sent['user-agent']).toMatch(/^mcp-gangway\//);
    }
    for (const { headers: sent } of later) {
      expect(sent).toMatchObject({ 'mcp-session-id': 'session-1', 'mcp-protocol-version': '2025-06-18' });
    }
    expect(far.seen[0]?.headers).not.toHaveProperty('mcp-session-id');
    expect(later.some(({ method }) => method === 'DELETE')).toBe(true);
  });

  test('that keeps no sessions and announces nothing is not asked for a GET stream', async () => {
    await using far = await startRemote();
    far.sessionful = false;
    far.hook = ({ message }, response) => {
      if (message?.method !== 'initialize') return false;
      const result = {
        protocolVersion: '2025-06-18',
        capabilities: { tools: {} },
        serverInfo: { name: 'r', version: '1' },
      };
      response.writeHead(200, { 'Content-Type': 'application/json; charset=utf-8' });
      response.end(`\ufeff${JSON.stringify({ jsonrpc: '2.0', id: message.id, result }, null, 2)}`);
      return true;
    };
    await using host = await hostBridge({ servers: [remoteSetting({ url: far.url })] });
    const session = await openSession(host.url);
    await session.post({ method: 'notifications/initialized' });
    expect(await session.tool('echo', { n: 1 })).toBe('{"n":1}');
    expect(far.seen.map(({ method }) => method)).toEqual(['POST', 'POST', 'POST']);
  });

  test('serves a stateless client of 2026-07-28 and one of 2024-11-05 alike', async () => {
    await using far = await hostBridge();
    await using host = await hostBridge({ servers: [remoteSetting({ url: `${far.url}/mcp`, era: 'auto' })] });
    const old = await openSse(host.url);
    await old.call('initialize', {
      protocolVersion: '2024-11-05',
      capabilities: {},
      clientInfo: { name: 'o', version: '1' },
    });
    await old.post({ method: 'notifications/initialized' });
    expect(await old.tool('echo', { text: 'old' })).toBe('old');
    old.close();
    const meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientInfo': { name: 'new', version: '1' },
      'io.modelcontextprotocol/clientCapabilities': {},
    };
    const response = await fetch(`${host.url}/mcp`, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Accept: 'application/json, text/event-stream',
        'MCP-Protocol-Version': '2026-07-28',
        'Mcp-Method': 'tools/call',
        'Mcp-Name': 'echo',
      },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 5,
        method: 'tools/call',
        params: { name: 'echo', arguments: { text: 'new' }, _meta: meta },
      }),
    });
    expect(await response.text()).toContain('new');
  });
});
