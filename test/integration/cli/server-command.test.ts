import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CliProcess, startCli } from '../../support/cli-process.ts';
import { freePort } from '../../support/tcp.ts';

const ECHO_SERVER = join(import.meta.dirname, '../../fixtures/echo-server.mjs');

describe('stop, start and restart', () => {
  let home = '';

  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'gangway-'));
    const config = { mcpServers: { nas: { command: process.execPath, args: [ECHO_SERVER] } } };
    writeFileSync(join(home, 'servers.json'), JSON.stringify(config));
  });
  afterAll(() => rmSync(home, { recursive: true }));

  async function run(...args: readonly string[]) {
    const cli = new CliProcess(args, { env: { HOME: home } });
    return { code: await cli.exit(), out: cli.out, err: cli.err };
  }

  it('end a server of the running instance, keep it ended, and let it be used again', async () => {
    const { port, url } = await startCli(['--config', join(home, 'servers.json')], { env: { HOME: home } });
    const readiness = async () => (await fetch(`${url}/readyz?server=nas`)).status;
    const where = ['-p', String(port)];

    expect(await run('stop', 'nas', ...where)).toEqual({
      code: 0,
      out: 'The MCP server nas is stopped. "mcp-gangway start nas" lets it be used again.\n',
      err: '',
    });
    expect(await readiness()).toBe(503);
    expect((await run('status', ...where)).out).toContain('MCP server nas: stopped');
    expect(await run('start', 'nas', ...where)).toMatchObject({ code: 0, err: '' });
    expect(await readiness()).toBe(200);
    expect(await run('restart', 'nas', ...where)).toMatchObject({ code: 0, err: '' });
    expect(await run('stop', 'nass', ...where)).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringMatching(/^mcp-gangway: .*nass.*nas/),
    });
  });

  it('say so where no instance of this account runs', async () => {
    const port = await freePort();
    expect(await run('stop', 'nas', '-p', String(port))).toMatchObject({
      code: 1,
      err: expect.stringContaining(`No MCP Gangway of this account runs on port ${port}.`),
    });
  });
});
