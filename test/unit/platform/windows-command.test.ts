import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { commandLine } from '../../../app/platform/shell/index.ts';

/** What cmd.exe makes of a line: a caret takes the next character as it is; unescaped, these would end or change the command. */
function throughCmd(line: string): string {
  let result = '';
  for (let at = 0; at < line.length; at++) {
    const character = line[at] ?? '';
    if (character === '^') result += line[++at] ?? '';
    else if (/[&|<>()%!"\r\n]/.test(character)) throw new Error(`cmd.exe would act on ${character}`);
    else result += character;
  }
  return result;
}

/** How a C program splits its command line (CommandLineToArgvW), for arguments that are all quoted. */
function throughRuntime(line: string): string[] {
  const args: string[] = [];
  let at = 0;
  while (at < line.length) {
    if (line[at] === ' ') {
      at++;
      continue;
    }
    if (line[at] !== '"') throw new Error('not quoted');
    at++;
    let arg = '';
    for (;;) {
      const [slashes = ''] = /^\\*/.exec(line.slice(at)) ?? [];
      at += slashes.length;
      if (line[at] !== '"') {
        arg += slashes + (line[at] ?? '');
        if (at++ >= line.length) throw new Error('never closed');
      } else if (slashes.length % 2 === 1) {
        arg += `${'\\'.repeat((slashes.length - 1) / 2)}"`;
        at++;
      } else {
        arg += '\\'.repeat(slashes.length / 2);
        at++;
        break;
      }
    }
    args.push(arg);
  }
  return args;
}

const inner = (args: readonly string[]) => (args[3] ?? '').slice(1, -1);
const argument = fc.string({ unit: fc.constantFrom(...'ab &|<>^%!"\\()[];,*?=`\'é') });

describe('batch files on Windows', () => {
  test('get every argument exactly as given, and nothing in it is read as a command', () => {
    fc.assert(
      fc.property(fc.array(argument), (args) => {
        const { file, args: line, verbatim } = commandLine('C:\\tools\\run.cmd', args, 'win32', 'C:\\Windows\\cmd.exe');
        expect([file, line.slice(0, 3), verbatim]).toEqual(['C:\\Windows\\cmd.exe', ['/d', '/s', '/c'], true]);
        const [command = '', ...rest] = [inner(line).split(' ')[0], inner(line).split(' ').slice(1).join(' ')];
        expect(throughCmd(command)).toBe('C:\\tools\\run.cmd');
        expect(throughRuntime(throughCmd(rest.join(' ')))).toEqual(args);
      }),
      { numRuns: 1000 },
    );
  });

  test("survive the second reading that npm's shims put arguments through", () => {
    fc.assert(
      fc.property(fc.array(argument), (args) => {
        const { args: line } = commandLine('C:\\nodejs\\npx.cmd', args, 'win32', undefined);
        const rest = inner(line).split(' ').slice(1).join(' ');
        expect(throughRuntime(throughCmd(throughCmd(rest)))).toEqual(args);
      }),
      { numRuns: 1000 },
    );
  });

  test('are told from programs, which are run as they are', () => {
    const args = ['a b', '"'];
    expect(commandLine('C:\\node.exe', args, 'win32', undefined)).toEqual({
      file: 'C:\\node.exe',
      args,
      verbatim: false,
    });
    expect(commandLine('/usr/bin/run.cmd', args, 'linux', undefined)).toEqual({
      file: '/usr/bin/run.cmd',
      args,
      verbatim: false,
    });
  });
});
