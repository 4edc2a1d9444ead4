import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

export type Revision = '2025-11-25' | '2026-07-28';

export interface SuiteRun {
  /** 0: every scenario the revision requires has passed, or failed as the list of expected failures says. */
  readonly exitCode: number;
  readonly output: string;
}

const suite = createRequire(import.meta.url).resolve('@modelcontextprotocol/conformance/dist/index.js');

/** Runs what a revision requires of servers, as it was frozen at its release, against an MCP endpoint. */
export async function runConformanceSuite(url: string, revision: Revision, expectedFailures?: URL): Promise<SuiteRun> {
  const results = await mkdtemp(join(tmpdir(), 'gangway-conformance-'));
  try {
    const args = [suite, 'server', '--url', url, '--requirements', revision, '--output-dir', results];
    if (expectedFailures !== undefined) args.push('--expected-failures', expectedFailures.pathname);
    const run = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const [output, errors, [exitCode]] = await Promise.all([text(run.stdout), text(run.stderr), once(run, 'exit')]);
    return { exitCode, output: output + errors };
  } finally {
    await rm(results, { recursive: true });
  }
}
