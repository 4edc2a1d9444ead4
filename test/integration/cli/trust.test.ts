import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { appFolder } from '../../../app/base/home-folder.ts';
import { CliProcess, startCli } from '../../support/cli-process.ts';
import { openSession, refusalAt } from '../../support/raw-mcp.ts';
import { answerAll } from '../../support/remote-origin.ts';
import { makeCertificate, startTlsOrigin } from '../../support/tls-origin.ts';

test('trust shows the certificate of a server, trusts it where it is told to, and tells of both when it has changed', async () => {
  const home = mkdtempSync(join(tmpdir(), 'gangway-'));
  onTestFinished(() => rmSync(home, { recursive: true }));
  await using far = await startTlsOrigin(answerAll);
  const config = join(home, 'servers.json');
  const nas = { url: `https://localhost:${far.port}/mcp` };
  writeFileSync(config, JSON.stringify({ mcpServers: { nas, plain: { url: 'http://localhost:1/mcp' } } }));
  const { port, url } = await startCli(['--config', config], { env: { HOME: home } });
  const run = async (...args: readonly string[]) => {
    const cli = new CliProcess([...args, '-p', String(port)], { env: { HOME: home } });
    return { code: await cli.exit(), out: cli.out, err: cli.err };
  };
  const trust = (...args: readonly string[]) => run('trust', ...args);
  expect(await trust('nas')).toMatchObject({
    code: 1,
    out: expect.stringContaining(far.fingerprint),
    err: expect.stringContaining('mcp-gangway trust nas --yes'),
  });
  expect(await refusalAt(`${url}/servers/nas`)).toContain('mcp-gangway trust');
  expect(await trust('nas', '--yes')).toMatchObject({
    code: 0,
    out: expect.stringContaining('is trusted from now on'),
  });
  expect(await (await openSession(`${url}/servers/nas`)).tool('echo', { a: 1 })).toBe('{"a":1}');
  expect(await trust('nas', '--yes')).toMatchObject({ code: 1, err: expect.stringContaining('is trusted already') });
  far.use(makeCertificate(home, 'renewed'));
  expect(await trust('nas')).toMatchObject({ code: 1, out: expect.stringContaining(`trusted:\n  ${far.fingerprint}`) });
  expect(await run('untrust', 'nas')).toMatchObject({ code: 0, out: expect.stringContaining('no longer trusted') });
  expect(await refusalAt(`${url}/servers/nas`)).toContain('mcp-gangway trust');
  expect(await run('untrust', 'nas')).toMatchObject({ code: 0, out: expect.stringContaining('No certificate of nas') });
  const { platform } = process;
  const folder = appFolder({ platform, home, env: {} });
  expect(readFileSync(join(folder, 'trusted-certificates.json'), 'utf8')).not.toMatch(/[0-9a-f]{64}/);
  expect(await trust('plain')).toMatchObject({ code: 1, err: expect.stringContaining('not https') });
});
