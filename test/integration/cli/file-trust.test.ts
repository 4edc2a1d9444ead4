import { chmodSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CliProcess, startCli } from '../../support/cli-process.ts';
import { freePort } from '../../support/tcp.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const TOKEN = 'a-token-of-one-and-twenty';

function fileWith(content: string, mode: number, folder = temporaryDirectory()): string {
  const path = join(folder, 'file');
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

describe('files that other accounts may write', () => {
  it.each([
    ['the group', 0o660],
    ['all others', 0o606],
  ])('names a --config that %s may write, and says what to do', async (_who, mode) => {
    const path = fileWith('{"mcpServers":{}}', mode);
    const { cli } = await startCli(['--config', path]);
    await cli.until('err', /\[WARN\].*may write/);
    expect(cli.err).toContain(`chmod go-w ${path}`);
  });

  it('names the target of a link and a folder that others may write', async () => {
    const open = join(temporaryDirectory(), 'open');
    mkdirSync(open);
    chmodSync(open, 0o777);
    const real = fileWith('{"mcpServers":{}}', 0o644, open);
    const link = join(temporaryDirectory(), 'servers.json');
    symlinkSync(real, link);
    const { cli } = await startCli(['--config', link]);
    await cli.until('err', /\[WARN\].*may replace/);
    expect(cli.err).toContain(`chmod go-w ${open}`);
  });

  it('is silent about a --config that only its owner may write', async () => {
    const { cli } = await startCli(['--config', fileWith('{"mcpServers":{}}', 0o644)]);
    await cli.until('err', /listening on/);
    expect(cli.err).not.toMatch(/WARN.*may/);
  });

  it('notices when a --config is replaced by one that others may write', async () => {
    const path = fileWith('{"mcpServers":{}}', 0o600);
    const { cli } = await startCli(['--config', path]);
    renameSync(fileWith('{"mcpServers":{"a":{"command":"true"}}}', 0o622), path);
    await cli.until('err', /\[WARN\].*may write/);
    expect(cli.err).toContain('0622');
  });

  it.each([
    ['the group', 0o660],
    ['all others', 0o602],
  ])('refuses a --token-file that %s may write, with a hint and without the token', async (_who, mode) => {
    const path = fileWith(TOKEN, mode);
    const cli = new CliProcess(['-p', String(await freePort()), '--token-file', path]);
    expect(await cli.exit()).toBe(2);
    expect(cli.err).toContain(`chmod go-w ${path}`);
    expect(cli.err).not.toContain(TOKEN);
  });

  it('refuses a --token-file in a folder where others may replace it, for every command', async () => {
    const open = join(temporaryDirectory(), 'open');
    mkdirSync(open);
    chmodSync(open, 0o777);
    const path = fileWith(TOKEN, 0o600, open);
    for (const command of ['serve', 'status', 'connect']) {
      const cli = new CliProcess([command, '-p', String(await freePort()), '--token-file', path]);
      expect(await cli.exit()).toBe(2);
      expect(cli.err).toContain(`chmod go-w ${open}`);
    }
  });

  it('takes a --token-file that others may read, and warns of it', async () => {
    const path = fileWith(TOKEN, 0o644);
    const { cli } = await startCli(['--token-file', path]);
    await cli.until('err', /\[WARN\].*may read the token/);
    expect(cli.err).toContain(`chmod 600 ${path}`);
    expect(cli.err).not.toContain(TOKEN);
  });
});
