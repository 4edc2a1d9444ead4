import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import {
  CreateMessageRequestSchema,
  LoggingMessageNotificationSchema,
  ToolListChangedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { describe, expect, test } from 'vitest';
import { type BridgeHost, hostBridge } from '../../support/bridge-host.ts';
import { isAlive, until, untilGone } from '../../support/until.ts';

const transports = {
  sse: (host: BridgeHost) => new SSEClientTransport(new URL(`${host.url}/sse`)),
  streamable: (host: BridgeHost) => new StreamableHTTPClientTransport(new URL(`${host.url}/mcp`)),
};

async function connected(host: BridgeHost, kind: keyof typeof transports) {
  const client = new Client({ name: 'test', version: '1.0.0' }, { capabilities: { sampling: {} } });
  const logs: unknown[] = [];
  let changes = 0;
  client.setNotificationHandler(
    LoggingMessageNotificationSchema,
    ({ params }) => void logs.push(Number(params.logger)),
  );
  client.setNotificationHandler(ToolListChangedNotificationSchema, () => void changes++);
  client.setRequestHandler(CreateMessageRequestSchema, ({ params }) => ({
    model: 'test',
    role: 'assistant' as const,
    content: { type: 'text' as const, text: `answer to ${params.maxTokens}` },
  }));
  const transport = transports[kind](host);
  await client.connect(transport);
  const tool = async (name: string, input: Record<string, unknown> = {}, options = {}) => {
    const { content } = await client.callTool({ name, arguments: input }, undefined, options);
    const [first] = Array.isArray(content) ? content : [];
    return String(first?.text);
  };
  return { client, transport, tool, logs, changes: () => changes };
}

describe.each(['sse', 'streamable'] as const)('the official v1 client over %s', (kind) => {
  test('lists, calls, and is asked in turn, many times at once', async () => {
    await using host = await hostBridge();
    const { client, tool } = await connected(host, kind);
    expect((await client.listTools()).tools.length).toBeGreaterThan(10);
    const echoes = await Promise.all(Array.from({ length: 30 }, (_, index) => tool('echo', { text: `no. ${index}` })));
    expect(echoes).toEqual(Array.from({ length: 30 }, (_, index) => `no. ${index}`));
    const params = (maxTokens: number) => ({ params: { maxTokens, messages: [] } });
    const answers = await Promise.all([1, 2, 3, 4].map((maxTokens) => tool('ask', params(maxTokens))));
    expect(answers.map((answer) => JSON.parse(answer).content.text)).toEqual([1, 2, 3, 4].map((n) => `answer to ${n}`));
    await client.close();
  });

  test('hears of all progress, in order', async () => {
    await using host = await hostBridge();
    const { client, tool } = await connected(host, kind);
    for (let round = 0; round < 20; round++) {
      const heard: number[] = [];
      const onprogress = ({ progress }: { progress: number }) => void heard.push(progress);
      await tool('progress', { count: 3 }, { onprogress });
      expect(heard).toEqual([1, 2, 3]);
    }
    await client.close();
  });

  test('gets all logs in order, and changes', async () => {
    await using host = await hostBridge();
    const { client, tool, logs, changes } = await connected(host, kind);
    await tool('burst', { count: 2000, bytes: 50 });
    await until('all logs are here', () => logs.length === 2000);
    expect(logs).toEqual(Array.from({ length: 2000 }, (_, index) => index));
    await tool('change');
    await until('the change is here', () => changes() === 1);
    await client.close();
  });

  test('learns why its server died, and can start afresh', async () => {
    await using host = await hostBridge();
    const { client, tool } = await connected(host, kind);
    await expect(tool('die', { code: 5, stderr: 'out of memory' })).rejects.toThrow('ended with exit code 5');
    await client.close();
    const again = await connected(host, kind);
    expect(await again.tool('echo', { text: 'fresh' })).toBe('fresh');
    await again.client.close();
  });

  test('leaves no child behind', async () => {
    await using host = await hostBridge({}, { times: { grace: 50, tick: 10 } });
    const { client, transport, tool } = await connected(host, kind);
    const pid = Number(await tool('pid'));
    expect(isAlive(pid)).toBe(true);
    if (transport instanceof StreamableHTTPClientTransport) await transport.terminateSession();
    await client.close();
    await untilGone(pid);
    expect(isAlive(pid)).toBe(false);
  });
});

test('the official v1 client resumes a call whose stream broke', async () => {
  await using host = await hostBridge({}, { times: { decide: 0 } });
  const { client, transport, tool } = await connected(host, 'streamable');
  const tokens: string[] = [];
  const answer = tool(
    'wait',
    { milliseconds: 1500 },
    { onresumptiontoken: (token: string) => void tokens.push(token) },
  );
  await until('the stream is open', () => tokens.length > 0);
  host.breakConnections();
  expect(await answer).toBe('waited');
  await transport.close();
  await client.close();
});
