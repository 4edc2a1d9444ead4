import { chmod, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findCommand, foreignFault, runnableCommand } from '../../../app/platform/shell/index.ts';

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
  await writeFile(join(root, 'c', 'elf'), Buffer.concat([Buffer.from('\x7fELF', 'latin1'), Buffer.alloc(60)]), {
    mode: 0o755,
  });
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
      fault: { kind: 'no-file', command: './other', file: join(root, 'other') },
    });
  });

  test('says when the working directory is missing, before anything else', () => {
    expect(find('tool', `${root}/c`, `${root}/d`)).toEqual({
      fault: { kind: 'no-directory', command: 'tool', cwd: `${root}/d`, why: 'missing' },
    });
    expect(find('tool', `${root}/c`, `${root}/c/tool`)).toMatchObject({ fault: { kind: 'no-directory', why: 'file' } });
    expect(find('tool', `${root}/c`, '~/work')).toMatchObject({
      fault: { kind: 'no-directory', why: 'unexpanded', what: '~' },
    });
  });

  test('says when a whole command line was given as the command', () => {
    const PATH = `${root}/c`;
    for (const command of [
      'npx -y some-server',
      'uvx mcp-server-git',
      '/usr/bin/node server.js --port 1',
      ' tool -x ',
    ]) {
      const first = command.trim().split(' ')[0];
      expect(find(command, PATH)).toEqual({ fault: { kind: 'whole-line', command, first } });
    }
    expect(find('/opt/My Tools/bin/some-server.py', PATH)).toMatchObject({ fault: { kind: 'no-file' } });
  });

  test('says what stands around a command that is there, and that a path is one of Windows', () => {
    const PATH = `${root}/c`;
    for (const command of [' tool', 'tool\n', '"tool"', "'tool'", `"${PATH}/tool" `]) {
      const instead = command.replaceAll(/["'\s]/g, '');
      expect(find(command, PATH), command).toEqual({ fault: { kind: 'wrapped', command, instead } });
    }
    expect(find('"missing"', PATH)).toMatchObject({ fault: { kind: 'not-found' } });
    for (const command of ['C:\\Program Files\\nodejs\\node.exe', 'c:/tools/uvx.exe', '\\\\nas\\tools\\x -y']) {
      expect(find(command, PATH), command).toEqual({ fault: { kind: 'windows-path', command } });
    }
  });

  test('says what only a shell would have expanded, and to what', () => {
    const home = homedir();
    expect(find('~/bin/x', '')).toMatchObject({ fault: { kind: 'unexpanded', what: '~', instead: `${home}/bin/x` } });
    expect(find('$HOME/x', '')).toMatchObject({ fault: { kind: 'unexpanded', what: '$HOME', instead: `${home}/x` } });
    expect(find('%APPDATA%/x', '')).toMatchObject({ fault: { kind: 'unexpanded', what: '%APPDATA%', instead: '' } });
    expect(find('~alice/x', '')).toMatchObject({ fault: { kind: 'unexpanded', what: '~alice', instead: '' } });
  });

  test('says when the command is a folder, and takes a path for missing that the system cannot look at', () => {
    expect(find(`${root}/b/tool`, '')).toEqual({
      fault: { kind: 'folder', command: `${root}/b/tool`, file: `${root}/b/tool` },
    });
    const endless = `/${'x'.repeat(5000)}`;
    expect(find(endless, '')).toMatchObject({ fault: { kind: 'no-file', command: endless } });
  });

  test('tries the endings of PATHEXT on Windows, whatever case Path is written in', () => {
    const env = { Path: `${root}/a;${root}/c`, PATHEXT: '.exe;.cmd' };
    expect(findCommand({ command: 'shim', cwd: null, env, platform: 'win32' })).toEqual({ file: `${root}/c/shim.cmd` });
    expect(findCommand({ command: 'shim.cmd', cwd: null, env, platform: 'win32' })).toEqual({
      file: `${root}/c/shim.cmd`,
    });
  });

  test('leaves the format of a program to the system, and names it once the system has refused it', () => {
    const question = { command: `${root}/c/elf`, cwd: null, env: {}, platform: 'darwin' } as const;
    expect(runnableCommand(question)).toEqual({ file: `${root}/c/elf` });
    expect(foreignFault(question)).toMatchObject({ kind: 'foreign-binary', made: 'Linux', file: `${root}/c/elf` });
    expect(foreignFault({ ...question, command: `${root}/c/tool` })).toBeNull();
    expect(foreignFault({ ...question, command: 'missing' })).toBeNull();
  });
});
