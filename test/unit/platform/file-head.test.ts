import { chmodSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { foreignFault, runnableCommand } from '../../../app/platform/shell/index.ts';

let root = '';

beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'gangway-')));
});

afterAll(() => rmSync(root, { recursive: true }));

let files = 0;

/** What is said of a file that may be run and has this content. */
function look(content: string | Buffer, platform: NodeJS.Platform = 'linux') {
  const file = join(root, `file-${++files}`);
  writeFileSync(file, content);
  chmodSync(file, 0o755);
  const question = { command: file, cwd: null, env: { PATH: '/bin:/usr/bin' }, platform };
  const found = runnableCommand(question);
  return 'fault' in found ? found.fault : foreignFault(question);
}

/** The beginning of an ELF file, 64 bits, little-endian, for a machine by its number. */
function elf(machine: number): Buffer {
  const head = Buffer.alloc(64);
  head.write('\x7fELF', 'latin1');
  head[4] = 2;
  head[5] = 1;
  head.writeUInt16LE(machine, 18);
  return head;
}

describe('the first bytes of a command', () => {
  test('with a #! line of an interpreter that is there say nothing against it', () => {
    for (const line of ['#!/bin/sh', '#! /bin/sh -e', '#!/usr/bin/env sh', '#!/usr/bin/env -S sh -e']) {
      expect(look(`${line}\necho hello\n`), line).toBeNull();
    }
    expect(look('echo without a line of its own\n')).toBeNull();
    expect(look('')).toBeNull();
  });

  test('with Windows line ends are called so, whichever interpreter the line names', () => {
    const expected = { '#!/bin/sh': '/bin/sh', '#!/usr/bin/env python3': 'python3', '#!/bin/sh -e': '/bin/sh' };
    for (const [line, interpreter] of Object.entries(expected)) {
      expect(look(`${line}\r\necho hello\r\n`)).toMatchObject({ kind: 'windows-line-ends', interpreter });
    }
  });

  test('with an interpreter that is not there name it, also behind env', () => {
    expect(look('#!/opt/gone/python\n')).toMatchObject({ kind: 'no-interpreter', interpreter: '/opt/gone/python' });
    expect(look('#!/usr/bin/env nopython-xyz\n')).toMatchObject({
      kind: 'no-interpreter',
      interpreter: 'nopython-xyz',
    });
    // Options of env are not judged.
    expect(look('#!/usr/bin/env -i nopython-xyz\n')).toBeNull();
  });

  test('with a byte order mark before the #! line are called so', () => {
    expect(look('\ufeff#!/bin/sh\n')).toMatchObject({ kind: 'byte-order-mark' });
  });

  test('of a program for another system name that system', () => {
    expect(look(elf(62), 'darwin')).toMatchObject({ kind: 'foreign-binary', made: 'Linux' });
    expect(look(Buffer.concat([Buffer.from('MZ'), Buffer.alloc(62)]), 'darwin')).toMatchObject({ made: 'Windows' });
    expect(look(Buffer.concat([Buffer.from('cffaedfe', 'hex'), Buffer.alloc(60)]), 'darwin')).toBeNull();
  });

  test('are not judged on Windows, which goes by the ending of a name', () => {
    const command = join(root, 'x.cmd');
    writeFileSync(command, '#!/opt/gone/python\r\n');
    const env = { PATH: '', PATHEXT: '.CMD' };
    expect(runnableCommand({ command, cwd: null, env, platform: 'win32' })).toEqual({ file: command });
  });
});
