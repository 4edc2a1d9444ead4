import type { Report } from './report.ts';

/** Grows when something that was there before is missing or means something else. */
const SCHEMA_VERSION = 1;

/** What `--json` prints; docs/doctor.schema.json describes it. */
export function jsonReport({ facts, findings, verdict }: Report): object {
  const { at, tookMs, version, platform, release, question, seen } = facts;
  return {
    schemaVersion: SCHEMA_VERSION,
    product: 'mcp-gangway',
    version,
    at: new Date(at).toISOString(),
    tookMs,
    platform,
    release,
    verdict,
    question,
    findings,
    facts: seen,
  };
}
