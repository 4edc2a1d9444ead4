import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDialer } from '../../../app/dial/index.ts';
import { textIn } from '../../../app/i18n/index.ts';
import { tryServer } from '../../../app/servers/index.ts';
import { hostBridge, remoteSetting } from '../../support/bridge-host.ts';
import { startCli } from '../../support/cli-process.ts';
import { rememberingLog } from '../../support/quiet-log.ts';
import { openSession, refusalAt } from '../../support/raw-mcp.ts';
import { answerAll, startRemote } from '../../support/remote-origin.ts';
import { freePort, startOrigin } from '../../support/tcp.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { startTlsOrigin } from '../../support/tls-origin.ts';
import { until } from '../../support/until.ts';

const everything = join(
  dirname(createRequire(import.meta.url).resolve('@modelcontextprotocol/server-everything/package.json')),
  'dist/index.js',
);

/** The official example server over HTTP. */
async function startEverything(mode: 'streamableHttp' | 'sse') {
  const port = await freePort();
  const child = spawn(process.execPath, [everything, mode], {
    env: { ...process.env, PORT: String(port) },
    stdio: 'ignore',
  });
  const path = mode === 'sse' ? '/sse' : '/mcp';
  await until('the example server listens', async () => {
    try {
      await (await fetch(`http://127.0.0.1:${port}/none`)).text();
      return true;
    } catch {
      return false;
    }
  });
  return {
    url: `http://127.0.0.1:${port}${path}`,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

describe.each(['streamableHttp', 'sse'] as const)('server-everything in its mode %s', (mode) => {
  let far: Awaited<ReturnType<typeof startEverything>>;

  beforeAll(async () => {
    far = await startEverything(mode);
  });

  afterAll(() => far[Symbol.asyncDispose]());

  test('serves the official client through us: tools, prompts, resources and progress', async () => {
    await using host = await hostBridge({ servers: [remoteSetting({ url: far.url })] });
    const client = new Client({ name: 'test', version: '1' });
    await client.connect(Object(new StreamableHTTPClientTransport(new URL(`${host.url}/mcp`))));
    const tools = (await client.listTools()).tools.map(({ name }) => name);
    expect(tools).toContain('echo');
    const { content } = await client.callTool({ name: 'echo', arguments: { message: 'hello' } });
    expect(JSON.stringify(content)).toContain('hello');
    expect((await client.listPrompts()).prompts.length).toBeGreaterThan(0);
    const heard: number[] = [];
    const onprogress = ({ progress }: { progress: number }) => void heard.push(progress);
    await client.callTool(
      { name: 'trigger-long-running-operation', arguments: { duration: 0.3, steps: 3 } },
      undefined,
      { onprogress },
    );
    expect(heard.length).toBeGreaterThan(0);
    await client.close();
  });

  test('is tried as a program is: greeted, and asked for its tools', async () => {
    const { log } = rememberingLog();
    const options = { log, text: () => textIn('en'), searchPath: () => null };
    const result = await tryServer(remoteSetting({ url: far.url }), options);
    expect(result.kind === 'works' ? result.tools.map(({ name }) => name) : result).toContain('echo');
    const gone = await tryServer(remoteSetting({ url: `${far.url}/nothing/here` }), options);
    expect(gone).toMatchObject({
      kind: 'fails',
      sentence: { en: expect.stringContaining('cannot be used: it answered 404') },
    });
  });
});

describe('A remote over TLS', () => {
  test('whose authority is not known is sent nothing, and is told of with its reason', async () => {
    let requests = 0;
    await using far = await startTlsOrigin((_, response) => {
      requests++;
      response.end();
    });
    const headers = { Authorization: 'Bearer secret-token-1' };
    await using host = await hostBridge({
      servers: [remoteSetting({ url: `https://localhost:${far.port}/mcp`, headers })],
    });
    expect(await refusalAt(host.url)).toMatch(
      /certificate is not trusted.*DEPTH_ZERO_SELF_SIGNED_CERT.*NODE_EXTRA_CA_CERTS/,
    );
    expect(requests).toBe(0);
  });

  test('whose authority NODE_EXTRA_CA_CERTS names is served', async () => {
    await using far = await startTlsOrigin(answerAll);
    const home = temporaryDirectory();
    const config = join(home, 'servers.json');
    writeFileSync(config, JSON.stringify({ mcpServers: { far: { url: `https://localhost:${far.port}/mcp` } } }));
    // The variable is read when a process starts.
    const env = { HOME: home, NODE_EXTRA_CA_CERTS: far.certificate };
    const { url } = await startCli(['--config', config], { env });
    const session = await openSession(`${url}/servers/far`);
    await session.post({ method: 'notifications/initialized' });
    expect(await session.tool('echo', { n: 1 })).toBe('{"n":1}');
  });
});

describe('A remote server', () => {
  test('whose URL leads back to us is refused', async () => {
    let own = 0;
    const dialer = createDialer({ upstream: null, noProxy: '', ownPorts: new Set([own]) });
    await using host = await hostBridge({}, { dialer });
    own = host.port;
    host.bridge.apply({ ...host.settings, servers: [remoteSetting({ name: 'echo', url: `${host.url}/mcp` })] });
    expect(await refusalAt(`${host.url}/servers/echo`)).toContain('its URL leads back to MCP Gangway itself');
  });

  test('whose URL leads back to us through another port is refused, and is not asked again and again', async () => {
    const dialer = createDialer({ upstream: null, noProxy: '', ownPorts: new Set() });
    await using host = await hostBridge({}, { dialer });
    let connections = 0;
    await using forward = await startOrigin((socket) => {
      connections++;
      const onward = connect(host.port, '127.0.0.1');
      onward.on('error', () => socket.destroy());
      socket.pipe(onward).pipe(socket);
    });
    const url = `http://${forward.authority}/servers/echo/mcp`;
    host.bridge.apply({ ...host.settings, servers: [remoteSetting({ name: 'echo', url })] });
    expect(await refusalAt(`${host.url}/servers/echo`)).toContain('its URL leads back to MCP Gangway itself');
    expect(connections).toBeLessThan(5);
  });

  test('that wants the messages of 2024-11-05 posted to another origin is refused, and nothing is sent there', async () => {
    await using other = await startRemote();
    await using far = await startRemote('/sse');
    far.hook = (_, response) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      response.write(`event: endpoint\ndata: ${other.url}\n\n`);
      return true;
    };
    await using host = await hostBridge({ servers: [remoteSetting({ url: far.url })] });
    expect(await refusalAt(host.url)).toContain(`it wants messages posted to http://127.0.0.1:${other.port}`);
    expect(other.seen).toEqual([]);
  });

  test('is sent 128 requests at one time, and the rest as those are answered', async () => {
    await using far = await startRemote();
    await using host = await hostBridge({ servers: [remoteSetting({ url: far.url })] });
    const session = await openSession(host.url);
    await session.post({ method: 'notifications/initialized' });
    const waiting: (() => void)[] = [];
    far.hook = ({ message }) => {
      if (message?.method !== 'tools/call') return false;
      return new Promise((resolve) => waiting.push(() => resolve(false)));
    };
    const calls = Array.from({ length: 200 }, (_, n) => session.tool('echo', { n }));
    await until('as many are under way as may be', () => waiting.length === 128);
    far.hook = () => false;
    for (const go of waiting) go();
    expect(await Promise.all(calls)).toEqual(Array.from({ length: 200 }, (_, n) => `{"n":${n}}`));
  });

  test('has its headers and the query of its URL kept out of status, readiness and log', async () => {
    await using far = await startRemote();
    far.hook = (_, response) => {
      response.writeHead(403).end('no');
      return true;
    };
    const headers = { Authorization: 'Bearer very-secret-1', Cookie: 'sid=very-secret-2' };
    await using host = await hostBridge({ servers: [remoteSetting({ url: `${far.url}?key=very-secret-3`, headers })] });
    expect(await refusalAt(host.url)).toContain('does not allow this (403)');
    const shown = JSON.stringify([host.bridge.snapshot(), host.bridge.readiness(), host.log]);
    expect(shown).toContain('does not allow this (403)');
    expect(shown).not.toContain('very-secret');
  });
});
