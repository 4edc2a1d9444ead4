import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CliProcess, startCli } from '../../support/cli-process.ts';
import { freePort } from '../../support/tcp.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const HOLDER = fileURLToPath(new URL('../../fixtures/hold-port.ts', import.meta.url));
const STAND_IN = fileURLToPath(new URL('../../fixtures/cli-with-stand-in.ts', import.meta.url));

async function hold(port: number): Promise<CliProcess> {
  const holder = new CliProcess([String(port)], { script: HOLDER });
  await holder.until('out', /ready/);
  return holder;
}

describe('a taken port', () => {
  it('names the program that holds it, and a port that is free', async () => {
    const port = await freePort();
    const holder = await hold(port);
    const cli = new CliProcess(['-p', String(port)]);
    expect(await cli.exit()).toBe(1);
    expect(cli.out).toBe('');
    expect(cli.err).toContain(`Port ${port} is taken by node hold-port.ts (process ${holder.pid}).`);
    const suggested = Number(/mcp-gangway -p (\d+)/.exec(cli.err)?.[1]);
    expect(suggested).toBeGreaterThan(port);
    const server = createServer().listen(suggested, '127.0.0.1');
    await once(server, 'listening');
    server.close();
  });

  it.each([[[]], [['--token', 'a-token']]])('held by another one of us is recognized: %s', async (options) => {
    const { cli: first, port } = await startCli(options);
    const second = new CliProcess(['-p', String(port)]);
    expect(await second.exit()).toBe(1);
    expect(second.err).toContain(`MCP Gangway already runs on port ${port} (process ${first.pid}).`);
    expect(second.err).toContain(`To stop it: kill ${first.pid}`);
  });

  it('of a forward leaves the main port closed again', async () => {
    const [port, forward] = [await freePort(), await freePort()];
    await hold(forward);
    const cli = new CliProcess(['-p', String(port), '--forward', `${forward}=db.lan:1`]);
    expect(await cli.exit()).toBe(1);
    expect(cli.err).toContain(`Port ${forward} is taken by node hold-port.ts`);
    expect(cli.err).toContain('forward another port');
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    server.close();
  });

  it('is told from an address that is not ours', async () => {
    const cli = new CliProcess(['-p', String(await freePort()), '--host', '203.0.113.1', '--token', 'abc']);
    expect(await cli.exit()).toBe(1);
    expect(cli.err).toContain('This machine has no address 203.0.113.1 to listen on.');
  });
});

it('any other failure is told in the words of the system', async () => {
  const cli = new CliProcess([], { script: STAND_IN, env: { STAND_IN: 'refuse' } });
  expect(await cli.exit()).toBe(1);
  expect(cli.err).toContain('mcp-gangway: MCP Gangway could not start: no such device.');
});

describe('arguments that cannot be followed', () => {
  it.each([
    [['--prot', '1'], 'mcp-gangway: --prot is not an option. Did you mean --port?\n'],
    [['-p', '0'], 'mcp-gangway: --port cannot be "0": a port is a number from 1 to 65535.\n'],
    [['--sse'], 'mcp-gangway: --sse needs a value: --sse COMMAND ….\n'],
  ])('are one line on stderr and status 2: %s', async (args, line) => {
    const cli = new CliProcess(args);
    expect(await cli.exit()).toBe(2);
    expect([cli.out, cli.err]).toEqual(['', line]);
  });

  it('include a host beyond loopback without a token', async () => {
    const cli = new CliProcess(['--host', '0.0.0.0']);
    expect(await cli.exit()).toBe(2);
    expect(cli.err).toContain('openssl rand -hex 32');
  });
});

describe('help and version', () => {
  it('are on stdout', async () => {
    const help = new CliProcess(['--help']);
    const version = new CliProcess(['--version']);
    expect([await help.exit(), await version.exit()]).toEqual([0, 0]);
    expect(help.out).toContain('Usage: mcp-gangway [serve]');
    expect(version.out).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(help.err + version.err).toBe('');
  });

  it('survive a reader who has seen enough', async () => {
    const cli = new CliProcess(['--help']);
    cli.child.stdout?.destroy();
    onTestFinished(() => expect(cli.err).toBe(''));
    expect(await cli.exit()).toBe(0);
  });
});

describe('an error in a command that nobody expects', () => {
  /** A file that is loaded first and breaks what the command is about to use. */
  function breaking(code: string): string {
    const file = join(temporaryDirectory(), 'break.cjs');
    writeFileSync(file, code);
    return `--require=${file}`;
  }

  it.each([
    ['help', ['--help'], 'process.stdout.write = () => { throw new Error("broken here"); };'],
    ['status', ['status'], 'require("node:http").request = () => { throw new Error("broken here"); };'],
    [
      'connect',
      ['connect', '--', process.execPath],
      'setTimeout(() => Promise.reject(new Error("broken here")), 300); process.stdin.resume();',
    ],
  ])('ends %s with what to do and where it was, in lines that can be read', async (_, args, code) => {
    for (const [LANG, sentence] of [
      ['en_US.UTF-8', 'This is a fault of MCP Gangway. Please report it with the lines below.'],
      ['zh_TW.UTF-8', '這是 MCP Gangway 的錯誤。請連同下面幾行一起回報。'],
    ] as const) {
      // In a home of its own no other Gangway of this account is found.
      const env = { NODE_OPTIONS: breaking(code), LANG, HOME: temporaryDirectory() };
      const cli = new CliProcess(args, { env });
      expect(await cli.exit()).toBe(70);
      expect(cli.err).toContain(`mcp-gangway: ${sentence}\nError: broken here\n    at `);
      // The program's own text is one long line.
      expect(cli.err.length).toBeLessThan(4096);
    }
  });
});
