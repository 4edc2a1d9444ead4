import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, inject, test } from 'vitest';
import { isSignInScenario, signIn } from './sign-in.ts';

const suite = createRequire(import.meta.url).resolve('@modelcontextprotocol/conformance/dist/index.js');
const driver = fileURLToPath(new URL('client-driver.ts', import.meta.url));

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
  const command = `"${process.execPath}" "${driver}" "${inject('cli')}" ${era}`;
  const args = [suite, 'client', '--command', command, '--scenario', scenario, '--spec-version', revision, '--verbose'];
  const env = { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), 'gangway-compile-cache') };
  const run = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], env });
  const [output, errors, [exitCode]] = await Promise.all([text(run.stdout), text(run.stderr), once(run, 'exit')]);
  return { exitCode, output: output + errors };
}

for (const revision of REVISIONS) {
  const scenarios = await required(revision);
  const run = scenarios.filter((scenario) => signIn !== null || !isSignInScenario(scenario));
  const notYet = scenarios.filter((scenario) => !run.includes(scenario));

  test(`the suite lists what revision ${revision} requires of clients`, () => {
    expect(scenarios).toHaveLength(revision === '2025-11-25' ? 18 : 32);
  });

  describe.each(ERAS)(`a server of the suite in ${revision} behind us and a client that is %s`, (era) => {
    test.concurrent.each(run)('meets %s', async (scenario) => {
      const { exitCode, output } = await runScenario(scenario, revision, era);
      expect(exitCode, output).toBe(0);
    });

    for (const scenario of notYet) test.todo(`meets ${scenario}, once the command line can sign in`);
  });
}
