import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CliProcess, startCli } from '../../support/cli-process.ts';
import { freePort } from '../../support/tcp.ts';
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

/** Process of the first server's first child, once it has one. */
async function firstChild(url: string): Promise<number> {
  const pid = async () => (await serversAt(url))[0]?.children[0]?.pid ?? null;
  await expect.poll(pid, { timeout: 20_000 }).not.toBeNull();
  return (await pid()) ?? 0;
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
    expect(cli.err).toMatch(/\[WARN\] .*default/);
    expect(await namesAt(url)).toEqual(['default', 'my-notes']);
  });

  it('follows the file while it runs, and leaves no process behind', async () => {
    const path = configFile({ one: SILENT });
    const { cli, url } = await startCli(['--config', path]);
    const before = await firstChild(url);
    writeFileSync(path, JSON.stringify({ mcpServers: { one: SILENT, two: SILENT, bad: { command: 7 } } }));
    await expect.poll(() => namesAt(url), { timeout: 20_000 }).toEqual(['one', 'two']);
    expect((await serversAt(url)).find(({ name }) => name === 'one')?.children[0]?.pid).toBe(before);
    await cli.until('err', /servers\.json has changed .*servers="one, two"/);
    expect(cli.err).toMatch(/\[WARN\] .*bad is left out/);
    const pids = (await serversAt(url)).flatMap(({ children }) => children.flatMap(({ pid }) => pid ?? []));
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

  it('serves titles of every script under encoded names, and finds each by its title', async () => {
    const path = configFile({ 天氣: SILENT, 'My NAS': SILENT, 'my nas': SILENT, '🚀': SILENT, 'a/b': SILENT });
    const { cli, url } = await startCli(['--config', path]);
    const names = await namesAt(url);
    expect(names).toEqual([
      'a-b',
      'my-nas',
      expect.stringMatching(/^my-nas-[\da-f]{6}$/),
      expect.stringMatching(/^server-[\da-f]{6}$/),
      '天氣',
    ]);
    expect(cli.out).toContain(`${url}/servers/%E5%A4%A9%E6%B0%A3/mcp`);
    for (const title of [...names, '天氣', 'My NAS', 'my nas', '🚀', 'a/b']) {
      const broken = new AbortController();
      const stream = await fetch(`${url}/servers/${encodeURIComponent(title)}/sse`, { signal: broken.signal });
      const first = await stream.body?.pipeThrough(new TextDecoderStream()).getReader().read();
      expect(first?.value).toContain(`data: /servers/${encodeURIComponent(title)}/messages?session_id=`);
      broken.abort();
    }
    expect((await fetch(`${url}/servers/MY%20NAS/sse`)).status).toBe(404);
    const unnamed = await fetch(`${url}/sse`);
    expect([unnamed.status, await unnamed.json()]).toMatchObject([
      400,
      { error: { message: expect.stringContaining('/servers/天氣/mcp'), data: { reason: 'server-not-named' } } },
    ]);
  });

  it('never leads an address to another server when one is removed', async () => {
    const path = configFile({ 'My NAS': SILENT, 'my nas': SILENT });
    const { cli, url } = await startCli(['--config', path]);
    const [first = '', second = ''] = await namesAt(url);
    writeFileSync(path, JSON.stringify({ mcpServers: { 'my nas': SILENT } }));
    await expect.poll(() => namesAt(url), { timeout: 20_000 }).toEqual([second]);
    for (const gone of [first, 'My%20NAS']) expect((await fetch(`${url}/servers/${gone}/sse`)).status).toBe(404);
    expect(cli.err).not.toMatch(/left out/);
  });

  it('names a mistake with its place once, keeps the servers, and takes the mended file', async () => {
    const path = configFile({ one: SILENT });
    const { cli, url } = await startCli(['--config', path]);
    writeFileSync(path, '{"mcpServers": {\n  "one": {"command": "x" "args": []}\n}}');
    await cli.until('err', /servers\.json:2:26: A comma is missing.*known before go on/);
    expect(await namesAt(url)).toEqual(['one']);
    writeFileSync(path, JSON.stringify({ mcpServers: { two: SILENT } }));
    await expect.poll(() => namesAt(url), { timeout: 20_000 }).toEqual(['two']);
    expect(cli.err.match(/A comma is missing/g)).toHaveLength(1);
  });

  it('that cannot be read, or names no servers, is refused', async () => {
    const missing = new CliProcess(['-p', String(await freePort()), '--config', '/nowhere/servers.json']);
    expect(await missing.exit()).toBe(1);
    expect(missing.err).toContain(
      '/nowhere/servers.json cannot be read (ENOENT). There is no such file: check its path.',
    );
    expect(missing.err).not.toMatch(/before/);
    const folder = new CliProcess(['-p', String(await freePort()), '--config', temporaryDirectory()]);
    expect(await folder.exit()).toBe(1);
    expect(folder.err).toContain('cannot be read (EISDIR). It is a folder: name the file in it.');
    const path = join(temporaryDirectory(), 'x.json');
    writeFileSync(path, '{"mcpServers":');
    const broken = new CliProcess(['-p', String(await freePort()), '--config', path]);
    expect(await broken.exit()).toBe(1);
    expect(broken.err).toMatch(/x\.json:1:15: A value is missing/);
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
    const child = await firstChild(url);
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
