import { copyFileSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import manifest from '../../../package.json' with { type: 'json' };
import { CliProcess } from '../../support/cli-process.ts';
import { run } from '../../support/programs.ts';
import { freePort } from '../../support/tcp.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const SCRIPT = path.join(import.meta.dirname, '../../../packaging/macos/Gangway.command');
const isHere = process.platform !== 'win32';

/** A person's home, with the file somewhere in it. */
function homeWith(place: string): { readonly home: string; readonly script: string } {
  const home = temporaryDirectory();
  const script = path.join(home, place, 'Gangway.command');
  mkdirSync(path.dirname(script), { recursive: true });
  copyFileSync(SCRIPT, script);
  return { home, script };
}

/** A program that says where it was started, how and with what. */
function program(file: string, name: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\necho "${name} in $(pwd): $*"\n`, { mode: 0o755 });
}

/** A checkout as far as the file looks at it. */
function checkout(root: string): void {
  mkdirSync(path.join(root, 'build'), { recursive: true });
  mkdirSync(path.join(root, 'node_modules'));
  mkdirSync(path.join(root, 'out'));
  writeFileSync(path.join(root, 'build', 'build.ts'), '');
  const { name, scripts } = manifest;
  writeFileSync(path.join(root, 'package.json'), JSON.stringify({ name, scripts: { serve: scripts.serve } }, null, 2));
  symlinkSync(inject('cli'), path.join(root, 'out', 'cli.cjs'));
}

/** Runs it as a double-click does, with nothing but the programs of the system and what `bin` holds in the PATH. */
function open({ home, script }: { home: string; script: string }, args: readonly string[] = [], env = {}) {
  return run('bash', [script, ...args], {
    HOME: home,
    PATH: `${home}/bin:/usr/bin:/bin`,
    LANG: 'C',
    LC_ALL: '',
    ...env,
  });
}

describe.skipIf(!isHere)('Gangway.command (skipped on Windows: its double-click is of macOS)', () => {
  it('may be executed as it lies in the repository, and goes with the npm package', () => {
    expect(statSync(SCRIPT).mode & 0o111).toBe(0o111);
    const packed = JSON.parse(readFileSync(path.join(SCRIPT, '../../npm/package.json'), 'utf8'));
    expect(packed.files).toContain('Gangway.command');
  });

  it('in a checkout serves from there, and SIGTERM ends it in order', async () => {
    const { home, script } = homeWith('gangway with blanks/packaging/macos');
    checkout(path.join(home, 'gangway with blanks'));
    const port = await freePort();
    const { PATH = '' } = process.env;
    const cli = new CliProcess(['-p', String(port)], { command: ['bash', script], env: { HOME: home, PATH } });
    await cli.until('err', /listening on/);
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
    expect(cli.out).toContain(`HTTP_PROXY=http://127.0.0.1:${port}`);
    cli.kill('SIGTERM');
    expect(await cli.exit()).toBe(0);
  });

  it('on the Desktop takes the command of the PATH, then ~/mcp-gangway, then the app', async () => {
    const desk = homeWith('Desktop');
    const app = path.join(desk.home, 'Applications/MCP Gangway.app/Contents/Resources/bin/mcp-gangway');
    program(app, 'app');
    expect((await open(desk, ['-p', '9000'])).stdout).toContain('app in');
    checkout(path.join(desk.home, 'mcp-gangway'));
    program(path.join(desk.home, 'bin', 'npm'), 'npm');
    expect((await open(desk, ['-p', '9000'])).stdout).toBe(
      `npm in ${desk.home}/mcp-gangway: run --silent serve -- -p 9000\n`,
    );
    program(path.join(desk.home, 'bin', 'mcp-gangway'), 'command');
    expect((await open(desk, ['--sse', 'a b'])).stdout).toContain('command in');
  });

  it('finds the folder that a link on the Desktop leads to', async () => {
    const { home, script } = homeWith('lib/node_modules/mcp-gangway');
    writeFileSync(path.join(path.dirname(script), 'cli.cjs'), '');
    program(path.join(home, 'bin', 'node'), 'node');
    mkdirSync(path.join(home, 'Desktop'));
    const link = path.join(home, 'Desktop', 'Gangway.command');
    symlinkSync(script, link);
    const { stdout } = await open({ home, script: link }, ['-p', '9000']);
    expect(stdout).toContain(`: ${path.dirname(script)}/cli.cjs -p 9000\n`);
  });

  it('says in the language of the person what is missing', async () => {
    const lonely = homeWith('Desktop');
    expect(await open(lonely)).toMatchObject({ code: 1, stdout: expect.stringContaining('MCP Gangway was not found') });
    expect((await open(lonely, [], { LANG: 'zh_TW.UTF-8' })).stdout).toContain('找不到 MCP Gangway');
    const root = path.join(lonely.home, 'mcp-gangway');
    checkout(root);
    rmSync(path.join(root, 'node_modules'), { recursive: true });
    expect((await open(lonely)).stdout).toContain(`In Terminal: cd "${root}" && npm ci`);
  });
});
