import fs from 'node:fs';
import { afterAll, beforeAll } from 'vitest';
import { describeInChromium } from './chromium.ts';
import { makeHome, type ProgramRun, runProgram } from './run-program.ts';

/** Runs a program of programs/ once, in a home of its own, for the tests of what it saw. */
export function describeProgram(name: string, title: string, tests: (run: () => ProgramRun) => void): void {
  describeInChromium(title, () => {
    const home = makeHome();
    let run: ProgramRun;
    beforeAll(async () => {
      run = await runProgram(name, { home });
      if (Object.keys(run.seen).length === 0) throw new Error(run.output);
    });
    afterAll(() => fs.rmSync(home, { recursive: true, force: true }));
    tests(() => run);
  });
}
