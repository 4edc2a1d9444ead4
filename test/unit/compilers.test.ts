import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test, vi } from 'vitest';
import { startWithoutCompiling } from '../../app/base/compilers.ts';

const MODULE = JSON.stringify(new URL('../../app/base/compilers.ts', import.meta.url).href);

const HEAT = `
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const OPTIMIZED = 1 << 4;
  const add = (a, b) => { let sum = 0; for (let n = 0; n < 50; n++) sum += a * n + b; return sum; };
  /** Whether V8 optimizes what is called again and again. */
  const heat = async () => {
    for (let round = 0; round < 100; round++) {
      for (let n = 0; n < 2_000; n++) add(n, 1);
      if ((%GetOptimizationStatus(add) & OPTIMIZED) !== 0) return true;
      await turn();
    }
    return false;
  };
  const { startWithoutCompiling } = await import(${MODULE});
`;

/** Runs a program in a process of its own, with `heat()`. Returns the JSON that it prints. */
async function run(program: string): Promise<unknown> {
  const args = ['--allow-natives-syntax', '--no-warnings', '--input-type=module', '-e', HEAT + program];
  return JSON.parse((await promisify(execFile)(process.execPath, args)).stdout);
}

test('A process that serves has V8 optimize nothing while it starts, and what is called often once it has started', async () => {
  const outcome = await run(`
      const compileAgain = startWithoutCompiling([]);
      const starting = await heat();
      compileAgain();
      let started = false;
      for (let round = 0; round < 100 && !started; round++) started = await heat();
      console.log(JSON.stringify({ starting, started }));
  `);
  expect(outcome).toEqual({ starting: false, started: true });
});

test.each(['--jitless', '--max-old-space-size=99 --no-opt', '--no_maglev', '--regexp-interpret-all'])(
  'Who starts Node with %s has the compilers that this leaves, from the start on',
  async (option) => {
    const compiled = await run(
      `startWithoutCompiling(['--inspect', ${JSON.stringify(option)}]); console.log(JSON.stringify(await heat()));`,
    );
    expect(compiled).toBe(true);
  },
);

test('V8’s compiler in the middle is left as it is where Node does without it', () => {
  const set = vi.spyOn(process.getBuiltinModule('node:v8'), 'setFlagsFromString').mockReturnValue(undefined);
  const flagsWith = (maglev: boolean) => {
    set.mockClear();
    startWithoutCompiling([], maglev)();
    return set.mock.calls.flat().join(' ').split(' ');
  };
  expect(flagsWith(true)).toEqual(expect.arrayContaining(['--no-maglev', '--maglev', '--no-turbofan', '--turbofan']));
  const without = flagsWith(false);
  expect(without).toEqual(expect.arrayContaining(['--no-turbofan', '--turbofan']));
  expect(without.filter((flag) => flag.includes('maglev'))).toEqual([]);
});

test.each([
  ['13.6.233.17-node.51', true],
  ['12.4.254.21-node.33', false],
  ['15.0.1-electron.0', false],
])('V8 %s is asked for its last compiler sooner only where it is known to have the option', (version, isAsked) => {
  const set = vi.spyOn(process.getBuiltinModule('node:v8'), 'setFlagsFromString').mockReturnValue(undefined);
  const end = startWithoutCompiling([], true, version);
  expect(set.mock.calls.flat().join(' ')).not.toContain('invocation-count');
  end();
  expect(set.mock.calls.flat().join(' ').includes('--invocation-count-for-turbofan=1000')).toBe(isAsked);
});
