import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeFolder } from '../../app/base/make-folder.ts';

describe('a folder that is made with those above it', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'make-folder-'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('is there afterwards, each part with the mode that was asked for', () => {
    makeFolder(join(root, 'a/b/c'), 0o700);
    const modes = ['a', 'a/b', 'a/b/c'].map((path) => statSync(join(root, path)).mode & 0o777);
    expect(modes).toEqual([0o700, 0o700, 0o700]);
  });

  it('may be there already, and may be led to by a link', () => {
    mkdirSync(join(root, 'real'));
    symlinkSync('real', join(root, 'link'));
    makeFolder(join(root, 'real'));
    makeFolder(join(root, 'link/deep'));
    expect(existsSync(join(root, 'real/deep'))).toBe(true);
    expect(() => makeFolder('/')).not.toThrow();
  });

  it('is refused with the error of the system where a file, or a link to nothing, is in its place', () => {
    writeFileSync(join(root, 'file'), '');
    symlinkSync('nowhere', join(root, 'dangling'));
    expect(() => makeFolder(join(root, 'file'))).toThrow('EEXIST');
    expect(() => makeFolder(join(root, 'file/deep'))).toThrow('ENOTDIR');
    expect(() => makeFolder(join(root, 'dangling'))).toThrow('EEXIST');
  });

  it.runIf(existsSync('/proc/self'))('is refused where the system calls it missing in a folder that is there', () => {
    expect(() => makeFolder('/proc/mcp-gangway/control')).toThrow('ENOENT');
    expect(() => makeFolder('/proc/mcp-gangway')).toThrow('ENOENT');
  });
});
