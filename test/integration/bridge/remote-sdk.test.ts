import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createRequire } from 'node:module';
import { buffer } from 'node:stream/consumers';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { createMcpHandler } from '@modelcontextprotocol/server';
import { describe, expect, onTestFinished, test } from 'vitest';
import { catalogueServer } from '../../fixtures/servers/serve-both-eras.ts';
import { hostBridge, remoteSetting } from '../../support/bridge-host.ts';
import { modernAnswer } from '../../support/modern-request.ts';
import { signingIn } from '../../support/signing-in.ts';
import { addressOf, freePort } from '../../support/tcp.ts';
import { startTlsOrigin } from '../../support/tls-origin.ts';
import { until } from '../../support/until.ts';

const example = createRequire(import.meta.url).resolve(
  '@modelcontextprotocol/sdk/examples/server/simpleStreamableHttp.js',
);

/** Version 1's example of a server with sessions and event ids, which has tokens of its own authorization server only. Returns its URL. */
async function startExample(): Promise<string> {
  const [port, authorization] = [await freePort(), await freePort()];
  const child = spawn(process.execPath, [example, '--oauth', '--oauth-strict'], {
    env: { ...process.env, MCP_PORT: String(port), MCP_AUTH_PORT: String(authorization) },
    stdio: 'ignore',
  });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
  const answers = (url: string) =>
    fetch(url).then(
      ({ status }) => status > 0,
      () => false,
    );
  const known = '/.well-known/oauth-authorization-server';
  await until('the example listens', async () => {
    return (await answers(`http://localhost:${port}`)) && (await answers(`http://localhost:${authorization}${known}`));
  });
  return `http://localhost:${port}/mcp`;
}

/** A server of version 2 for requests of 2026-07-28, and for those of sessions where it does not reject them. */
function served(legacy: 'stateless' | 'reject'): RequestListener {
  const handler = createMcpHandler(() => catalogueServer('version-2'), { legacy });
  onTestFinished(() => handler.close());
  return async (request, response) => {
    const { method = 'GET', url = '/', headers } = request;
    const init = method === 'POST' ? { body: await buffer(request) } : {};
    const fields = Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]);
    const answer = await handler.fetch(new Request(`http://localhost${url}`, { method, headers: fields, ...init }));
    response.writeHead(answer.status, [...answer.headers].flat());
    for await (const piece of answer.body ?? []) response.write(piece);
    response.end();
  };
}

const ECHO = { method: 'tools/call', params: { name: 'echo', arguments: { text: 'hello' } } };

/** A client with a session, in front of one of our endpoints. */
async function connected(url: string) {
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(Object(new StreamableHTTPClientTransport(new URL(`${url}/mcp`))));
  onTestFinished(() => client.close());
  const call = async (name: string, args: Record<string, unknown>) =>
    Object(Object(await client.callTool({ name, arguments: args })).content)[0]?.text;
  return { call, names: async () => (await client.listTools()).tools.map(({ name }) => name) };
}

/** Calls a tool of a server of version 2 through us, as a client with a session and as one without. */
async function echoes(url: string, tls: { readonly fingerprint: string } | null = null): Promise<unknown> {
  const setting = remoteSetting({ url, era: 'auto', ...(tls === null ? {} : { tls }) });
  const host = await hostBridge({ servers: [setting] });
  onTestFinished(() => host[Symbol.asyncDispose]());
  const { call, names } = await connected(host.url);
  const modern = await modernAnswer(host.url, ECHO);
  return [(await names()).includes('echo'), await call('echo', { text: 'hello' }), modern.result?.content?.[0]?.text];
}

test('The example server of version 1 of the SDK is signed in to at its own authorization server, and used', async () => {
  const gangway = await signingIn([{ url: await startExample() }]);
  expect(await gangway.call()).toContain('mcp-gangway login remote');
  expect(await gangway.signIn()).toMatchObject({ state: 'signed-in' });
  const { call, names } = await connected(`${gangway.url}/servers/remote`);
  expect(await names()).toContain('greet');
  expect(await call('greet', { name: 'Ada' })).toBe('Hello, Ada!');
});

describe('A server of version 2 of the SDK', () => {
  test.each(['stateless', 'reject'] as const)(
    'serves a client with a session and one without (requests of older revisions: %s)',
    async (legacy) => {
      const far = createServer(served(legacy)).listen(0, '127.0.0.1');
      onTestFinished(() => void far.close().closeAllConnections());
      await once(far, 'listening');
      expect(await echoes(`http://127.0.0.1:${addressOf(far).port}/mcp`)).toEqual([true, 'hello', 'hello']);
    },
  );

  test('serves both over TLS with a certificate of its own that is trusted', async () => {
    await using far = await startTlsOrigin(served('reject'));
    const fingerprint = far.fingerprint.replaceAll(':', '').toLowerCase();
    expect(await echoes(`https://localhost:${far.port}/mcp`, { fingerprint })).toEqual([true, 'hello', 'hello']);
  });
});
