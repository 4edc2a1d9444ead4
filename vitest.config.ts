import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { PlainCount } from './test/support/plain-count.ts';

/** Real sockets, children and windows take their time on a busy two-core machine; a hang still fails within a minute. */
const patient = { testTimeout: 60_000, hookTimeout: 60_000, execArgv: ['--expose-gc'] };

export default defineConfig({
  test: {
    reporters: ['default', new PlainCount()],
    // Vitest leaves one core to itself by default, which leaves a machine of two cores half idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // Printed by `npm run coverage`; it judges nothing.
    coverage: {
      provider: 'v8',
      include: ['app/**/*.ts'],
      reporter: [['text', { skipFull: true, maxCols: 120 }], 'text-summary'],
    },
    projects: [
      // Property tests need a second on an idle machine, and many on one that runs other suites beside them.
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: 30_000 } },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          // These wait more than they work. A number of workers of their own takes a turn of their own.
          maxWorkers: Math.max(3, availableParallelism() - 1),
          sequence: { groupOrder: 1 },
          globalSetup: ['test/support/build-cli.ts'],
          ...patient,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: ['test/support/build-app.ts'],
          expect: { poll: { timeout: 20_000 } },
          ...patient,
        },
      },
      { test: { name: 'host', include: ['test/electron-host/**/*.test.ts'], ...patient } },
      {
        test: {
          name: 'package',
          include: ['test/package/**/*.test.ts'],
          globalSetup: ['test/support/build-app.ts'],
          expect: { poll: { timeout: 20_000 } },
          ...patient,
        },
      },
      { test: { name: 'conformance', include: ['test/conformance/**/*.test.ts'], ...patient } },
    ],
  },
});
