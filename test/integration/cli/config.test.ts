import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startCli } from '../../support/cli-process.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

/** Reads its input to the end and says nothing: enough of a server for the ones around it. */
const SILENT = { command: process.execPath, args: ['-e', 'process.stdin.resume()'] };

function configFile(servers: object): string {
  const path = join(temporaryDirectory(), 'servers.json');
  writeFileSync(path, JSON.stringify({ mcpServers: servers }));
  return path;
}

interface ServerStatus {
  readonly name: string;
  /** `pid` is null until the system has started the child. */
  readonly children: readonly { readonly pid: number | null }[];
}

async function serversAt(url: string): Promise<readonly ServerStatus[]> {
  const response = await fetch(`${url}/status`);
  const { bridge } = (await response.json()) as { readonly bridge: { readonly servers: readonly ServerStatus[] } };
  return bridge.servers;
}

function namesAt(url: string): Promise<readonly string[]> {
  return serversAt(url).then((servers) => servers.map(({ name }) => name).sort());
}

/** The children that have been started. */
async function pidsAt(url: string, name?: string): Promise<readonly number[]> {
  const servers = await serversAt(url);
  const children = servers
    .filter((server) => name === undefined || server.name === name)
    .flatMap((server) => server.children);
  return children.flatMap(({ pid }) => (pid === null ? [] : [pid]));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('--config', () => {
  it('serves what the file names, beside the server of --sse', async () => {
    const path = configFile({ 'My Notes': SILENT, default: SILENT });
    const { cli, url } = await startCli(['--config', path, '--sse', SILENT.command, ...SILENT.args]);
    expect(cli.out).toContain(`  ${url}/mcp\n`);
    expect(cli.out).toContain(`  ${url}/servers/my-notes/mcp\n`);
    expect(await namesAt(url)).toEqual(['default', 'my-notes']);
  });

  it('follows the file while it runs, and leaves no process behind', async () => {
    const path = configFile({ one: SILENT });
    const { cli, url } = await startCli(['--config', path]);
    await expect.poll(() => pidsAt(url), { timeout: 20_000 }).toHaveLength(1);
    const before = await pidsAt(url);
    writeFileSync(path, JSON.stringify({ mcpServers: { one: SILENT, two: SILENT, bad: { command: 7 } } }));
    await expect.poll(() => namesAt(url), { timeout: 20_000 }).toEqual(['one', 'two']);
    expect(await pidsAt(url, 'one')).toEqual(before);
    await cli.until('err', /\[ERROR\] .*bad is left out/);
    await expect.poll(() => pidsAt(url), { timeout: 20_000 }).toHaveLength(2);
    const pids = await pidsAt(url);
    cli.kill('SIGTERM');
    expect(await cli.exit()).toBe(0);
    expect(pids.filter(isAlive)).toEqual([]);
  });

  it('keeps secrets out of the log that the file gives to servers', async () => {
    const secret = 'sesame-open-thyself';
    const one = { ...SILENT, env: { MY_API_KEY: secret } };
    const path = configFile({ one, [`first ${secret}`]: { command: 7 } });
    const log = join(temporaryDirectory(), 'x.log');
    const { cli } = await startCli(['--config', path, '--log-file', log, '--log-level', 'debug']);
    writeFileSync(path, JSON.stringify({ mcpServers: { one, [`second ${secret}`]: { command: 7 } } }));
    await cli.until('err', /second .*left out/);
    cli.kill('SIGTERM');
    await cli.exit();
    expect(readFileSync(log, 'utf8')).toContain('second [redacted]');
    expect(readFileSync(log, 'utf8') + cli.err).not.toContain(secret);
  });

  it('that cannot be read is named, and served once it can be', async () => {
    const path = join(temporaryDirectory(), 'servers.json');
    const { cli, url } = await startCli(['--config', path]);
    expect(cli.err).toContain('servers.json cannot be read (ENOENT).');
    writeFileSync(path, JSON.stringify({ mcpServers: { late: SILENT } }));
    await expect.poll(() => namesAt(url), { timeout: 20_000 }).toEqual(['late']);
  });
});

describe('--sse', () => {
  it('gives a first event that names the endpoint for messages; breaking the connection ends the child', async () => {
    const { url } = await startCli(['--sse', SILENT.command, ...SILENT.args]);
    const broken = new AbortController();
    const response = await fetch(`${url}/sse`, { signal: broken.signal });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let first = '';
    while (!first.includes('\n\n')) first += (await reader?.read())?.value ?? '';
    expect(first).toMatch(/^event: endpoint\r?\ndata: \/messages\?session_id=[\w-]+\r?\n\r?\n/m);
    await expect.poll(() => pidsAt(url), { timeout: 20_000 }).not.toEqual([]);
    const [child = 0] = await pidsAt(url);
    expect(isAlive(child)).toBe(true);
    broken.abort();
    await expect.poll(() => isAlive(child), { timeout: 20_000 }).toBe(false);
  });

  it('missing, /sse says so with 400', async () => {
    const { url } = await startCli();
    const response = await fetch(`${url}/sse`);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('--sse');
  });
});
