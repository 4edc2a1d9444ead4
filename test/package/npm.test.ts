import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MOST_BYTES, packCli } from '../../build/pack-cli.ts';
import { openSession } from '../support/raw-mcp.ts';
import { freePort } from '../support/tcp.ts';
import { until } from '../support/until.ts';

const ECHO = path.join(import.meta.dirname, '../fixtures/echo-server.mjs');
const scratch = mkdtempSync(path.join(tmpdir(), 'gangway-npm-'));
const prefix = path.join(scratch, 'prefix');
const home = path.join(scratch, 'home');
const env = { PATH: `${path.join(prefix, 'bin')}:${path.dirname(process.execPath)}:/usr/bin:/bin`, HOME: home };
let tarball = '';

/** Runs the installed command to its end; its status is part of the result. */
async function run(args: readonly string[], more: NodeJS.ProcessEnv = {}) {
  try {
    const { stdout, stderr } = await promisify(execFile)('mcp-gangway', args, { env: { ...env, ...more }, cwd: home });
    return { status: 0, stdout, stderr };
  } catch (error) {
    const { code, stdout, stderr } = Object(error);
    return { status: code, stdout: String(stdout), stderr: String(stderr) };
  }
}

beforeAll(async () => {
  mkdirSync(home);
  tarball = await packCli({ into: scratch });
  // Without a network: the package needs no other.
  execFileSync('npm', ['install', '--global', '--offline', '--no-audit', '--no-fund', `--prefix=${prefix}`, tarball], {
    env: { ...process.env, npm_config_cache: path.join(scratch, 'cache') },
  });
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe('The package of the command line', () => {
  it('holds the program, a README and the license, and is smaller than 600 KB', () => {
    const files = execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' }).trim().split('\n');
    const chunks = files.filter((file) => /^package\/cli\/[a-z\d-]+\.cjs$/.test(file));
    expect(chunks).toContain('package/cli/serve.cjs');
    expect(files.filter((file) => !chunks.includes(file)).toSorted()).toEqual([
      'package/Gangway.command',
      'package/LICENSE',
      'package/README.md',
      'package/cli.cjs',
      'package/package.json',
    ]);
    expect(statSync(tarball).size).toBeLessThanOrEqual(MOST_BYTES);
  });

  it('has no dependencies, runs no script when it is installed, and names the Node that it needs', () => {
    const installed = path.join(prefix, 'lib/node_modules/mcp-gangway/package.json');
    const manifest = JSON.parse(readFileSync(installed, 'utf8'));
    const root = JSON.parse(readFileSync(path.join(import.meta.dirname, '../../package.json'), 'utf8'));
    expect(manifest).toMatchObject({ version: root.version, license: 'MIT', engines: { node: '>=22.12' } });
    for (const key of ['dependencies', 'scripts', 'devDependencies', 'private'])
      expect(manifest).not.toHaveProperty(key);
  });

  it('is not packed for a release as long as package.json names no repository', async () => {
    const { repository } = JSON.parse(readFileSync(path.join(import.meta.dirname, '../../package.json'), 'utf8'));
    const packed = packCli({ into: path.join(scratch, 'release'), release: true });
    if (repository === undefined) await expect(packed).rejects.toThrow('package.json names no repository');
    else expect(await packed).toMatch(/\.tgz$/);
  });
});

describe('The installed command', () => {
  it('tells its version and its options', async () => {
    expect(await run(['--version'])).toMatchObject({ status: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
    expect((await run(['--help'])).stdout).toContain('mcp-gangway connect [SERVER |');
    expect(await run(['--no-such-option'])).toMatchObject({ status: 2 });
  });

  it('serves a server, shows its status, stops and starts it, is the server of a stdio client, and examines a target', async () => {
    const port = await freePort();
    const served = spawn('mcp-gangway', ['-p', String(port), '--sse', process.execPath, ECHO], {
      env,
      cwd: home,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const exited = once(served, 'exit');
    try {
      let said = '';
      served.stderr.setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
      await until('it listens', () => said.includes('listening on'));
      const session = await openSession(`http://127.0.0.1:${port}`);
      expect(await session.tool('pid')).toMatch(/^\d+$/);
      await session.end();

      expect(await run(['status', '-p', String(port)])).toMatchObject({
        status: 0,
        stdout: expect.stringContaining(`Listens on 127.0.0.1:${port}`),
      });
      const status = JSON.parse((await run(['status', '--json', '-p', String(port)])).stdout);
      expect(status).toMatchObject({ product: 'mcp-gangway', bridge: { servers: [{ name: 'default' }] } });

      const name = 'default';
      for (const verb of ['stop', 'start', 'restart']) {
        expect(await run([verb, name, '-p', String(port)])).toMatchObject({
          status: 0,
          stdout: expect.stringContaining(name),
        });
      }
      // It is a program: nothing asks for a sign-in there.
      for (const verb of ['login', 'logout']) {
        expect(await run([verb, name, '-p', String(port)])).toMatchObject({
          status: 1,
          stderr: expect.stringContaining(name),
        });
      }

      const shim = spawn('mcp-gangway', ['connect', '-p', String(port)], {
        env,
        cwd: home,
        stdio: ['pipe', 'pipe', 'ignore'],
      });
      const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } };
      const answers = shim.stdout.setEncoding('utf8').toArray();
      shim.stdin.end(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params })}\n`);
      expect(JSON.parse((await answers).join('').split('\n')[0] ?? '')).toMatchObject({ id: 1, result: {} });

      const examined = await run(['doctor', `127.0.0.1:${port}`, '--json', '-p', String(port)]);
      expect(JSON.parse(examined.stdout)).toHaveProperty('findings');
    } finally {
      served.kill('SIGTERM');
      await exited;
    }
  });

  it('keeps named tokens', async () => {
    const file = path.join(home, 'tokens');
    expect(await run(['token', 'add', 'laptop', '--tokens', file])).toMatchObject({ status: 0 });
    expect((await run(['token', 'list', '--tokens', file])).stdout).toContain('laptop');
    expect(await run(['token', 'revoke', 'laptop', '--tokens', file])).toMatchObject({ status: 0 });
    expect((await run(['token', 'list', '--tokens', file])).stdout).not.toContain('laptop');
  });

  it.each([
    ['en_US.UTF-8', 'MCP Gangway needs Node.js 22.12.0 or newer, and this is 20.19.0.'],
    ['zh_TW.UTF-8', 'MCP Gangway 需要 Node.js 22.12.0 以上，而這是 20.19.0。'],
  ])('says in one sentence what to do where Node is too old (%s)', async (LANG, sentence) => {
    const older = path.join(scratch, 'older.cjs');
    writeFileSync(older, `Object.defineProperty(process.versions, 'node', { value: '20.19.0' });\n`);
    const { status, stderr } = await run(['--version'], { NODE_OPTIONS: `--require=${older}`, LANG });
    expect(status).toBe(1);
    expect(stderr).toContain(sentence);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});
