import { describe, expect, it } from 'vitest';
import { unifiedDiff } from '../../../app/base/line-diff.ts';
import { diffRows } from '../../../renderer/clients-window/model.ts';

describe('The rows of a diff', () => {
  it('tell what goes, what comes and what stays, and where', () => {
    expect(diffRows(unifiedDiff('a\nb\nc\n', 'a\nB\nc\n', 'f'))).toEqual([
      { kind: 'hunk', line: 1 },
      { kind: 'same', text: 'a' },
      { kind: 'removed', text: 'b' },
      { kind: 'added', text: 'B' },
      { kind: 'same', text: 'c' },
    ]);
  });

  it('keep to themselves the signs that stand in the file', () => {
    expect(diffRows(unifiedDiff('- x\n', '+ x\n', 'f')).slice(1)).toEqual([
      { kind: 'removed', text: '- x' },
      { kind: 'added', text: '+ x' },
    ]);
  });

  it('say when the last line has no end, and show no carriage returns', () => {
    expect(diffRows(unifiedDiff('a\r\n', 'b', 'f')).slice(1)).toEqual([
      { kind: 'removed', text: 'a' },
      { kind: 'added', text: 'b' },
      { kind: 'no-end' },
    ]);
  });

  it('are none for the same text', () => {
    expect(diffRows(unifiedDiff('a', 'a', 'f'))).toEqual([]);
  });
});
