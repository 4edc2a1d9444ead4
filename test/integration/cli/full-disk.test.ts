import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, inject, it } from 'vitest';
import { CliProcess } from '../../support/cli-process.ts';
import { freePort } from '../../support/tcp.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

/** Takes nothing, as a disk that is full (Linux, full(4)). */
const FULL = '/dev/full';

let home = '';
beforeEach(() => {
  home = temporaryDirectory();
});

function run(line: string): CliProcess {
  const command = ['/bin/sh', '-c', `exec "$NODE" "$CLI" ${line}`];
  const env = { HOME: home, NODE: process.execPath, CLI: inject('cli'), TOKENS: join(home, 'tokens.json') };
  return new CliProcess([], { command, env });
}

describe.runIf(existsSync(FULL))('Where its standard output is full,', () => {
  it.each([
    '--version',
    '--help',
    'settings export',
    'settings',
    'list --json',
    'token add phone --tokens "$TOKENS"',
    'doctor --json 127.0.0.1:9',
  ])('%s says so and does not end as if all were well', async (command) => {
    const cli = run(`${command} > ${FULL}`);
    expect(await cli.exit()).toBe(1);
    expect(cli.err).toContain('mcp-gangway: The standard output could not be written (ENOSPC)');
  });

  it('a reader that has seen enough is no such case', async () => {
    const cli = run('--help | head -1');
    expect(await cli.exit()).toBe(0);
    expect(cli.err).toBe('');
  });

  it('a gateway serves on', async () => {
    const cli = run(`-p ${await freePort()} > ${FULL}`);
    await cli.until('err', /listening on/);
    cli.kill('SIGTERM');
    expect(cli.err).not.toContain('ENOSPC');
  });
});
