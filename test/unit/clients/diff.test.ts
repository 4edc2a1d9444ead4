import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { unifiedDiff } from '../../../app/base/line-diff.ts';
import { has } from '../../support/programs.ts';

/** Hundreds of documents each, also on a busy machine. */
vi.setConfig({ testTimeout: 60_000 });

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gangway-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const texts = fc
  .tuple(fc.array(fc.constantFrom('a', 'b', '', '{', '  "x": 1,', 'c\r'), { maxLength: 20 }), fc.boolean())
  .map(([lines, ended]) => lines.join('\n') + (ended ? '\n' : ''));

describe('The preview', () => {
  it('reads like any unified diff', () => {
    const before = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight'].join('\n');
    expect(unifiedDiff(before, before.replace('five', 'FIVE\nmore'), 'x.json')).toBe(
      '--- x.json\n+++ x.json\n@@ -2,7 +2,8 @@\n two\n three\n four\n-five\n+FIVE\n+more\n six\n seven\n eight\n\\ No newline at end of file\n',
    );
    expect(unifiedDiff('same', 'same', 'x')).toBe('');
    expect(unifiedDiff('', 'a\n', 'x')).toBe('--- x\n+++ x\n@@ -0,0 +1,1 @@\n+a\n');
  });

  it('shows two changes at the two ends of a long file as two', () => {
    const lines = Array.from({ length: 20_000 }, (_, at) => (at % 3 === 0 ? '  {' : `  "line": ${at},`));
    const changed = lines.with(1, '  "first": 1,').toSpliced(19_990, 2, '  "last": 1,', '  "more": 1,', '  "end": 1,');
    const diff = unifiedDiff(`${lines.join('\n')}\n`, `${changed.join('\n')}\n`, 'x').split('\n');
    expect(diff.filter((line) => /^[-+] /.test(line))).toEqual([
      '-  "line": 1,',
      '+  "first": 1,',
      ...lines.slice(19_990, 19_992).map((line) => `-${line}`),
      '+  "last": 1,',
      '+  "more": 1,',
      '+  "end": 1,',
    ]);
    expect(diff.filter((line) => line.startsWith('@@'))).toEqual(['@@ -1,5 +1,5 @@', '@@ -19988,8 +19988,9 @@']);
  });

  it.skipIf(!has('patch', '--version'))(
    'is what patch(1) makes the new text from (skipped where there is none)',
    () => {
      fc.assert(
        fc.property(texts, texts, (before, after) => {
          fc.pre(before !== after);
          const file = join(folder, 'file');
          writeFileSync(file, before);
          const { status, stdout } = spawnSync('patch', ['--binary', '-s', file], {
            input: unifiedDiff(before, after, 'file'),
            encoding: 'utf8',
          });
          expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
          expect(after === '' ? '' : readFileSync(file, 'utf8')).toBe(after);
        }),
        { numRuns: 60 },
      );
    },
  );
});
