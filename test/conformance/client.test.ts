import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { bundleProgram } from '../support/bundle-program.ts';

const suite = createRequire(import.meta.url).resolve('@modelcontextprotocol/conformance/dist/index.js');
/** The suite and the client that it runs, bundled: each is started a hundred times. */
const bundles = join(inject('runFolder'), 'client-conformance');
const [SUITE, DRIVER] = ['suite.cjs', 'client-driver.cjs'];

/** Milliseconds after which the suite gives a client up. Its own 30 s are an idle machine's. */
const LONGEST = 120_000;

const REVISIONS = ['2025-11-25', '2026-07-28'] as const;
const ERAS = ['legacy', 'auto'] as const;

/** What a revision requires of clients, as the suite lists it. */
async function required(revision: string): Promise<readonly string[]> {
  const yaml = await readFile(join(dirname(suite), '../requirements', `${revision}.yaml`), 'utf8');
  const [, list = ''] = /^client:\n((?: {2}- .*\n)+)/m.exec(yaml) ?? [];
  return [...list.matchAll(/^ {2}- (.*)$/gm)].map(([, name = '']) => name);
}

/** Runs one scenario of the suite with `mcp-gangway connect` in front of its server; 0 when every check has passed. */
async function runScenario(scenario: string, revision: string, era: string) {
  const command = `"${process.execPath}" "${join(bundles, DRIVER)}" "${inject('cli')}" ${era}`;
  const scene = ['--scenario', scenario, '--spec-version', revision, '--timeout', String(LONGEST)];
  const args = [join(bundles, SUITE), 'client', '--command', command, ...scene, '--verbose'];
  const run = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const [output, errors, [exitCode]] = await Promise.all([text(run.stdout), text(run.stderr), once(run, 'exit')]);
  return { exitCode, output: output + errors };
}

beforeAll(async () => {
  await bundleProgram('test/conformance/client-driver.ts', DRIVER, bundles);
  await bundleProgram(suite, SUITE, bundles);
});

for (const revision of REVISIONS) {
  const scenarios = await required(revision);

  test(`the suite lists what revision ${revision} requires of clients`, () => {
    expect(scenarios).toHaveLength(revision === '2025-11-25' ? 18 : 32);
  });

  describe.each(ERAS)(`a server of the suite in ${revision} behind us and a client that is %s`, (era) => {
    test.concurrent.each(scenarios)(
      'meets %s',
      async (scenario) => {
        const { exitCode, output } = await runScenario(scenario, revision, era);
        expect(exitCode, output).toBe(0);
      },
      LONGEST + 10_000,
    );
  });
}
