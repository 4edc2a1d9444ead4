import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { extractFile, getRawHeader, listPackage } from '@electron/asar';
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { parse } from 'plist';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { shimCommand } from '../../app/connect/index.ts';
import { DISCARD_PORT, MDNS_GROUP_4, MDNS_GROUP_6, MDNS_PORT } from '../../app/permission/probes.ts';
import { uuidOfApp } from '../../app/platform/mach-o/index.ts';
import { releasesPage } from '../../app/update/index.ts';
import { feedArguments } from '../../build/package.ts';
import { feedFaults } from '../../build/release.ts';
import { readSettings, runApp, showPopover, stopApp } from '../e2e/support/running-app.ts';
import { describeInChromium } from '../electron-host/support/chromium.ts';
import { serverSetting } from '../support/bridge-host.ts';
import { startGangway } from '../support/gangway.ts';
import { has } from '../support/programs.ts';
import { machO, uuidOf } from './support/mach-o.ts';
import { type PackTarget, pack } from './support/pack.ts';
import { makeSkeleton } from './support/skeleton.ts';

// The app itself, packed as electron-builder.yml says but around a skeleton.
const root = path.join(import.meta.dirname, '..', '..');
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'packed-'));
const linux = path.join(scratch, 'linux', 'linux-unpacked');
const bundle = path.join(scratch, 'mac', 'mac-arm64', 'MCP Gangway.app', 'Contents');
const executables = { linux: path.join(linux, 'mcp-gangway'), mac: path.join(bundle, 'MacOS', 'MCP Gangway') } as const;
const archives = [path.join(linux, 'resources', 'app.asar'), path.join(bundle, 'Resources', 'app.asar')];
const { appId, mac } = parseYaml(fs.readFileSync(path.join(root, 'electron-builder.yml'), 'utf8'));

async function packApp(target: PackTarget, electronDist: string): Promise<void> {
  await pack(
    target,
    [
      `-c.electronDist=${electronDist}`,
      `-c.directories.output=${path.join(scratch, target)}`,
      // What no program can run, codesign would not sign.
      '-c.mac.identity=null',
      '-c.electronFuses.resetAdHocDarwinSignature=false',
      ...(target === 'mac' ? asRelease() : []),
    ],
    target === 'mac' ? { NODE_DIST: runtimes, ELECTRON_BUILDER_7ZIP_PATH: sevenZip } : {},
    target === 'mac' && canZip ? 'zip' : 'dir',
  );
}

/** As a release is packed: with a feed, and under the name of a universal archive, which only a Mac can make. */
const REPOSITORY = 'github:someone/mcp-gangway';
const sevenZip = path.join(import.meta.dirname, 'support', 'seven-zip.py');
const canZip = has('python3', '--version');

function asRelease(): readonly string[] {
  const notes = path.join(scratch, 'notes.md');
  fs.writeFileSync(notes, '- A **new** thing.\n');
  return [...feedArguments(REPOSITORY, notes), '-c.artifactName=${name}-${version}-universal.${ext}'];
}

/** Node for a Mac, as far as anything here looks at it. */
const runtimes = path.join(scratch, 'runtimes');
const macRuntime = machO(Buffer.alloc(16, 7));

beforeAll(async () => {
  fs.mkdirSync(path.join(runtimes, 'darwin-arm64'), { recursive: true });
  fs.writeFileSync(path.join(runtimes, 'darwin-arm64', 'node'), macRuntime);
  fs.writeFileSync(path.join(runtimes, 'darwin-arm64', 'LICENSE'), 'skeleton');
  const skeleton = makeSkeleton(path.join(scratch, 'electron'));
  await packApp('linux', skeleton.linux);
  await packApp('mac', skeleton.darwin);
}, 120_000);

afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }));

describe('the packed app', () => {
  it('tells macOS what it is and why it wants the local network', () => {
    const info = parse(fs.readFileSync(path.join(bundle, 'Info.plist'), 'utf8'));
    const { headerString } = getRawHeader(path.join(bundle, 'Resources', 'app.asar'));
    expect(info).toMatchObject({
      CFBundleIdentifier: appId,
      CFBundleName: 'MCP Gangway',
      CFBundleExecutable: 'MCP Gangway',
      CFBundleIconFile: 'icon.icns',
      LSApplicationCategoryType: 'public.app-category.developer-tools',
      LSMinimumSystemVersion: '13.0',
      LSUIElement: true,
      NSLocalNetworkUsageDescription: expect.stringMatching(/^MCP Gangway .+\.$/),
      CFBundleURLTypes: [{ CFBundleURLName: 'MCP Gangway', CFBundleURLSchemes: ['mcp-gangway'] }],
      NSBonjourServices: ['_http._tcp', '_home-assistant._tcp'],
      ElectronAsarIntegrity: {
        'Resources/app.asar': { algorithm: 'SHA256', hash: createHash('sha256').update(headerString).digest('hex') },
      },
    });
    expect(info).not.toHaveProperty('LSBackgroundOnly');
    expect(fs.readdirSync(path.join(bundle, 'Frameworks'))).toContain('MCP Gangway Helper (Renderer).app');
  });

  it('says the same in Traditional Chinese, beside the words of Electron', () => {
    const folder = path.join(bundle, 'Resources', 'zh_TW.lproj');
    expect(fs.readdirSync(folder).sort()).toEqual(['InfoPlist.strings', 'InternetAccessPolicy.strings', 'locale.pak']);
    const strings = fs.readFileSync(path.join(folder, 'InfoPlist.strings'), 'utf8');
    expect(strings).toMatch(/^"NSLocalNetworkUsageDescription" = "MCP Gangway .*區域網路.*。";$/m);
  });

  it('tells Little Snitch of every host that it contacts by itself, and why, in both languages', () => {
    const policy = readPolicy(fs.readFileSync(path.join(bundle, 'Resources', 'InternetAccessPolicy.plist'), 'utf8'));
    const outgoing = policy.Connections.filter(({ IsIncoming }) => !IsIncoming);
    const hostsAt = (protocol: string | undefined, port: number | undefined): readonly string[] =>
      outgoing
        .filter(({ NetworkProtocol, Port }) => NetworkProtocol === protocol && Port === port?.toString())
        .flatMap(({ Host }) => Host.split(', '));
    expect(hostsAt('TCP', 443)).toContain(new URL(releasesPage({ owner: 'someone', name: 'mcp-gangway' })).hostname);
    expect(hostsAt('UDP', MDNS_PORT)).toEqual([MDNS_GROUP_4, MDNS_GROUP_6]);
    expect(hostsAt('UDP', DISCARD_PORT)).toEqual(['fe80::*']);
    // What the person's servers and clients ask for.
    expect(hostsAt(undefined, undefined)).toEqual(['*']);
    const named = outgoing.flatMap(({ Host }) => Host.split(', '));
    expect(hostsInSources().filter((host) => !named.includes(host))).toEqual([]);

    const strings = fs.readFileSync(
      path.join(bundle, 'Resources', 'zh_TW.lproj', 'InternetAccessPolicy.strings'),
      'utf8',
    );
    const translated = [...strings.matchAll(/^"(.+)" = "(.+)";$/gm)].map(([, english]) => english);
    const texts = policy.Connections.flatMap(({ Purpose, DenyConsequences }) => [Purpose, DenyConsequences]);
    expect(translated.toSorted()).toEqual([policy.ApplicationDescription, policy.DeveloperName, ...texts].toSorted());
  });

  it('brings its own languages and no others', () => {
    const inBundle = fs.readdirSync(path.join(bundle, 'Resources')).filter((name) => name.endsWith('.lproj'));
    expect(inBundle.sort()).toEqual(['en.lproj', 'zh_TW.lproj']);
    expect(fs.readdirSync(path.join(linux, 'locales')).sort()).toEqual(['en-US.pak', 'zh-TW.pak']);
  });

  it('carries its own icon', () => {
    const icon = fs.readFileSync(path.join(bundle, 'Resources', 'icon.icns'));
    expect(icon.equals(fs.readFileSync(path.join(root, 'build', 'icon.icns')))).toBe(true);
    expect(icon.readUInt32BE(4)).toBe(icon.length);
  });

  it.each([mac.entitlements, mac.entitlementsInherit])(
    'is signed with the entitlement that lets V8 compile, and with no other: %s',
    (file) => {
      expect(parse(fs.readFileSync(path.join(root, file), 'utf8'))).toEqual({
        'com.apple.security.cs.allow-jit': true,
      });
    },
  );

  it('has the UUID of its bundle identifier', () => {
    expect(uuidOf(fs.readFileSync(executables.mac))).toEqual(uuidOfApp(appId));
  });

  it.each([executables.linux, path.dirname(bundle)])('has every fuse as it should be: %s', async (place) => {
    const wire = await getCurrentFuseWire(place);
    expect(wire).toMatchObject({
      [FuseV1Options.RunAsNode]: FuseState.DISABLE,
      [FuseV1Options.EnableCookieEncryption]: FuseState.DISABLE,
      [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: FuseState.DISABLE,
      [FuseV1Options.EnableNodeCliInspectArguments]: FuseState.DISABLE,
      [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: FuseState.ENABLE,
      [FuseV1Options.OnlyLoadAppFromAsar]: FuseState.ENABLE,
      [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: FuseState.DISABLE,
      [FuseV1Options.GrantFileProtocolExtraPrivileges]: FuseState.ENABLE,
      [FuseV1Options.WasmTrapHandlers]: FuseState.ENABLE,
    });
  });

  it.each(archives)('holds the built app, its images and nothing else: %s', (archive) => {
    const files = listPackage(archive, { isPack: false });
    const folders = new Set(files.map((file) => path.posix.dirname(file)));
    const images = fs.readdirSync(path.join(root, 'assets', 'tray')).map((name) => `/assets/tray/${name}`);
    expect(files.filter((file) => !folders.has(file)).sort()).toEqual(
      [
        ...images,
        '/out/main/index.js',
        '/out/main/oauth.js',
        '/out/main/rolldown-runtime.js',
        '/out/main/updater.js',
        '/out/preload/index.cjs',
        '/out/renderer/index.html',
        '/out/renderer/window.css',
        '/out/renderer/window.js',
        '/package.json',
      ].sort(),
    );
    expect(JSON.parse(extractFile(archive, 'package.json').toString())).toMatchObject({
      main: 'out/main/index.js',
      productName: 'MCP Gangway',
    });
  });
});

interface AccessPolicy {
  readonly ApplicationDescription: string;
  readonly DeveloperName: string;
  readonly Connections: readonly {
    readonly IsIncoming: boolean;
    readonly Host: string;
    readonly NetworkProtocol?: string;
    readonly Port?: string;
    readonly Purpose: string;
    readonly DenyConsequences: string;
  }[];
}

function readPolicy(text: string): AccessPolicy {
  return parse(text) as unknown as AccessPolicy;
}

/** The hosts of the URLs in the code of the app, but for comments and texts, and for what only stands as an example. */
function hostsInSources(): readonly string[] {
  const found = ['app', 'main'].flatMap((room) =>
    fs
      .readdirSync(path.join(root, room), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.startsWith('i18n'))
      .flatMap((file) => {
        const code = fs.readFileSync(path.join(root, room, file), 'utf8').replace(/\/\*.*?\*\/|^\s*\/\/.*$/gms, '');
        return [...code.matchAll(/https?:\/\/([a-z0-9.-]+\.[a-z]{2,})\b/gi)].map(([, host = '']) => host.toLowerCase());
      }),
  );
  return [...new Set(found)].filter((host) => !/(?:^|\.)example(?:\.com)?$|\.lan$/.test(host));
}

describe('the feed of the packed app', () => {
  const version: string = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8')).version;

  it.skipIf(!canZip)('fits what was packed, and says what is new', () => {
    const dist = path.join(scratch, 'mac');
    const app = path.dirname(bundle);
    expect(feedFaults({ dist, app, version, repository: REPOSITORY, parse: parseYaml })).toEqual([]);
    expect(parseYaml(fs.readFileSync(path.join(dist, 'latest-mac.yml'), 'utf8'))).toMatchObject({
      version,
      path: `mcp-gangway-${version}-universal.zip`,
      releaseNotes: '- A **new** thing.\n',
    });
    expect(parseYaml(fs.readFileSync(path.join(bundle, 'Resources', 'app-update.yml'), 'utf8'))).toEqual({
      owner: 'someone',
      repo: 'mcp-gangway',
      provider: 'github',
      updaterCacheDirName: 'mcp-gangway-updater',
    });
  });

  it('is not there when it was packed without a repository', () => {
    expect(fs.existsSync(path.join(linux, 'resources', 'app-update.yml'))).toBe(false);
  });
});

describe('the command line in the packed app', () => {
  const folders = [path.join(linux, 'resources', 'bin'), path.join(bundle, 'Resources', 'bin')];

  it.each(folders)('is there with a runtime of its own, both executable: %s', (folder) => {
    const chunks = fs.readdirSync(path.join(root, 'out', 'cli'));
    expect(fs.readdirSync(folder).sort()).toEqual(['LICENSE.node', 'cli', 'cli.cjs', 'mcp-gangway', 'node']);
    expect(fs.readdirSync(path.join(folder, 'cli')).sort()).toEqual(chunks.sort());
    for (const program of ['mcp-gangway', 'node']) {
      expect(fs.statSync(path.join(folder, program)).mode & 0o777).toBe(0o755);
    }
  });

  it('has the runtime of the Mac it is packed for', () => {
    const found = fs.readFileSync(path.join(bundle, 'Resources', 'bin', 'node'));
    expect(found.equals(macRuntime)).toBe(true);
  });

  it('is what the app tells clients to start', () => {
    const at = { app: '/never/looked/at', platform: 'darwin' } as const;
    const { command, args } = shimCommand({ ...at, resources: path.join(bundle, 'Resources') });
    expect(fs.existsSync(command)).toBe(true);
    expect(args).toEqual(['connect', '--start']);
    const { command: node, args: fromSources } = shimCommand({
      resources: null,
      app: root,
      platform: process.platform,
    });
    for (const file of [node, fromSources[0] ?? '']) expect(fs.existsSync(file)).toBe(true);
  });

  it.skipIf(process.platform !== 'linux')('runs by its path alone, through links and spaces, without any PATH', () => {
    const launcher = path.join(linux, 'resources', 'bin', 'mcp-gangway');
    const folder = path.join(scratch, 'a folder', 'of links');
    fs.mkdirSync(folder, { recursive: true });
    fs.symlinkSync(launcher, path.join(folder, 'first'));
    fs.symlinkSync('first', path.join(folder, 'gangway'));
    const { version } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
    for (const program of [launcher, path.join(folder, 'gangway')]) {
      expect(execFileSync(program, ['--version'], { env: {}, encoding: 'utf8' })).toBe(`${version}\n`);
    }
    expect(execFileSync('./gangway', ['--version'], { env: {}, cwd: folder, encoding: 'utf8' })).toBe(`${version}\n`);
    const script = { env: {}, cwd: path.dirname(launcher), encoding: 'utf8' } as const;
    expect(execFileSync('/bin/sh', ['mcp-gangway', '--version'], script)).toBe(`${version}\n`);
  });

  it.skipIf(process.platform !== 'linux')('connects a stdio client to a server of the gateway', async () => {
    await using gangway = await startGangway({ servers: [serverSetting()], defaultServer: null });
    const command = path.join(linux, 'resources', 'bin', 'mcp-gangway');
    const args = ['connect', 'echo', '-p', String(gangway.port)];
    const client = new Client({ name: 'test', version: '1' });
    await client.connect(new StdioClientTransport({ command, args, env: { PATH: '' } }));
    expect((await client.listTools()).tools.map(({ name }) => name)).toContain('echo');
    await client.close();
  });
});

describeInChromium('the packed app, started', () => {
  it.each(Object.entries(executables))('shows its popover and answers on its port: %s', async (_target, executable) => {
    const app = await runApp({ executable, habits: { on: true } });
    try {
      expect(await app.app.evaluate((electron) => electron.app.getAppPath())).toMatch(/app\.asar$/);
      const page = await showPopover(app);
      await expect.poll(() => page.locator('#phase').textContent()).toBe('On');
      const health = await fetch(`http://127.0.0.1:${readSettings(app.home).settings.port}/healthz`);
      expect(await health.json()).toMatchObject({ product: 'mcp-gangway' });
    } finally {
      await stopApp(app);
    }
  });
});
