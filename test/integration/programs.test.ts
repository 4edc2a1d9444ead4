import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import axios from 'axios';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { type Gangway, startGangway } from '../support/gangway.ts';
import { has, hasPython, PYTHON, run } from '../support/programs.ts';
import { addressOf, eventually, freePort, openTunnel, RawClient } from '../support/tcp.ts';
import { startTlsOrigin, type TlsOrigin } from '../support/tls-origin.ts';

/** A name that leads nowhere but through us would be better still; loopback is what a test may use. */
const HELLO = 'hello from the other side';
const NODE_CLIENT = join(import.meta.dirname, '../fixtures/clients/node-client.ts');

let gangway: Gangway;
let plain: Server;
let plainUrl: string;
let secure: TlsOrigin;
let secureUrl: string;

beforeAll(async () => {
  gangway = await startGangway();
  plain = createServer((_, response) => response.end(HELLO)).listen(0, '127.0.0.1');
  await once(plain, 'listening');
  plainUrl = `http://127.0.0.1:${addressOf(plain).port}/`;
  secure = await startTlsOrigin((_, response) => response.end(HELLO));
  secureUrl = `https://localhost:${secure.port}/`;
});

afterAll(async () => {
  plain.closeAllConnections();
  plain.close();
  await secure[Symbol.asyncDispose]();
  await gangway[Symbol.asyncDispose]();
});

/** Runs `work` and tells how many requests and tunnels of ours it took: proof that it did not go around us. */
async function throughUs(work: () => Promise<void>): Promise<number> {
  const before = gangway.engine.snapshot().totals;
  await work();
  const after = gangway.engine.snapshot().totals;
  return after.requests + after.tunnels - before.requests - before.tunnels;
}

function proxyVariables(): Record<string, string> {
  const all = ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY'].map((name) => [name, gangway.url]);
  return { ...Object.fromEntries(all), no_proxy: '', NO_PROXY: '' };
}

describe.skipIf(!has('curl', '--version'))('curl (skipped where it is not installed)', () => {
  const cases: [string, () => string[]][] = [
    ['-x to an http origin', () => ['-x', gangway.url, plainUrl]],
    ['-x to an https origin', () => ['-x', gangway.url, '--cacert', secure.certificate, secureUrl]],
    ['--proxytunnel', () => ['-p', '-x', gangway.url, plainUrl]],
    ['--socks5-hostname', () => ['--socks5-hostname', `127.0.0.1:${gangway.port}`, plainUrl]],
    [
      '--socks5 to an https origin',
      () => ['--socks5', `127.0.0.1:${gangway.port}`, '--cacert', secure.certificate, secureUrl],
    ],
  ];
  it.each(cases)('%s', async (_, args) => {
    const used = await throughUs(async () => {
      const { stdout, code } = await run('curl', ['-sS', '--max-time', '20', '--noproxy', '', ...args()]);
      expect({ stdout, code }).toEqual({ stdout: HELLO, code: 0 });
    });
    expect(used).toBe(1);
  });

  it('sees why a connection failed', async () => {
    const { stdout } = await run('curl', ['-sS', '--noproxy', '', '-x', gangway.url, 'http://127.0.0.1:1/']);
    expect(stdout).toContain('127.0.0.1:1 refused the connection.');
    expect(stdout).toContain('(ECONNREFUSED)');
  });
});

describe('A Python program through the proxy', () => {
  const clients: [string, string, string][] = [
    [
      'urllib',
      'ssl',
      'import sys, urllib.request; sys.stdout.write(urllib.request.urlopen(sys.argv[1]).read().decode())',
    ],
    ['requests', 'requests', 'import sys, requests; sys.stdout.write(requests.get(sys.argv[1]).text)'],
    ['httpx', 'httpx', 'import sys, httpx; sys.stdout.write(httpx.get(sys.argv[1]).text)'],
    [
      'aiohttp with trust_env',
      'aiohttp',
      [
        'import asyncio, sys, aiohttp',
        'async def main():',
        '    async with aiohttp.ClientSession(trust_env=True) as s:',
        '        async with s.get(sys.argv[1]) as r: sys.stdout.write(await r.text())',
        'asyncio.run(main())',
      ].join('\n'),
    ],
  ];
  for (const [name, module, script] of clients) {
    it.skipIf(!hasPython(module))(`${name}, http and https (skipped where it is not installed)`, async () => {
      for (const url of [plainUrl, ...(name.startsWith('aiohttp') ? [] : [secureUrl])]) {
        const used = await throughUs(async () => {
          const env = {
            ...proxyVariables(),
            SSL_CERT_FILE: secure.certificate,
            REQUESTS_CA_BUNDLE: secure.certificate,
          };
          const { stdout, stderr } = await run(PYTHON, ['-c', script, url], env);
          expect(stdout, stderr).toBe(HELLO);
        });
        expect(used).toBe(1);
      }
    });
  }
});

describe('Node with NODE_USE_ENV_PROXY', () => {
  it.each(['fetch', 'http'])('%s, http and https', async (how) => {
    for (const url of [plainUrl, secureUrl]) {
      const used = await throughUs(async () => {
        const env = { ...proxyVariables(), NODE_USE_ENV_PROXY: '1', NODE_EXTRA_CA_CERTS: secure.certificate };
        const { stdout, stderr } = await run(process.execPath, [NODE_CLIENT, how, url], env);
        expect(stdout, stderr).toBe(HELLO);
      });
      expect(used).toBe(1);
    }
  });

  it('axios, without the variable', async () => {
    const used = await throughUs(async () => {
      const proxy = { protocol: 'http', host: '127.0.0.1', port: gangway.port };
      expect((await axios.get(plainUrl, { proxy })).data).toBe(HELLO);
    });
    expect(used).toBe(1);
  });
});

describe('A WebSocket through the proxy', () => {
  let echo: WebSocketServer;
  let url: string;

  beforeAll(async () => {
    echo = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    echo.on('connection', (socket) => socket.on('message', (message) => socket.send(String(message))));
    await once(echo, 'listening');
    const address = echo.address();
    url = `127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  });

  afterAll(() => {
    echo.close();
  });

  it('of Node, through the proxy variables', async () => {
    const used = await throughUs(async () => {
      const env = { ...proxyVariables(), NODE_USE_ENV_PROXY: '1' };
      const { stdout, stderr } = await run(process.execPath, [NODE_CLIENT, 'websocket', `ws://${url}/`], env);
      expect(stdout, stderr).toBe('over websocket');
    });
    expect(used).toBe(1);
  });

  it('of ws, through CONNECT', async () => {
    const tunnel = await openTunnel(gangway.port, url);
    tunnel.socket.removeAllListeners('data');
    const socket = new WebSocket(`ws://${url}/`, { createConnection: () => tunnel.socket });
    await once(socket, 'open');
    socket.send('through a tunnel');
    const [message] = await once(socket, 'message');
    expect(String(message)).toBe('through a tunnel');
    socket.terminate();
  });

  it('through an Upgrade on an absolute-form request, and is listed while it lives', async () => {
    using client = await RawClient.connect(gangway.port);
    client.send(
      `GET http://${url}/ HTTP/1.1\r\nHost: ${url}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
    await client.until((text) => text.includes('\r\n\r\n'));
    expect(client.text).toMatch(/^HTTP\/1\.1 101 .*Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=/s);
    // A masked text frame with the word "hi", and its unmasked echo.
    client.send(Buffer.from([0x81, 0x82, 1, 2, 3, 4, 'h'.charCodeAt(0) ^ 1, 'i'.charCodeAt(0) ^ 2]));
    await client.until((text) => text.endsWith('\x81\x02hi'));
    expect(gangway.engine.snapshot().tunnels).toContainEqual(expect.objectContaining({ kind: 'upgrade' }));
  });
});

describe.skipIf(!has('git', '--version'))('git over http (skipped where it is not installed)', () => {
  it('clones a repository', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gangway-git-'));
    const git = (...args: string[]) => execFileSync('git', args, { cwd: folder, stdio: 'ignore' });
    git('init', '-q', 'work');
    git(
      '-C',
      'work',
      '-c',
      'user.name=t',
      '-c',
      'user.email=t@example.com',
      'commit',
      '-q',
      '--allow-empty',
      '-m',
      'one',
    );
    git('clone', '-q', '--bare', 'work', 'repo.git');
    git('-C', 'repo.git', 'update-server-info');
    const files = createServer((request, response) => {
      const file = join(folder, (request.url ?? '').split('?', 1)[0] ?? '');
      if (existsSync(file) && statSync(file).isFile()) createReadStream(file).pipe(response);
      else response.writeHead(404).end();
    }).listen(0, '127.0.0.1');
    await once(files, 'listening');
    const used = await throughUs(async () => {
      const url = `http://127.0.0.1:${addressOf(files).port}/repo.git`;
      const { code, stderr } = await run('git', [
        '-c',
        `http.proxy=${gangway.url}`,
        'clone',
        '-q',
        url,
        join(folder, 'copy'),
      ]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    });
    expect(used).toBeGreaterThan(2);
    files.closeAllConnections();
    files.close();
    rmSync(folder, { recursive: true });
  });
});

describe.skipIf(!has('redis-cli', '--version') || !has('redis-server', '--version'))(
  'redis-cli through a TCP forward (skipped where redis is not installed)',
  () => {
    it('talks to its server', async () => {
      const port = await freePort();
      const server = spawn(
        'redis-server',
        ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', tmpdir()],
        {
          stdio: 'ignore',
        },
      );
      await using forwarding = await startGangway({ forwards: [{ port: 0, host: 'localhost', targetPort: port }] });
      const forward = String(forwarding.engine.snapshot().forwards[0]?.port);
      await eventually(
        async () => (await run('redis-cli', ['-p', forward, 'ping'])).stdout === 'PONG\n',
        'redis answers',
      );
      await run('redis-cli', ['-p', forward, 'set', 'key', 'value']);
      expect((await run('redis-cli', ['-p', forward, 'get', 'key'])).stdout).toBe('value\n');
      server.kill();
      await once(server, 'exit');
    });
  },
);
