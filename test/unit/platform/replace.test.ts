import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { makeFolder } from '../../../app/base/make-folder.ts';
import { replaceFile } from '../../../app/platform/file/index.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const MODULE = join(import.meta.dirname, '../../../app/platform/file/index.ts');
const isRoot = process.geteuid?.() === 0;

describe('A file that is replaced', () => {
  let folder = '';
  let file = '';
  beforeEach(() => {
    folder = temporaryDirectory();
    file = join(folder, 'settings.json');
    writeFileSync(file, 'old', { mode: 0o644 });
  });

  it('is for its owner alone, or has the mode that was asked for', () => {
    replaceFile(file, 'new');
    expect(readFileSync(file, 'utf8')).toBe('new');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    replaceFile(file, Buffer.from('newer'), { mode: 0o640, flush: false });
    expect(readFileSync(file, 'utf8')).toBe('newer');
    expect(statSync(file).mode & 0o777).toBe(0o640);
    expect(readdirSync(folder)).toEqual(['settings.json']);
  });

  it('stays behind its link, also when there is none yet', () => {
    const link = join(folder, 'link.json');
    symlinkSync('settings.json', link);
    replaceFile(link, 'new');
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readFileSync(file, 'utf8')).toBe('new');
    const fresh = join(folder, 'fresh.json');
    replaceFile(fresh, 'first');
    expect(readFileSync(fresh, 'utf8')).toBe('first');
  });

  it('is made where a link leads to nothing yet, also by way of others, and the links stay', () => {
    mkdirSync(join(folder, 'dotfiles'));
    symlinkSync('dotfiles', join(folder, 'by-name'));
    symlinkSync('by-name/second', join(folder, 'first'));
    symlinkSync('../dotfiles/real.json', join(folder, 'dotfiles/second'));
    replaceFile(join(folder, 'first'), 'made');
    expect(readFileSync(join(folder, 'dotfiles/real.json'), 'utf8')).toBe('made');
    expect(lstatSync(join(folder, 'first')).isSymbolicLink()).toBe(true);
    expect(lstatSync(join(folder, 'dotfiles/second')).isSymbolicLink()).toBe(true);
    replaceFile(join(folder, 'first'), 'again');
    expect(readdirSync(join(folder, 'dotfiles'))).toEqual(['real.json', 'second']);
  });

  it('is not made where a link leads into a folder that is not there, nor round in a circle', () => {
    const link = join(folder, 'link.json');
    symlinkSync('gone/real.json', link);
    expect(() => replaceFile(link, 'new')).toThrow('ENOENT');
    symlinkSync('circle.json', join(folder, 'circle.json'));
    expect(() => replaceFile(join(folder, 'circle.json'), 'new')).toThrow('ELOOP');
    expect(readdirSync(folder)).toEqual(['circle.json', 'link.json', 'settings.json']);
    expect(readlinkSync(link)).toBe('gone/real.json');
  });

  // A limit on the size of files is what a full disk is: a part of what is written fits, and the system calls that a success.
  it.skipIf(process.platform === 'win32')('is as it was where not all of the new one fits', () => {
    const script = `import { replaceFile } from ${JSON.stringify(MODULE)};
      try { replaceFile(${JSON.stringify(file)}, 'x'.repeat(200_000)); } catch (error) { console.log(error.code); }`;
    const said = execFileSync(
      'sh',
      ['-c', 'ulimit -f 8; exec "$0" --input-type=module -e "$1"', process.execPath, script],
      {
        env: { ...process.env, NODE_COMPILE_CACHE: '' },
        encoding: 'utf8',
      },
    );
    expect(said).toBe('EFBIG\n');
    expect(readFileSync(file, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['settings.json']);
  });

  it('is rid of drafts that killed processes have left beside it, of nothing else and of none that is being written', () => {
    const left = ['settings.json.4711.tmp', 'settings.json.tmp-1234567890abcdef'];
    const stay = ['settings.json.lock', 'settings.json.old.tmp', 'other.json.4711.tmp', 'settings.corrupt-1.json'];
    for (const name of [...left, ...stay]) {
      writeFileSync(join(folder, name), '');
      utimesSync(join(folder, name), 1_700_000_000, 1_700_000_000);
    }
    writeFileSync(join(folder, 'settings.json.4712.tmp'), 'half');
    replaceFile(file, 'new');
    expect(readdirSync(folder).toSorted()).toEqual(['settings.json', 'settings.json.4712.tmp', ...stay].toSorted());
  });

  it.skipIf(!isRoot)('stays with its owner when root replaces it, and a new one is of the owner of its folder', () => {
    chmodSync(folder, 0o755);
    chownSync(folder, 1234, 1235);
    chownSync(file, 1236, 1237);
    replaceFile(file, 'new');
    expect(statSync(file)).toMatchObject({ uid: 1236, gid: 1237 });
    makeFolder(join(folder, 'a/b'), 0o700);
    for (const made of ['a', 'a/b']) expect(statSync(join(folder, made))).toMatchObject({ uid: 1234, gid: 1235 });
    const fresh = join(folder, 'a/b/fresh.json');
    replaceFile(fresh, 'first');
    expect(statSync(fresh)).toMatchObject({ uid: 1234, gid: 1235 });
  });

  it('is not written where a folder has its name, and nothing is left beside it', () => {
    const taken = join(folder, 'taken');
    mkdirSync(join(taken, 'more'), { recursive: true });
    expect(() => replaceFile(taken, 'x')).toThrow(/EISDIR|ENOTEMPTY|EEXIST|EPERM/);
    expect(readdirSync(folder).toSorted()).toEqual(['settings.json', 'taken']);
  });
});
