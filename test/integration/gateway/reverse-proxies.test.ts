import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { Readable } from 'node:stream';
import { connect } from 'node:tls';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { ECHO_SERVER, serverSetting } from '../../support/bridge-host.ts';
import { startGangway } from '../../support/gangway.ts';
import { begin, type EventReader, events, send } from '../../support/http-client.ts';
import { LineClient, onPort } from '../../support/line-client.ts';
import { COMPILED } from '../../support/programs.ts';
import { REVERSE_PROXIES, type ReverseProxies, SITE, startReverseProxies } from '../../support/reverse-proxies.ts';
import { freePort, startOrigin } from '../../support/tcp.ts';
import { until, within } from '../../support/until.ts';

const TOKEN = 'a-token-of-some-length';
const BEARER = { authorization: `Bearer ${TOKEN}` };
const JSON_TYPE = { 'content-type': 'application/json' };
const MEBIBYTE = 1024 * 1024;
const NAMES = REVERSE_PROXIES.filter(({ isHere }) => isHere).map(({ kind }) => kind.name);
const noNginx = NAMES.includes('nginx') ? '' : ' (skipped: there is no nginx here)';
const noProxy = NAMES.length > 0 ? '' : ' (skipped: there is none here)';

let gateway: ChildProcess;
let said = '';
let port: number;
let proxies: ReverseProxies;

beforeAll(async () => {
  port = await freePort();
  const options = ['-p', String(port), '--allow-host', SITE, '--drain', '60', '--no-spare'];
  const args = [...options, '--sse', process.execPath, ECHO_SERVER];
  const { PATH, HOME } = process.env;
  gateway = spawn(process.execPath, [inject('cli'), ...args], {
    env: { PATH, HOME, ...COMPILED, MCP_GANGWAY_TOKEN: TOKEN },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  gateway.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  await until('the gateway listens', () => said.includes('listening on'));
  proxies = await startReverseProxies(port, TOKEN);
});

afterAll(async () => {
  await proxies[Symbol.asyncDispose]();
  if (gateway.exitCode === null) gateway.kill('SIGKILL');
});

function portOf(name: string): number {
  const found = proxies.running.find((proxy) => proxy.name === name);
  if (found === undefined) throw new Error(`${name} does not run`);
  return found.port;
}

/** `fetch` to SITE over TLS, on the port where this reverse proxy has it. */
function fetchBy(name: string): typeof fetch {
  return async (input, { method = 'GET', headers = {}, body, signal } = {}) => {
    const { pathname, search } = new URL(input instanceof Request ? input.url : input);
    const outgoing = request({
      host: '127.0.0.1',
      port: portOf(name),
      servername: SITE,
      ca: proxies.certificate,
      agent: false,
      method,
      path: `${pathname}${search}`,
      headers: { host: SITE, ...Object.fromEntries(new Headers(headers)) },
      ...(signal ? { signal } : {}),
    });
    outgoing.end(typeof body === 'string' ? body : undefined);
    const [incoming]: [IncomingMessage] = await within(
      'a response',
      once(outgoing, 'response') as Promise<[IncomingMessage]>,
    );
    const status = incoming.statusCode ?? 0;
    const isEmpty = status === 202 || status === 204;
    if (isEmpty) incoming.resume();
    // The one type of streams is declared twice, by Node and for the web.
    const stream = isEmpty ? null : (Readable.toWeb(incoming) as ReadableStream<Uint8Array>);
    return new Response(stream, {
      status,
      headers: Object.entries(incoming.headersDistinct).flatMap(([name, values = []]) =>
        values.map((value): [string, string] => [name, value]),
      ),
    });
  };
}

/** The official client, with its session over one of its two transports. */
async function clientBy(name: string, kind: 'sse' | 'mcp', headers: Readonly<Record<string, string>> = BEARER) {
  const client = new Client({ name: 'test', version: '1' });
  const url = new URL(`https://${SITE}/gangway/${kind}`);
  const options = { fetch: fetchBy(name), requestInit: { headers } };
  const transport =
    kind === 'sse' ? new SSEClientTransport(url, options) : new StreamableHTTPClientTransport(url, options);
  // The transport leaves `sessionId` undefined instead of leaving it out.
  await client.connect(Object(transport));
  return {
    async echo(text: string): Promise<string> {
      const { content } = await client.callTool({ name: 'echo', arguments: { text } });
      return Object(content)[0].text;
    },
    [Symbol.asyncDispose]: () => client.close(),
  };
}

/** What one raw request gets, as far as the first line. */
async function firstLine(name: string, head: string): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port: portOf(name), servername: SITE, ca: proxies.certificate });
  socket.on('error', () => undefined);
  let answer = '';
  socket.setEncoding('latin1').on('data', (text: string) => {
    answer += text;
  });
  await once(socket, 'secureConnect');
  socket.write(`${head}\r\n\r\n`);
  await until(`${name} answers`, () => answer.includes('\r\n') || socket.closed);
  socket.destroy();
  return answer.split('\r\n', 1)[0] ?? '';
}

/** Sessions of HTTP+SSE clients, which end with their stream. */
async function sessions(): Promise<number> {
  const { body } = await send(`http://127.0.0.1:${port}/status`, { method: 'GET', headers: BEARER });
  const all: readonly { readonly transport: string }[] = JSON.parse(body).bridge.servers[0].sessions;
  return all.filter(({ transport }) => transport === 'http-sse').length;
}

describe.each(REVERSE_PROXIES.map(({ kind, isHere }) => [kind.name, isHere] as const))(
  'behind %s with the documented configuration (installed here: %s)',
  (name, isHere) => {
    it.skipIf(!isHere)(
      'an HTTP+SSE client finds its endpoint under the prefix, and gets each event at once',
      async () => {
        await using client = await clientBy(name, 'sse');
        const times: number[] = [];
        for (let turn = 0; turn < 5; turn++) {
          const start = performance.now();
          expect(await client.echo(`turn ${turn}`)).toBe(`turn ${turn}`);
          times.push(performance.now() - start);
        }
        // A proxy that collects what is small is late each time, by 200 ms or for good; a busy machine is not.
        expect(Math.min(...times)).toBeLessThan(190);
      },
    );

    it.skipIf(!isHere)('a Streamable HTTP client sends 5 MB and gets them back', async () => {
      await using client = await clientBy(name, 'mcp');
      const text = 'x'.repeat(5 * MEBIBYTE);
      expect((await client.echo(text)) === text).toBe(true);
    });

    it.skipIf(!isHere)('the forward proxy is not reached, not even with the token', async () => {
      let asked = 0;
      await using target = await startOrigin((socket) => {
        asked++;
        socket.destroy();
      });
      const { authority } = target;
      const fields = `Host: ${authority}\r\nProxy-Authorization: Basic ${Buffer.from(`x:${TOKEN}`).toString('base64')}`;
      const kept = `Host: ${SITE}\r\nProxy-Authorization: Basic ${Buffer.from(`x:${TOKEN}`).toString('base64')}`;
      const heads = [
        `CONNECT ${authority} HTTP/1.1\r\n${fields}`,
        `CONNECT ${authority} HTTP/1.1\r\n${kept}`,
        `GET http://${authority}/ HTTP/1.1\r\n${fields}`,
        `GET http://${authority}/gangway/ HTTP/1.1\r\n${fields}`,
        `GET http://${authority}/gangway/ HTTP/1.1\r\n${kept}`,
      ];
      for (const head of heads) {
        expect([head, await firstLine(name, head)]).toEqual([head, expect.stringMatching(/^HTTP\/1\.1 \d{3} /)]);
      }
      expect(asked).toBe(0);
    });
  },
);

describe.skipIf(noProxy !== '')(`behind every reverse proxy that is here${noProxy}`, () => {
  it('a stream that is idle gets comments, and a client that vanishes is found by them', async () => {
    await until('earlier sessions have ended', async () => (await sessions()) === 0);
    const streams = await Promise.all(
      NAMES.map(async (name) => {
        const response = await fetchBy(name)(`https://${SITE}/gangway/sse`, { headers: BEARER });
        const reader = response.body?.getReader();
        let text = '';
        await within(
          `a comment by ${name}`,
          (async () => {
            while (!text.includes('\n: ') && !text.startsWith(': ')) {
              const { value, done } = (await reader?.read()) ?? { done: true };
              if (done) throw new Error(`${name} has ended the stream: ${text}`);
              text += Buffer.from(value ?? []).toString('latin1');
            }
          })(),
        );
        return { name, text, reader };
      }),
    );
    for (const { name, text } of streams)
      expect([name, text]).toEqual([name, expect.stringMatching(/^event: endpoint\ndata: \/gangway\/messages\?/)]);
    expect(await sessions()).toBe(NAMES.length);
    for (const { reader } of streams) await reader?.cancel();
    await until('every session has ended', async () => (await sessions()) === 0);
  });

  it.skipIf(noNginx !== '')(`connect tells a web server from nginx that drops its Upgrade${noNginx}`, async () => {
    const env = { MCP_GANGWAY_TOKEN: TOKEN };
    const tls = new LineClient(onPort(portOf('nginx')), env);
    expect(await tls.initialize()).toMatchObject({
      error: { message: expect.stringContaining('is a web server (HTTP 400), not MCP Gangway itself') },
    });
    const bare = new LineClient(onPort(proxies.bareNginx ?? 0), env);
    expect(await bare.initialize()).toMatchObject({
      error: { message: expect.stringContaining('a reverse proxy in between drops the "Upgrade: mcp-stdio"') },
    });
  });

  it('SIGTERM turns /readyz to 503 while everything is served, and a second one ends it in order', async () => {
    const ready = () => send(`http://127.0.0.1:${port}/readyz`, { method: 'GET', headers: BEARER });
    expect((await ready()).status).toBe(200);
    gateway.kill('SIGTERM');
    const asked = performance.now();
    await until('/readyz is 503', async () => (await ready()).status === 503);
    expect(JSON.parse((await ready()).body)).toEqual({ ready: false, draining: true });
    const { reader, close } = await directStream();
    expect((await reader.next()).event).toBe('endpoint');
    close();
    for (const name of NAMES.filter((one) => one === 'HAProxy' || one === 'Caddy')) {
      await until(`${name} sends nothing more`, async () => {
        const response = await fetchBy(name)(`https://${SITE}/gangway/healthz`, { headers: BEARER });
        await response.body?.cancel();
        return response.status === 503;
      });
    }
    // What follows within 250 ms counts as an echo of the first: a terminal and a supervisor may both send one.
    await until('a second one is no echo', () => performance.now() - asked > 500);
    const exited = once(gateway, 'exit');
    gateway.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
    expect(said).toMatch(/draining for 60 s \(SIGTERM\)[\s\S]*stopping \(SIGTERM\)/);
    await expect(ready()).rejects.toThrow('ECONNREFUSED');
  });

  it('nothing comes in without a token, until the reverse proxy is trusted', async () => {
    const servers = [serverSetting()];
    await using gangway = await startGangway({ port, servers, defaultServer: 'echo', allowedHosts: [SITE] });
    const ways = NAMES.map((name) => ({ name, ask: (path: string) => statusBy(name, path) }));
    if (proxies.bareNginx !== null) {
      const url = `http://127.0.0.1:${proxies.bareNginx}`;
      const ask = async (path: string) => {
        const response = await begin(url + path.replace('/gangway', ''), { method: 'GET' });
        response.destroy();
        return response.statusCode ?? 0;
      };
      ways.push({ name: 'nginx with proxy_pass alone', ask });
    }
    for (const { name, ask } of ways) {
      await until(`${name} passes on again`, async () => (await ask('/gangway/readyz')) === 200);
      for (const path of ['/gangway/sse', '/gangway/mcp', '/gangway/servers/echo/mcp', '/gangway/status'])
        expect([name, path, await ask(path)]).toEqual([name, path, 403]);
    }
    expect(gangway.lines.filter(({ message }) => message.includes('reverse proxy'))).toHaveLength(1);
    await gangway.engine.apply({ ...gangway.settings, trustReverseProxy: true });
    for (const { name, ask } of ways) expect([name, await ask('/gangway/sse')]).toEqual([name, 200]);
  });
});

async function directStream(): Promise<{ readonly reader: EventReader; close(): void }> {
  const reader = await events(`http://127.0.0.1:${port}/sse`, { headers: BEARER });
  return { reader, close: () => reader.close() };
}

async function statusBy(name: string, path: string): Promise<number> {
  const response = await fetchBy(name)(`https://${SITE}${path}`, { headers: JSON_TYPE });
  await response.body?.cancel();
  return response.status;
}
