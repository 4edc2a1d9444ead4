import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { extractFile, getRawHeader, listPackage } from '@electron/asar';
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import type { Configuration } from 'electron-builder';
import { parse } from 'plist';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp } from '../e2e/support/start-app.ts';
import { electronVersion } from '../electron-host/contract/files.ts';
import { describeInChromium } from '../electron-host/support/chromium.ts';
import { uuidOf } from './support/mach-o.ts';
import { type PackTarget, pack } from './support/pack.ts';
import { makeSkeleton } from './support/skeleton.ts';

// The sample app of the stand-in, packed around a skeleton: it shows that the skeleton is all electron-builder needs.
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'skeleton-'));
const linux = path.join(scratch, 'linux', 'linux-unpacked');
const bundle = path.join(scratch, 'mac', 'mac-arm64', 'Sample.app', 'Contents');
const executables = { linux: path.join(linux, 'sample'), mac: path.join(bundle, 'MacOS', 'Sample') } as const;
const archives = [path.join(linux, 'resources', 'app.asar'), path.join(bundle, 'Resources', 'app.asar')];
/** The Node of this project, which npm lists among its packages: it is most of the files that would be packed. */
const RUNTIME = '!node_modules/node-*-*/**';

async function packSample(target: PackTarget, electronDist: string): Promise<void> {
  const config: Configuration = {
    appId: 'test.gangway.sample',
    productName: 'Sample',
    electronVersion,
    electronDist,
    directories: { output: path.join(scratch, target) },
    extraMetadata: { main: 'test/electron-host/sample/main.ts', version: '1.2.3' },
    files: ['test/electron-host/sample/**/*', '!**/*.test.ts', 'package.json', RUNTIME],
    npmRebuild: false,
    electronFuses: { runAsNode: false, onlyLoadAppFromAsar: true },
    mac: { identity: null, extendInfo: { LSUIElement: true } },
    linux: { executableName: 'sample' },
  };
  const file = path.join(scratch, `${target}.json`);
  fs.writeFileSync(file, JSON.stringify(config));
  await pack(target, ['--config', file]);
}

beforeAll(async () => {
  const skeleton = makeSkeleton(path.join(scratch, 'electron'));
  await packSample('linux', skeleton.linux);
  await packSample('mac', skeleton.darwin);
}, 120_000);

afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }));

describe('an app packed around the skeleton', () => {
  it('has the Info.plist of its configuration, and the hash of its archive in it', () => {
    const { headerString } = getRawHeader(path.join(bundle, 'Resources', 'app.asar'));
    expect(parse(fs.readFileSync(path.join(bundle, 'Info.plist'), 'utf8'))).toMatchObject({
      CFBundleIdentifier: 'test.gangway.sample',
      CFBundleExecutable: 'Sample',
      CFBundleShortVersionString: '1.2.3',
      LSUIElement: true,
      ElectronAsarIntegrity: {
        'Resources/app.asar': { algorithm: 'SHA256', hash: createHash('sha256').update(headerString).digest('hex') },
      },
    });
  });

  it('has its helpers renamed and its Mach-O executable untouched', () => {
    expect(fs.readdirSync(path.join(bundle, 'Frameworks'))).toContain('Sample Helper (Renderer).app');
    expect(uuidOf(fs.readFileSync(executables.mac))).toHaveLength(16);
  });

  it.each([executables.linux, path.dirname(bundle)])('has its fuses set: %s', async (place) => {
    const wire = await getCurrentFuseWire(place);
    expect(wire[FuseV1Options.RunAsNode]).toBe(FuseState.DISABLE);
    expect(wire[FuseV1Options.OnlyLoadAppFromAsar]).toBe(FuseState.ENABLE);
    expect(wire[FuseV1Options.WasmTrapHandlers]).toBe(FuseState.ENABLE);
  });

  it.each(archives)('holds the app and its production packages, and nothing else: %s', (archive) => {
    const files = listPackage(archive, { isPack: false });
    expect(files).toContain('/test/electron-host/sample/preload.cjs');
    expect(files).toContain('/node_modules/menubar/lib/index.js');
    expect(files).toContain('/node_modules/electron-store/index.js');
    expect(files.filter((file) => /^\/node_modules\/(electron|vitest|typescript|node-[^/]+)(\/|$)/.test(file))).toEqual(
      [],
    );
    expect(files.filter((file) => /^\/(app|main|renderer)(\/|$)/.test(file))).toEqual([]);
    expect(JSON.parse(extractFile(archive, 'package.json').toString())).toMatchObject({ version: '1.2.3' });
  });
});

describeInChromium('the packed app', () => {
  it.each(Object.entries(executables))('starts from its archive and answers: %s', async (_target, executable) => {
    const driver = await startApp({ executable });
    try {
      const page = await driver.window('page.html');
      const packed = await driver.app.evaluate(({ app }) => [app.isPackaged, app.getVersion(), app.getAppPath()]);
      expect(packed).toEqual([true, '1.2.3', expect.stringMatching(/app\.asar$/)]);
      await driver.tray.click();
      await page.click('#ask');
      await expect.poll(() => page.textContent('#answer')).toBe('HELLO true 1');
    } finally {
      expect(await driver.stop()).toMatchObject({ code: 0, misuse: [] });
      fs.rmSync(driver.home, { recursive: true, force: true });
    }
  });
});
