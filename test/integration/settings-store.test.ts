import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { DEFAULT_STORED, type Stored } from '../../app/settings/index.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const ROOT = join(import.meta.dirname, '../..');
const bundle = join(inject('runFolder'), 'settings-store');
const OPEN = `
  const { openStore } = await import(process.argv[1]);
  const { store, keptAside, fault } = openStore(process.argv[2]);
  const told = { port: store.read().settings.port, keptAside, fault: fault?.code ?? null, wrote: null };
  const { settings, ...rest } = store.read();
  try {
    store.write({ ...rest, settings: { ...settings, noProxy: 'x'.repeat(Number(process.argv[3])) } });
  } catch (error) {
    told.wrote = error.code;
  }
  console.log(JSON.stringify(told));
`;

/** Opens the store of a folder in a process of its own, and writes so many characters more; `blocks` of 512 bytes are what a file may have. */
function open(folder: string, characters: number, blocks = 'unlimited') {
  const args = [process.execPath, OPEN, join(bundle, 'index.js'), folder, String(characters)];
  const line = `ulimit -f ${blocks}; exec "$0" --input-type=module -e "$@"`;
  // The compile cache writes files as well.
  const env = { ...process.env, NODE_COMPILE_CACHE: '' };
  return JSON.parse(execFileSync('sh', ['-c', line, ...args], { encoding: 'utf8', env }));
}

describe.skipIf(process.platform === 'win32')('The store of the app, as it is built,', () => {
  beforeAll(async () => {
    await build({
      root: ROOT,
      configFile: join(ROOT, 'vite.main.config.ts'),
      logLevel: 'warn',
      build: { ssr: 'main/settings-electron-store.ts', outDir: bundle },
    });
    mkdirSync(join(bundle, 'node_modules/electron'), { recursive: true });
    writeFileSync(join(bundle, 'node_modules/electron/index.js'), 'module.exports = {};');
  });

  const stored: Stored = { ...DEFAULT_STORED, settings: { ...DEFAULT_STORED.settings, port: 28_099 } };

  it('keeps the settings that it has where the new ones do not fit on the disk', () => {
    const folder = temporaryDirectory();
    const file = join(folder, 'settings.json');
    writeFileSync(file, JSON.stringify(stored));
    expect(open(folder, 10)).toEqual({ port: 28_099, keptAside: null, fault: null, wrote: null });
    const before = readFileSync(file, 'utf8');
    expect(open(folder, 4000, '4')).toEqual({ port: 28_099, keptAside: null, fault: null, wrote: 'EFBIG' });
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(JSON.parse(before));
    expect(readdirSync(folder)).toEqual(['settings.json']);
  });

  it('reads a file with the mark that editors of Windows put in front of it', () => {
    const folder = temporaryDirectory();
    writeFileSync(join(folder, 'settings.json'), `\ufeff${JSON.stringify(stored)}`);
    expect(open(folder, 10)).toEqual({ port: 28_099, keptAside: null, fault: null, wrote: null });
  });

  it('opens, with the settings as they are, where nothing can be written at all', () => {
    const folder = temporaryDirectory();
    writeFileSync(join(folder, 'settings.json'), JSON.stringify(stored));
    expect(open(folder, 10, '0')).toEqual({ port: 28_099, keptAside: null, fault: 'EFBIG', wrote: 'EFBIG' });
    expect(JSON.parse(readFileSync(join(folder, 'settings.json'), 'utf8'))).toEqual(stored);
  });

  it.each([
    ['later', JSON.stringify({ ...stored, schemaVersion: 99 })],
    ['later', JSON.stringify({ ...stored, settings: { ...stored.settings, newIdea: 1 } })],
    ['corrupt', JSON.stringify({ ...stored, settings: { ...stored.settings, newIdea: 1, port: 'x' } })],
    ['corrupt', '{"schemaVersion": 2, "sett'],
    ['corrupt', ''],
    ['corrupt', '\0'.repeat(512)],
    ['corrupt', null],
  ])('keeps a file aside that it cannot use, as %s: %.40s', (why, content) => {
    const folder = temporaryDirectory();
    const file = join(folder, 'settings.json');
    if (content === null) mkdirSync(file);
    else writeFileSync(file, content);
    const told = open(folder, 10);
    expect(told).toMatchObject({ port: 28_080, keptAside: { isLater: why === 'later' }, fault: null, wrote: null });
    const aside = readdirSync(folder).find((name) => name.startsWith(`settings.${why}-`)) ?? '';
    expect(told.keptAside.file).toBe(join(folder, aside));
    if (content !== null) expect(readFileSync(join(folder, aside), 'utf8')).toBe(content);
    expect(JSON.parse(readFileSync(file, 'utf8')).settings.port).toBe(28_080);
    rmSync(folder, { recursive: true });
  });
});
