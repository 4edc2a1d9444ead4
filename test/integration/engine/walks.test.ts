import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { run } from '../../support/programs.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const PROGRAM = fileURLToPath(new URL('../../fixtures/walks.ts', import.meta.url));
const PAGE = readFileSync(resolve(import.meta.dirname, '../../../docs/architecture.md'), 'utf8');

/** Rooms of values, and of what only looks on: no step of a walk. */
const ASIDE: ReadonlySet<string> = new Set(['base', 'i18n', 'settings', 'log', 'inspect', 'mcp']);

/** How many files a walk enters, as the table *Measured* of docs/architecture.md says it. */
function documented(walk: string): number {
  const row = PAGE.split('\n').find((line) => line.startsWith(`| files ${walk} enters`));
  return Number(/\| (\d+)[^|]*\|$/.exec(row ?? '')?.[1]);
}

// The program compiles most of the product, with coverage on.
test('no walk enters more files than docs/architecture.md says', async () => {
  const { code, stdout, stderr } = await run(process.execPath, ['--no-warnings', PROGRAM, temporaryDirectory()]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const walks: Readonly<Record<string, readonly string[]>> = JSON.parse(stdout);
  const steps = (walk: string) => walks[walk]?.filter((file) => !ASIDE.has(file.split('/')[1] ?? '')) ?? [];
  for (const [walk, name] of [
    ['connect', 'one CONNECT'],
    ['session', 'one tool call in a session'],
    ['stateless', 'one stateless tool call'],
    ['setting', 'one change of the port'],
    ['state', 'one reading of the state'],
    ['click', 'one *Through Gangway*'],
  ] as const) {
    const files = steps(walk);
    expect(files, name).not.toEqual([]);
    expect(files.length, `${name}: ${files.join(' ')}`).toBeLessThanOrEqual(documented(name));
  }
}, 180_000);
