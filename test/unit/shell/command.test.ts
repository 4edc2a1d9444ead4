import { chmod, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findCommand } from '../../../app/shell/index.ts';

let root = '';

beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'gangway-')));
  await mkdir(join(root, 'a'));
  await mkdir(join(root, 'b', 'tool'), { recursive: true });
  await mkdir(join(root, 'c'));
  await writeFile(join(root, 'a', 'tool'), '');
  await writeFile(join(root, 'c', 'tool'), '');
  await chmod(join(root, 'c', 'tool'), 0o755);
  await writeFile(join(root, 'c', 'shim.cmd'), '');
});

afterAll(() => rm(root, { recursive: true }));

const find = (command: string, PATH: string, cwd: string | null = null) =>
  findCommand({ command, cwd, env: { PATH }, platform: 'linux' });

describe('finding a command', () => {
  test('takes the first file in PATH that may be run, past folders and files that may not', () => {
    expect(find('tool', ['a', 'b', 'c'].map((folder) => join(root, folder)).join(':'))).toEqual({
      file: join(root, 'c', 'tool'),
    });
  });

  test('says every folder it searched, once', () => {
    expect(find('missing', `${root}/a::${root}/b:${root}/a`)).toEqual({
      fault: { kind: 'not-found', command: 'missing', searched: [`${root}/a`, `${root}/b`] },
    });
  });

  test('says when the file is there but may not be run', () => {
    expect(find('tool', `${root}/a`)).toEqual({
      fault: { kind: 'not-executable', command: 'tool', file: `${root}/a/tool` },
    });
  });

  test('takes a path as one, from the working directory of the child', () => {
    expect(find('./tool', '', join(root, 'c'))).toEqual({ file: join(root, 'c', 'tool') });
    expect(find(join(root, 'c', 'tool'), '')).toEqual({ file: join(root, 'c', 'tool') });
    expect(find('./other', '', root)).toEqual({
      fault: { kind: 'not-found', command: './other', searched: [join(root, 'other')] },
    });
  });

  test('says when the working directory is missing, before anything else', () => {
    expect(find('tool', `${root}/c`, `${root}/d`)).toEqual({
      fault: { kind: 'no-directory', command: 'tool', cwd: `${root}/d` },
    });
  });

  test('tries the endings of PATHEXT on Windows, whatever case Path is written in', () => {
    const env = { Path: `${root}/a;${root}/c`, PATHEXT: '.exe;.cmd' };
    expect(findCommand({ command: 'shim', cwd: null, env, platform: 'win32' })).toEqual({ file: `${root}/c/shim.cmd` });
    expect(findCommand({ command: 'shim.cmd', cwd: null, env, platform: 'win32' })).toEqual({
      file: `${root}/c/shim.cmd`,
    });
  });
});
