import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinCommandLine, splitCommandLine } from '../../../app/settings/command-line.ts';

describe('A command line', () => {
  it.each([
    ['npx -y server', ['npx', '-y', 'server']],
    [`  a   'b c'  "d e"  `, ['a', 'b c', 'd e']],
    [String.raw`a\ b "say \"hi\"" '\n'`, ['a b', 'say "hi"', String.raw`\n`]],
    [`x''y "" $HOME *.txt`, ['xy', '', '$HOME', '*.txt']],
    ['', []],
  ])('%s is taken apart as a shell would, expanding nothing', (line, words) => {
    expect(splitCommandLine(line)).toEqual({ ok: true, words });
  });

  it('with a quotation mark left open is refused', () => {
    expect(splitCommandLine(`a 'b`)).toEqual({ ok: false });
  });

  it('survives being joined and split again', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (words) => {
        expect(splitCommandLine(joinCommandLine(words))).toEqual({ ok: true, words });
      }),
    );
  });
});
