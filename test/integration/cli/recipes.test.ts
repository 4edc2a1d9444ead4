import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { makeToken } from '../../../app/settings/index.ts';
import { type CliProcess, startCli } from '../../support/cli-process.ts';
import { OK } from '../../support/forward-fixture.ts';
import { COMPILED, PYTHON, run } from '../../support/programs.ts';
import { freePort, startOrigin } from '../../support/tcp.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { startTlsOrigin } from '../../support/tls-origin.ts';

const require = createRequire(import.meta.url);
const EVERYTHING = [process.execPath, require.resolve('@modelcontextprotocol/server-everything/dist/index.js')];
const PYTHON_SERVER = [PYTHON, '-u', join(import.meta.dirname, '../../fixtures/stdlib-server.py')];

/** A file of tokens in a folder with one token in it, which no recipe shows. */
function tokensFile(folder: string): string {
  const path = join(folder, 'tokens');
  const { hash } = makeToken('laptop', null, 0).setting;
  writeFileSync(path, `laptop ${hash} 2026-11-28T00:00:00Z\n`, { mode: 0o600 });
  return path;
}

async function curl(...args: readonly string[]): Promise<string> {
  const { stdout } = await run('curl', ['-sS', '-m', '20', '--noproxy', '', ...args]);
  return stdout;
}

/** Opens `GET /sse` with curl, as the recipe has it, and reads until the endpoint is named. */
async function endpointOf(
  url: string,
): Promise<{ readonly endpoint: string; readonly text: () => string; readonly end: () => void }> {
  const child = spawn('curl', ['-sSN', `${url}/sse`], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill());
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  await expect.poll(() => text, { timeout: 20_000 }).toMatch(/^event: endpoint\r?\ndata: \/messages\?session_id=\S+/);
  return { endpoint: /data: (\S+)/.exec(text)?.[1] ?? '', text: () => text, end: () => child.kill() };
}

/** Ids of processes that have all these words in their command. */
async function processesOf(words: readonly string[], parent: CliProcess): Promise<readonly string[]> {
  const { stdout } = await run('ps', ['-eo', 'pid,ppid,args']);
  return stdout
    .split('\n')
    .filter((line) => words.every((word) => line.includes(word)) && line.includes(` ${parent.pid} `));
}

const INITIALIZE = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2024-11-05', capabilities: {}, clientInfo: { name: 'curl', version: '8' } },
});

describe.each([
  ['without any token', false],
  ['while there are named tokens and none is required', true],
])('%s, the recipe of old', (_case, hasTokens) => {
  let folder = '';
  let tokens: readonly string[] = [];
  const start = (...args: readonly string[]) => startCli([...tokens, ...args], { isShared: true });
  /** Without a server, and with one in Python. */
  let plain: Awaited<ReturnType<typeof start>>;
  let withServer: Awaited<ReturnType<typeof start>>;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gangway-'));
    if (hasTokens) tokens = ['--tokens', tokensFile(folder)];
    [plain, withServer] = await Promise.all([start(), start('--sse', ...PYTHON_SERVER)]);
  });
  afterAll(async () => {
    await Promise.all([plain.cli.end(), withServer.cli.end()]);
    rmSync(folder, { recursive: true, force: true });
  });

  it('curl -x for http works', async () => {
    const { url } = plain;
    await using origin = await startOrigin((socket) => socket.once('data', () => socket.end(OK)));
    expect(await curl('-x', url, `http://${origin.authority}/get`)).toBe('ok');
  });

  it('curl -x -k for https works', async () => {
    const { url } = plain;
    await using origin = await startTlsOrigin((_request, response) => response.end('inside'));
    expect(await curl('-x', url, '-k', `https://127.0.0.1:${origin.port}/`)).toBe('inside');
  });

  it('HTTP_PROXY and HTTPS_PROXY in the env of a server work', async () => {
    const { url } = plain;
    await using origin = await startOrigin((socket) => socket.once('data', () => socket.end(OK)));
    const script = `import urllib.request;print(urllib.request.urlopen('http://${origin.authority}/').read())`;
    const { stdout } = await run(PYTHON, ['-c', script], { HTTP_PROXY: url, HTTPS_PROXY: url });
    expect(stdout.trim()).toBe("b'ok'");
  });

  it('-p and --port choose the port', async () => {
    const other = await freePort();
    // `-p` is how the one without a server was started.
    for (const [{ cli }, port] of [
      [plain, plain.port],
      [await startCli(['--port', String(other), ...tokens]), other],
    ] as const) {
      expect(cli.err).toContain(`listening on 127.0.0.1:${port}`);
      expect(await curl('-o', '/dev/null', '-w', '%{http_code}', `http://127.0.0.1:${port}/healthz`)).toBe('200');
    }
  });

  it('without --sse, /sse answers 400', async () => {
    expect(await curl('-i', `${plain.url}/sse`)).toMatch(/^HTTP\/1\.1 400 /);
  });

  it.each([
    ['a Python server', PYTHON_SERVER, () => withServer],
    ['server-everything', EVERYTHING, () => startCli([...tokens, '--sse', ...EVERYTHING])],
  ])(
    '--sse with %s: /sse, /messages and the answer on the stream, and no process left when curl is gone',
    async (_server, command, started) => {
      const { url, cli } = await started();
      const stream = await endpointOf(url);
      const status = await curl(
        '-o',
        '/dev/null',
        '-w',
        '%{http_code}',
        '-X',
        'POST',
        '-H',
        'Content-Type: application/json',
        '-d',
        INITIALIZE,
        `${url}${stream.endpoint}`,
      );
      expect(status).toBe('202');
      await expect.poll(stream.text, { timeout: 20_000 }).toMatch(/event: message\r?\ndata: .*"serverInfo"/);
      const before = await processesOf([command.at(-1) ?? ''], cli);
      stream.end();
      // One that is warm for the next client may stay.
      await expect
        .poll(async () => (await processesOf([command.at(-1) ?? ''], cli)).length, { timeout: 20_000 })
        .toBeLessThanOrEqual(Math.max(1, before.length - 1));
    },
  );

  it('OPTIONS /messages is answered', async () => {
    const answer = await curl('-i', '-X', 'OPTIONS', `${withServer.url}/messages`);
    expect(answer).toMatch(/^HTTP\/1\.1 20[04] /);
  });

  it('mcp-remote with the address of /sse works', async () => {
    const { url } = withServer;
    const home = temporaryDirectory();
    const transport = new StdioClientTransport({
      command: process.execPath,
      args: [require.resolve('mcp-remote/dist/proxy.js'), `${url}/sse`],
      env: { MCP_REMOTE_CONFIG_DIR: home, HOME: home, ...COMPILED },
      stderr: 'ignore',
    });
    const client = new Client({ name: 'test', version: '1' });
    await client.connect(Object(transport));
    try {
      expect((await client.listTools()).tools.length).toBeGreaterThan(0);
    } finally {
      await client.close();
    }
  });
});
