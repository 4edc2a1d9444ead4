import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type CaskParts, caskOf } from '../../../build/cask.ts';
import { electronNotice } from '../../../build/electron-notice.ts';
import { has, run } from '../../support/programs.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const ROOT = path.join(import.meta.dirname, '../../..');
const text = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');
const workflow = (name: string) => parse(text(`.github/workflows/${name}.yml`));

describe('The Homebrew cask', () => {
  const configuration = parse(text('electron-builder.yml'));
  const { repository: _, dependencies, devDependencies, ...named } = JSON.parse(text('package.json'));
  const manifest = { ...named, repository: 'github:ada/mcp-gangway' };
  const artifact = `mcp-gangway-${manifest.version}-universal.dmg`;
  const sha256 = '0123456789abcdef'.repeat(4);
  const cask = (parts: Partial<CaskParts> = {}) => caskOf({ manifest, configuration, artifact, sha256, ...parts });

  it('has the version, the hash and the address of the image, and the names of the app', () => {
    const made = cask();
    expect(made).toContain(`version "${manifest.version}"`);
    expect(made).toContain(`sha256 "${sha256}"`);
    expect(made).toContain(
      'url "https://github.com/ada/mcp-gangway/releases/download/v#{version}/mcp-gangway-#{version}-universal.dmg"',
    );
    expect(made).toContain('homepage "https://github.com/ada/mcp-gangway"');
    expect(made).toContain('depends_on macos: ">= :ventura"');
    expect(made).toContain(`app "${manifest.productName}.app"`);
    expect(made).toContain(`uninstall quit: "${configuration.appId}"`);
    expect(made).not.toMatch(/\{\{|\}\}|undefined/);
  });

  it('finds new versions in the releases, and removes on request what the app has left', () => {
    const made = cask();
    expect(made).toMatch(/livecheck do\n {4}url :url\n {4}strategy :github_latest\n {2}end/);
    const zapped = /zap trash: \[([^\]]*)\]/.exec(made)?.[1] ?? '';
    for (const place of ['Application Support', 'Logs']) expect(zapped).toContain(`"~/Library/${place}/MCP Gangway"`);
    expect(zapped).toContain(`"~/Library/Preferences/${configuration.appId}.plist"`);
    expect(zapped).toContain(`"~/Library/Caches/${configuration.appId}.ShipIt"`);
  });

  it('claims that the app updates itself only if it does', () => {
    const bare = { ...manifest, dependencies: {}, devDependencies: {} };
    expect(cask({ manifest: bare })).not.toContain('auto_updates');
    const updating = { ...bare, dependencies: { 'electron-updater': '6.8.10' } };
    expect(cask({ manifest: updating })).toMatch(/^ {2}auto_updates true$/m);
    const ours = caskOf({ manifest: { ...manifest, dependencies, devDependencies }, configuration, artifact, sha256 });
    expect(ours.includes('auto_updates')).toBe('electron-updater' in { ...dependencies, ...devDependencies });
  });

  it('describes the app as Homebrew wants it: below 80 letters, without its name and an article', () => {
    const description = /^ {2}desc "(.*)"$/m.exec(cask())?.[1] ?? '';
    expect(description.length).toBeGreaterThan(20);
    expect(description.length).toBeLessThan(80);
    expect(description).not.toMatch(/^(?:an?|the) |gangway|\.$/i);
  });

  it.each([
    'github:ada/mcp-gangway',
    'ada/mcp-gangway',
    'https://github.com/ada/mcp-gangway',
    { type: 'git', url: 'git+https://github.com/ada/mcp-gangway.git' },
  ])('takes the repository as %j', (repository) => {
    expect(cask({ manifest: { ...manifest, repository } })).toContain('homepage "https://github.com/ada/mcp-gangway"');
  });

  it('is not made of what is missing or does not fit together', () => {
    expect(() => cask({ manifest: named })).toThrow('package.json names no repository');
    expect(() => cask({ manifest: { ...manifest, repository: 'https://git.example/a/b' } })).toThrow(
      'no repository on GitHub',
    );
    expect(() => cask({ artifact: 'mcp-gangway-9.9.9-universal.dmg' })).toThrow('is not of version');
    const future = { appId: 'x', mac: { minimumSystemVersion: '99.0' } };
    expect(() => cask({ configuration: future })).toThrow('no name for macOS 99.0');
  });

  const noRuby = has('ruby', '--version') ? '' : ' (skipped: there is no ruby here)';
  it.skipIf(noRuby !== '')(`is Ruby, as it is made from an image${noRuby}`, () => {
    const folder = temporaryDirectory();
    const file = path.join(folder, 'mcp-gangway.rb');
    writeFileSync(file, cask({ manifest: { ...manifest, dependencies: { 'electron-updater': '1' } } }));
    const { status, stdout, stderr } = spawnSync('ruby', ['-wc', file], { encoding: 'utf8' });
    expect([status, stdout.trim(), stderr]).toEqual([0, 'Syntax OK', '']);
  });

  it('is made and attached by the release, from the image that it publishes', () => {
    const steps: readonly { readonly run?: string }[] = workflow('release').jobs.macos.steps;
    const made = steps.findIndex(({ run: script = '' }) =>
      script.includes('node build/cask.ts dist/*.dmg dist/mcp-gangway.rb'),
    );
    const drafted = steps.findIndex(({ run: script = '' }) => /dist\/mcp-gangway\.rb .*--draft/.test(script));
    expect(made).toBeGreaterThan(0);
    expect(drafted).toBeGreaterThan(made);
  });

  it('is not written for an image whose repository has no name yet, and says so', async () => {
    const folder = temporaryDirectory();
    const image = path.join(folder, artifact);
    writeFileSync(image, 'image');
    const { code, stdout, stderr } = await run(process.execPath, [path.join(ROOT, 'build/cask.ts'), image]);
    const { repository } = JSON.parse(text('package.json'));
    if (repository === undefined) expect([code, stderr]).toEqual([1, expect.stringContaining('names no repository')]);
    else expect(stdout).toContain(createHash('sha256').update('image').digest('hex'));
  });
});

describe('The container', () => {
  const instructions = text('packaging/container/Dockerfile').replaceAll('\\\n', ' ').split('\n');
  const instruction = (name: string) =>
    instructions.find((line) => line.startsWith(`${name} `))?.slice(name.length + 1) ?? '';

  it('is built from one image, by its hash, of the Node that the project brings', () => {
    const { version } = JSON.parse(text('build/node-archives.json'));
    expect(instructions.filter((line) => /^FROM /.test(line))).toHaveLength(1);
    expect(instruction('FROM')).toMatch(
      new RegExp(`^node:${version.replaceAll('.', '\\.')}-trixie-slim@sha256:[0-9a-f]{64}$`),
    );
  });

  it('runs as no root, is watched, and listens beyond its own loopback', () => {
    const [user = '0'] = instruction('USER').split(':');
    expect(Number(user)).toBeGreaterThan(0);
    expect(instruction('HEALTHCHECK')).toContain('CMD ["mcp-gangway", "status"]');
    expect(JSON.parse(instruction('ENTRYPOINT'))).toEqual(['mcp-gangway', '--host', '0.0.0.0']);
    expect(text('packaging/container/Dockerfile')).not.toMatch(/^(?:ENV|ARG).*TOKEN/im);
  });

  it('is given nothing of the checkout but the command line', () => {
    const ignored = text('packaging/container/Dockerfile.dockerignore').trim().split('\n');
    expect(ignored).toEqual(['*', '!out/cli.cjs', '!out/cli']);
  });

  it('is shown in a compose file that asks for a token and publishes on loopback alone, with no rights to spare', () => {
    const { services } = parse(text('packaging/container/compose.yaml'));
    const service = services['mcp-gangway'];
    expect(service).toMatchObject({
      init: true,
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      ports: ['127.0.0.1:28080:28080'],
      command: ['--config', '/config/servers.json', '--drain', '5'],
    });
    expect(service.environment.MCP_GANGWAY_TOKEN).toMatch(/^\$\{MCP_GANGWAY_TOKEN:\?.+\}$/);
    expect(JSON.parse(text('packaging/container/config/servers.json'))).toHaveProperty('mcpServers.everything.command');
  });

  it('is built and tried by a job of its own on every push', async () => {
    const { container } = workflow('check').jobs;
    expect(container.steps.map(({ run: script }: { readonly run?: string }) => script)).toContain(
      '.ci/check-container',
    );
    expect(await run('bash', ['-n', path.join(ROOT, '.ci/check-container')])).toMatchObject({ code: 0, stderr: '' });
  });
});

describe.each(['system', 'user'])('The systemd unit of the %s', (kind) => {
  const file = path.join(ROOT, 'packaging/systemd', kind, 'mcp-gangway.service');
  const unit = readFileSync(file, 'utf8');
  const noSystemd = has('systemd-analyze', '--version') ? '' : ' (skipped: there is no systemd-analyze here)';

  it('gives its servers time to end, starts again after a failure, and names no secret', () => {
    expect(unit).toMatch(/^KillMode=mixed$/m);
    expect(unit).toMatch(/^Restart=on-failure$/m);
    const [, seconds = '0'] = /^TimeoutStopSec=(\d+)$/m.exec(unit) ?? [];
    const [, drain = '0'] = /--drain (\d+)/.exec(unit) ?? [];
    // What the command line takes at most once the drain is over.
    expect(Number(seconds)).toBeGreaterThan(Number(drain) + 10);
    expect(unit).not.toMatch(/--token |MCP_GANGWAY_TOKEN/);
  });

  it.skipIf(noSystemd !== '')(`has no mistake that systemd would find${noSystemd}`, async () => {
    const { stdout, stderr } = await run('systemd-analyze', ['verify', `--${kind}`, file]);
    // Other units of this machine may be complained about.
    expect(`${stdout}${stderr}`.split('\n').filter((line) => line.includes('mcp-gangway.service'))).toEqual([]);
  });

  // A user's manager cannot take from its units what the exposure is judged by.
  if (kind === 'user') return;

  it.skipIf(noSystemd !== '')(`is exposed little${noSystemd}`, async () => {
    const { code, stdout } = await run('systemd-analyze', [
      'security',
      '--offline=true',
      '--threshold=20',
      '--no-pager',
      file,
    ]);
    expect([code, stdout]).toEqual([0, expect.stringContaining('Overall exposure level')]);
  });
});

describe('npm start', () => {
  function electronPackage(...files: readonly (readonly [string, string])[]): string {
    const folder = temporaryDirectory();
    for (const [name, content] of [['package.json', '{"version":"45.4.1"}'], ...files] as const) {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), content);
    }
    return folder;
  }

  it('says before it fetches Electron how large that is, and how through a proxy or from a mirror', () => {
    const notice = electronNotice(electronPackage(), {}) ?? '';
    expect(notice).toContain('Electron 45.4.1 is fetched once now: some 120 MB');
    for (const name of ['ELECTRON_GET_USE_PROXY', 'HTTPS_PROXY', 'ELECTRON_MIRROR', 'ELECTRON_OVERRIDE_DIST_PATH'])
      expect(notice).toContain(`${name}=`);
    expect(electronNotice(electronPackage(), { LANG: 'zh_TW.UTF-8' })).toContain('只需一次：約 120 MB');
  });

  it('says so again where the executable is gone', () => {
    expect(electronNotice(electronPackage(['path.txt', 'electron']), {})).toContain('45.4.1');
  });

  it('says nothing once it is there, or is somewhere else', () => {
    const there = electronPackage(['path.txt', 'electron'], ['dist/electron', 'program']);
    expect(electronNotice(there, {})).toBeNull();
    expect(electronNotice(electronPackage(), { ELECTRON_OVERRIDE_DIST_PATH: '/opt/electron' })).toBeNull();
  });

  it('says it before it starts Electron', () => {
    const { start } = JSON.parse(text('package.json')).scripts;
    expect(start).toMatch(/node build\/electron-notice\.ts && electron \.$/);
  });

  it('names variables that the package of Electron reads', () => {
    const sources = ['index.js', 'install.js'].map((name) => text(`node_modules/electron/${name}`)).join('');
    const download =
      text('node_modules/@electron/get/dist/index.js') + text('node_modules/@electron/get/dist/artifact-utils.js');
    expect(sources).toContain('ELECTRON_OVERRIDE_DIST_PATH');
    expect(download).toContain('ELECTRON_GET_USE_PROXY');
    expect(download).toContain('`ELECTRON_${');
  });
});
