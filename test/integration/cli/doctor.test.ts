import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CliProcess, startCli } from '../../support/cli-process.ts';
import { validatorOf } from '../../support/json-schema.ts';
import { freePort, startEcho } from '../../support/tcp.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

interface Told {
  readonly code: number | string | null;
  readonly out: string;
  readonly err: string;
}

async function doctor(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Told> {
  const cli = new CliProcess(['doctor', ...args], { env: { TERM: 'xterm', ...env } });
  return { code: await cli.exit(), out: cli.out, err: cli.err };
}

const wrong = validatorOf('doctor.schema.json');

describe('doctor', () => {
  it('ends with 0 when nothing is wrong', async () => {
    const { port } = await startCli();
    await using echo = await startEcho();
    const told = await doctor([echo.authority, '-p', String(port)]);
    expect([told.code, told.err]).toEqual([0, '']);
    expect(told.out).toMatch(/^MCP Gangway [\d.]+: Doctor\nTarget: 127\.0\.0\.1:\d+\n/);
    expect(told.out).toContain(`✓ Fine     This program reaches ${echo.authority}.\n`);
    expect(told.out).toMatch(/\nNothing wrong was found\. \([\d.]+ s\)\n$/);
  });

  it('ends with 1 when there is a problem, which it explains', async () => {
    const closed = await freePort();
    const told = await doctor([`127.0.0.1:${closed}`, '-p', String(await freePort())]);
    expect(told.code).toBe(1);
    expect(told.out).toContain(
      `✗ Problem  127.0.0.1:${closed} refuses the connection: nothing listens on that port.\n`,
    );
    expect(told.out).toContain('           1. Check the port number.\n');
    expect(told.out).toMatch(
      /\n {2}Connection from here {2}127\.0\.0\.1 \(this machine\): ECONNREFUSED after [\d.]+ ms\n/,
    );
  });

  it('tells it in Traditional Chinese, its columns under one another', async () => {
    const told = await doctor([`127.0.0.1:${await freePort()}`, '--lang', 'zh-Hant', '-p', String(await freePort())]);
    expect(told.out).toMatch(/^✗ 問題 {2}127\.0\.0\.1:\d+ 拒絕連線：該連接埠沒有程式在監聽。$/m);
    expect(told.out).toMatch(/^ {2}從這裡連線 +127\.0\.0\.1（?.*ECONNREFUSED/m);
  });

  it('paints nothing that is not a terminal', async () => {
    expect((await doctor([`127.0.0.1:${await freePort()}`])).out).not.toContain('\u001b');
  });

  it('prints JSON as its schema says, and nothing else', async () => {
    await using echo = await startEcho();
    const [good, bad] = await Promise.all([
      doctor(['--json', echo.authority, '-p', String(await freePort())]),
      doctor(['--json', 'no-such-host.invalid:80', '-p', String(await freePort())]),
    ]);
    expect([good.code, good.err, bad.code, bad.err]).toEqual([0, '', 1, '']);
    for (const { out } of [good, bad]) expect(wrong(JSON.parse(out))).toBeNull();
    expect(JSON.parse(good.out)).toMatchObject({ verdict: 'well', question: { target: { host: '127.0.0.1' } } });
    expect(JSON.parse(bad.out)).toMatchObject({ verdict: 'problem' });
  });

  it('finds the running instance by its control socket, and needs no token there', async () => {
    const HOME = temporaryDirectory();
    const { port } = await startCli(['--token', 'Tok-en_1'], { env: { HOME } });
    await using echo = await startEcho();
    const told = await doctor([echo.authority], { HOME });
    expect([told.code, told.err]).toEqual([0, '']);
    expect(told.out).toContain(`${echo.authority} is in reach through Gangway as well.`);
    expect(told.out).toContain(`running on port ${port}`);
    expect(told.out).not.toContain('Tok-en_1');
  });

  it('finds servers in the files of clients, and keeps their secrets', async () => {
    const home = temporaryDirectory();
    const folder = join(home, '.cursor');
    mkdirSync(folder);
    const env = { NAS_URL: `http://me:hunter2@127.0.0.1:${await freePort()}`, NAS_TOKEN: 's3cr3t-of-mine' };
    const entry = { command: process.execPath, args: ['server.js', '--api-key', 'k-of-mine'], env };
    writeFileSync(join(folder, 'mcp.json'), JSON.stringify({ mcpServers: { nas: entry } }));
    const target = `127.0.0.1:${await freePort()}`;
    const told = await doctor([target, '--server', 'nas', '--json', '-p', String(await freePort())], { HOME: home });
    expect(told.code).toBe(1);
    expect(JSON.parse(told.out)).toMatchObject({
      question: { server: 'nas (Cursor)' },
      facts: {
        server: { value: { client: 'Cursor', runtime: 'node', mode: 'off' } },
        runtime: { value: [{ runtime: 'node', errno: 'ECONNREFUSED' }] },
      },
    });
    expect(told.out).not.toMatch(/hunter2|s3cr3t-of-mine|k-of-mine/);
    expect(told.out).not.toContain(home);
  });

  it('knows the servers of the running instance', async () => {
    const HOME = temporaryDirectory();
    await using echo = await startEcho();
    const config = join(HOME, 'servers.json');
    writeFileSync(config, JSON.stringify({ mcpServers: { ha: { url: `http://${echo.authority}/api/mcp` } } }));
    await startCli(['--config', config], { env: { HOME } });
    const told = await doctor(['--server', 'ha', '--json'], { HOME });
    expect(JSON.parse(told.out)).toMatchObject({
      question: { server: 'ha', target: { host: '127.0.0.1' } },
      facts: {
        server: { value: { client: null, url: `http://${echo.authority}/api/mcp` } },
        // It sends back the request, which is no answer.
        remote: { value: { outcome: 'failed', step: 'http' } },
      },
    });
  });

  it('finds servers in --config, and takes the error that they show', async () => {
    const config = join(temporaryDirectory(), 'servers.json');
    writeFileSync(config, JSON.stringify({ mcpServers: { nas: { command: 'no-such-command-anywhere' } } }));
    const told = await doctor([
      '--config',
      config,
      '--server',
      'nas',
      '--error',
      '[Errno 65] No route to host',
      '--json',
      '-p',
      String(await freePort()),
    ]);
    expect(JSON.parse(told.out)).toMatchObject({
      question: { reported: 'EHOSTUNREACH', target: null },
      findings: [{ id: 'server-missing' }, { id: 'gateway-off' }],
    });
  });

  it.each([
    [['nas'], /“nas” is no target/],
    [['nas.lan:80', '--server', 'other'], /There is no server named other\./],
    [['--config', '/no/such/file'], /\/no\/such\/file cannot be read \(ENOENT\)\. There is no such file/],
    [['nas.lan:80', 'and-more'], /"and-more" is not expected here\./],
    [['--forward', '1=a:1'], /--forward means nothing to doctor\./],
  ])('ends with 2 for %j', async (args, complaint) => {
    const told = await doctor(args, { HOME: temporaryDirectory() });
    expect([told.code, told.out]).toEqual([2, '']);
    expect(told.err).toMatch(complaint);
  });
});
