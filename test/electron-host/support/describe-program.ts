import fs from 'node:fs';
import { afterAll, beforeAll } from 'vitest';
import { describeInChromium } from './chromium.ts';
import { makeHome, type ProgramRun, runProgram } from './run-program.ts';

/** Runs a program of programs/ once, in a home of its own, for the tests of what it saw. */
export function describeProgram(name: string, title: string, tests: (run: () => ProgramRun) => void, env = {}): void {
  describeInChromium(title, () => {
    let home: string;
    let run: ProgramRun;
    beforeAll(async () => {
      home = makeHome();
      run = await runProgram(name, { home, env });
      if (Object.keys(run.seen).length === 0) throw new Error(run.output);
    });
    afterAll(() => fs.rmSync(home, { recursive: true, force: true }));
    tests(() => run);
  });
}
