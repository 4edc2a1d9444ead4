import { randomUUID } from 'node:crypto';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.ts';
import { PlainCount } from './test/support/plain-count.ts';

/** What the processes of this run share; test/support/run-folder.ts removes it. */
const runFolder = join(tmpdir(), `gangway-tests-${randomUUID()}`);

/** Real sockets, children and windows take their time on a busy two-core machine; a hang still fails within a minute. */
const patient = {
  testTimeout: 60_000,
  hookTimeout: 60_000,
  // Each start of a child copies the page tables of the process that starts it. By default, V8 lets young objects alone take 134 MB.
  execArgv: ['--expose-gc', '--max-semi-space-size=8'],
};

/** Node imports the tests and the sources by itself: Vite neither transforms them nor keeps a copy of each. `vi.mock` does not work so. */
const native = { viteModuleRunner: false, nodeLoader: false };

export default defineConfig({
  test: {
    reporters: ['default', new PlainCount()],
    // Tests wait as well as work: a third one keeps a machine of two cores busy.
    maxWorkers: Math.max(3, availableParallelism() - 1),
    sequence: { sequencer: LongestFirst },
    globalSetup: ['test/support/run-folder.ts'],
    provide: { runFolder },
    // A run starts some two thousand processes of Node, and most of them the same few programs: each is compiled once.
    // The home of whoever runs the tests is no part of them: their shell's start-up files alone may take a CPU second each time.
    env: {
      NODE_COMPILE_CACHE: join(runFolder, 'compiled'),
      HOME: join(runFolder, 'home'),
      ELECTRON_HOST_START: join(runFolder, 'bundles', 'electron-host.mjs'),
    },
    // Printed by `npm run coverage`; it judges nothing.
    coverage: {
      provider: 'v8',
      include: ['app/**/*.ts'],
      reporter: [['text', { skipFull: true, maxCols: 120 }], 'text-summary'],
    },
    projects: [
      {
        test: {
          name: 'unit',
          experimental: native,
          // A test that asserts nothing, whatever it runs into, cannot fail.
          expect: { requireAssertions: true },
          include: ['test/unit/**/*.test.ts'],
          // Property tests need a second on an idle machine, and many on one that runs other suites beside them.
          testTimeout: 30_000,
          // A hundred small files: a process for each would take longer than their tests. What a test changes, it puts back.
          isolate: false,
          restoreMocks: true,
        },
      },
      {
        test: {
          name: 'integration',
          experimental: native,
          include: ['test/integration/**/*.test.ts'],
          globalSetup: ['test/support/build-cli.ts', 'test/support/bundle-fixtures.ts'],
          // As for `unit`: a process for each of a hundred and fifty files would cost a CPU second each.
          isolate: false,
          restoreMocks: true,
          // They wait more than those with windows do. A number of workers of their own takes a turn of their own.
          maxWorkers: Math.max(5, availableParallelism() - 1),
          sequence: { groupOrder: 1 },
          ...patient,
        },
      },
      {
        test: {
          name: 'e2e',
          experimental: native,
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: [
            'test/support/build-app.ts',
            'test/support/bundle-fixtures.ts',
            'test/support/bundle-stand-in.ts',
          ],
          expect: { poll: { timeout: 20_000 } },
          // As for `integration`, with playwright in each of twenty files.
          isolate: false,
          restoreMocks: true,
          ...patient,
        },
      },
      {
        test: {
          name: 'host',
          experimental: native,
          include: ['test/electron-host/**/*.test.ts'],
          globalSetup: ['test/support/bundle-stand-in.ts'],
          expect: { poll: { timeout: 20_000 } },
          isolate: false,
          restoreMocks: true,
          ...patient,
        },
      },
      {
        test: {
          name: 'package',
          experimental: native,
          include: ['test/package/**/*.test.ts'],
          globalSetup: ['test/support/build-app.ts', 'test/support/bundle-stand-in.ts'],
          expect: { poll: { timeout: 20_000 } },
          ...patient,
        },
      },
      {
        test: {
          name: 'conformance',
          experimental: native,
          include: ['test/conformance/**/*.test.ts'],
          globalSetup: ['test/support/build-cli.ts', 'test/support/bundle-fixtures.ts'],
          // Each scenario of a client takes a thread for the suite and a process or two for connect: four at a time keep two cores busy,
          // and their time limits are for a machine that does nothing else.
          maxConcurrency: 4,
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
          ...patient,
          // A test of a server is all scenarios of a revision, several of them at the same time.
          testTimeout: 180_000,
        },
      },
    ],
  },
});
