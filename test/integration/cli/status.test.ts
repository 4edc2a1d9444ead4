import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { CliProcess, startCli } from '../../support/cli-process.ts';
import { addressOf, freePort, startEcho } from '../../support/tcp.ts';

async function status(...args: readonly string[]): Promise<CliProcess & { readonly code: number | string | null }> {
  const cli = new CliProcess(['status', ...args]);
  return Object.assign(cli, { code: await cli.exit() });
}

describe('status', () => {
  it('tells what the running instance does', async () => {
    const { cli, port } = await startCli();
    await using echo = await startEcho();
    const client = connect(port, '127.0.0.1');
    client.write(
      `CONNECT ${echo.authority} HTTP/1.1\r\nHost: x\r\nProxy-Authorization: Basic ${btoa('claude:')}\r\n\r\n`,
    );
    await once(client, 'data');
    const told = await status('-p', String(port));
    expect([told.code, told.err]).toEqual([0, '']);
    expect(told.out).toContain(`(process ${cli.pid})`);
    expect(told.out).toContain(`Listens on 127.0.0.1:${port}`);
    expect(told.out).toMatch(
      new RegExp(`One open tunnel:\n {2}connect {2}${echo.authority} {2}\\d+ s {2}↑ 0 B {2}↓ 0 B {2}claude\n`),
    );
    client.destroy();
  });

  it('tells it as JSON', async () => {
    const { cli, port } = await startCli();
    const told = await status('--json', '-p', String(port));
    expect(JSON.parse(told.out)).toMatchObject({ product: 'mcp-gangway', pid: cli.pid, tunnels: [] });
  });

  it('needs the token by the port where there is one', async () => {
    const { port } = await startCli(['--token', 'a-token']);
    const byPort = ['--host', '127.0.0.1', '-p', String(port)];
    const [without, wrong, right] = await Promise.all([
      status(...byPort),
      status(...byPort, '--token', 'other'),
      status(...byPort, '--token', 'a-token'),
    ]);
    expect([without.code, without.err]).toEqual([1, expect.stringContaining('MCP_GANGWAY_TOKEN')]);
    expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining('does not accept this token')]);
    expect(right.code).toBe(0);
  });

  it('needs no token by the control socket of the same account', async () => {
    const { cli, port } = await startCli(['--token', 'a-token']);
    const told = await status('-p', String(port));
    expect([told.code, told.err]).toEqual([0, '']);
    expect(told.out).toContain(`(process ${cli.pid})`);
    expect(told.out).not.toContain('a-token');
  });

  it('says that nothing runs', async () => {
    const port = await freePort();
    const told = await status('-p', String(port));
    expect([told.code, told.out]).toEqual([1, '']);
    expect(told.err).toBe(`mcp-gangway: MCP Gangway does not run on 127.0.0.1:${port}.\n`);
  });

  it('is not fooled by a program that says nothing, and does not claim to know which it is', async () => {
    const server = createServer((socket) => void socket.on('error', () => undefined)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = addressOf(server);
    const told = await status('-p', String(port), '--lang', 'zh-Hant');
    expect(told.code).toBe(1);
    expect(told.err).toBe(
      `mcp-gangway: 在 127.0.0.1:${port} 監聽的程式沒有回應。它可能是忙碌中的 MCP Gangway：請稍後再試。\n`,
    );
    server.close();
  });
});
