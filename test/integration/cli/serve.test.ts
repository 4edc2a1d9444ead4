import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { CliProcess, startCli } from '../../support/cli-process.ts';
import { freePort } from '../../support/tcp.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const STAND_IN = fileURLToPath(new URL('../../fixtures/cli-with-stand-in.ts', import.meta.url));

function standIn(behaviour: string, args: readonly string[] = []): CliProcess {
  return new CliProcess(args, {
    script: STAND_IN,
    env: { STAND_IN: behaviour, MCP_GANGWAY_TOKEN: 'from-the-environment' },
  });
}

/** In front of a command: what comes behind it sees another list of accounts. */
const NAMESPACE = ['unshare', ...(process.getuid?.() === 0 ? [] : ['--map-root-user']), '--mount', '--'];
const canMount = process.platform === 'linux' && spawnSync('unshare', [...NAMESPACE.slice(1), 'true']).status === 0;

/** The command line on a machine where these people have an account. */
function withPeople(...names: readonly string[]): readonly string[] {
  const list = join(temporaryDirectory(), 'passwd');
  writeFileSync(
    list,
    names.map((name, n) => `${name}:x:${1001 + n}:1001::${temporaryDirectory()}:/bin/bash\n`).join(''),
  );
  return [
    ...NAMESPACE,
    'sh',
    '-c',
    'mount --bind "$0" /etc/passwd && exec "$@"',
    list,
    process.execPath,
    inject('cli'),
  ];
}

describe('serve', () => {
  it.skipIf(!canMount)(
    'says on a machine that people share how to let in only whom they chose (skipped without namespaces)',
    async () => {
      const { cli } = await startCli([], { command: withPeople('anna', 'ben') });
      await cli.until('err', /INFO.* 2 people have an account on this machine.*--require-token/);
      // One more server of the same machine, whose token is required, and one of a machine of one person.
      const token = { MCP_GANGWAY_TOKEN: 'a-token-of-the-owner' };
      const others = [
        await startCli(['--require-token'], { command: withPeople('anna', 'ben'), env: token }),
        await startCli([], { command: withPeople('anna') }),
      ];
      for (const { cli: other } of others) {
        other.kill('SIGTERM');
        await other.exit();
        expect(other.err).not.toContain('people have an account');
      }
    },
  );

  it('says on stdout what to copy, and serves it', async () => {
    const forward = await freePort();
    const { cli, port, url } = await startCli([`--forward=${forward}=db.lan:5432`, '--sse', 'true']);
    expect(cli.out).toContain(`  HTTP_PROXY=${url}\n  HTTPS_PROXY=${url}\n`);
    expect(cli.out).toContain(`  ${url}/mcp\n  ${url}/sse`);
    expect(cli.out).toContain(`127.0.0.1:${forward} leads to db.lan:5432.`);
    expect(cli.err).toContain(`listening on 127.0.0.1:${port}`);
    const health = await fetch(`${url}/healthz`);
    expect(await health.json()).toMatchObject({ product: 'mcp-gangway', pid: cli.pid });
  });

  it('speaks Chinese where the locale does', async () => {
    const { cli } = await startCli([], { env: { LANG: 'zh_TW.UTF-8' } });
    expect(cli.out).toContain('已就緒');
  });

  it('shows a token nowhere: not in what it prints, not in its log, not in ps', async () => {
    const token = 'a-token-that-nobody-else-sees';
    const { cli, url } = await startCli(['--token', token, '--log-level=debug']);
    expect((await fetch(`${url}/healthz`)).status).toBe(401);
    expect((await fetch(`${url}/healthz`, { headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
    expect(cli.out).toContain('HTTP_PROXY=http://gangway:TOKEN@127.0.0.1');
    expect(cli.out + cli.err).not.toContain(token);
    if (process.platform === 'linux') {
      expect(readFileSync(`/proc/${cli.pid}/cmdline`, 'utf8')).not.toContain(token);
    }
  });

  it('keeps its secrets out of the environment of its children', async () => {
    const cli = standIn('');
    await cli.until('err', /inherited/);
    expect(cli.err).toContain('value=nothing');
  });

  it('logs a failure for people on stderr and for programs in the file', async () => {
    const path = join(temporaryDirectory(), 'logs', 'gangway.log');
    const { cli, port } = await startCli(['--log-file', path]);
    const closed = await freePort();
    const client = connect(port, '127.0.0.1');
    onTestFinished(() => void client.destroy());
    client.write(`CONNECT 127.0.0.1:${closed} HTTP/1.1\r\nHost: x\r\n\r\n`);
    await cli.until(
      'err',
      new RegExp(`\\[ERROR\\] 127\\.0\\.0\\.1:${closed} - Connection refused \\(ECONNREFUSED\\) `),
    );
    cli.kill('SIGTERM');
    await cli.exit();
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ level: 'error', source: 'proxy', fields: expect.objectContaining({ status: 502 }) }),
        expect.objectContaining({ level: 'info', message: 'stopping (SIGTERM)' }),
      ]),
    );
  });
});

describe('stopping serve', () => {
  it('by SIGTERM waits as long as --drain says, by Ctrl+C it does not', async () => {
    const [drained, interrupted] = await Promise.all([startCli(['--drain', '1']), startCli(['--drain', '3600'])]);
    drained.cli.kill('SIGTERM');
    interrupted.cli.kill('SIGINT');
    expect(await Promise.all([drained.cli.exit(), interrupted.cli.exit()])).toEqual([0, 0]);
    expect(drained.cli.err).toMatch(/draining for 1 s \(SIGTERM\)[\s\S]*stopping \(SIGTERM\)/);
    expect(interrupted.cli.err).not.toContain('draining');
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('by %s ends every connection and exits with 0', async (signal) => {
    const { cli, port } = await startCli();
    const client = connect(port, '127.0.0.1');
    const closed = new Promise((resolve) => client.once('close', resolve));
    client.on('error', () => undefined);
    client.write('GET http://');
    await new Promise((resolve) => client.once('connect', resolve));
    cli.kill(signal);
    expect(await cli.exit()).toBe(0);
    await closed;
    const refused = connect(port, '127.0.0.1');
    const error = await new Promise<NodeJS.ErrnoException>((resolve) => refused.once('error', resolve));
    expect(error.code).toBe('ECONNREFUSED');
  });

  it('takes the same Ctrl+C, sent by the terminal and by npm, for one', async () => {
    const cli = standIn('slow');
    await cli.until('out', /Ctrl\+C/);
    cli.kill('SIGINT');
    cli.kill('SIGINT');
    expect(await cli.exit()).toBe(0);
    expect(cli.err.match(/the engine stops/g)).toHaveLength(1);
  });

  it('is over at once when asked again', async () => {
    const cli = standIn('hang');
    await cli.until('out', /Ctrl\+C/);
    cli.kill('SIGTERM');
    await cli.until('err', /the engine stops/);
    const impatient = setInterval(() => cli.kill('SIGINT'), 50);
    const status = await cli.exit();
    clearInterval(impatient);
    expect(status).toBe(130);
  });

  it('is not what a hang-up means to a program without a terminal, as under nohup', async () => {
    const { cli, url } = await startCli();
    cli.kill('SIGHUP');
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    cli.kill('SIGTERM');
    expect(await cli.exit()).toBe(0);
  });

  it.runIf(process.platform === 'linux')('is what it means when the terminal is closed', async () => {
    const path = join(temporaryDirectory(), 'x.log');
    const port = await freePort();
    const inner = `exec '${process.execPath}' '${inject('cli')}' -p ${port} --log-file '${path}'`;
    const terminal = new CliProcess([], { command: ['script', '-qec', inner, '/dev/null'] });
    await terminal.until('out', /listening on/);
    terminal.kill('SIGKILL');
    await terminal.exit();
    await expect.poll(() => readFileSync(path, 'utf8'), { timeout: 20_000 }).toContain('stopping (SIGHUP)');
    await expect
      .poll(
        () =>
          fetch(`http://127.0.0.1:${port}/healthz`).then(
            () => 'up',
            () => 'down',
          ),
        { timeout: 20_000 },
      )
      .toBe('down');
  });

  it('is not caused by a reader of the output who goes away', async () => {
    const port = await freePort();
    const cli = new CliProcess(['-p', String(port)]);
    cli.child.stdout?.destroy();
    cli.child.stderr?.destroy();
    const url = `http://127.0.0.1:${port}`;
    const status = () =>
      fetch(`${url}/healthz`).then(
        ({ status: code }) => code,
        () => 0,
      );
    await expect.poll(status, { timeout: 20_000 }).toBe(200);
    const response = await fetch(`${url}/nothing`);
    await response.text();
    const client = connect(port, '127.0.0.1');
    client.write('CONNECT 127.0.0.1:1 HTTP/1.1\r\nHost: x\r\n\r\n');
    await new Promise((resolve) => client.once('data', resolve).once('error', resolve));
    client.destroy();
    expect(await status()).toBe(200);
    cli.kill('SIGTERM');
    expect(await cli.exit()).toBe(0);
  });
});

describe('an internal error', () => {
  it.each([
    ['crash', 'an error that nobody caught'],
    ['reject', 'nobody waits for this'],
  ])('is logged with its stack, ends the children, and exits with 70: %s', async (behaviour, message) => {
    const path = join(temporaryDirectory(), 'x.log');
    const cli = standIn(behaviour, ['--log-file', path]);
    expect(await cli.exit()).toBe(70);
    expect(cli.err).toMatch(new RegExp(`\\[ERROR\\] internal error - Error: ${message}\\n +at `));
    expect(cli.err).toContain('the engine stops');
    expect(readFileSync(path, 'utf8')).toContain(message);
  });
});
