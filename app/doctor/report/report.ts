import { authorityOf } from '../../base/address.ts';
import type { AppText } from '../../i18n/app.ts';
import { type Language, spoken } from '../../i18n/index.ts';
import type { Redactor } from '../../log/index.ts';
import type { Facts } from '../facts.ts';
import { type FactRow, factRows } from './fact-rows.ts';
import { type Finding, findingsIn } from './finding-facts.ts';

/**
 * Facts that may be shown and sent around: no secret that we know or can recognise, and the person's home as `~`. A report is
 * pasted into public places.
 */
export function cleaner(redactor: Redactor, home: string): <Value>(value: Value) => Value {
  const applyFix = (text: string): string => redactor.text(shorten(text, home));
  // Strings are replaced by strings and nothing else is touched, so that it is of the same type afterwards.
  return <Value>(value: Value) => walk(value, applyFix) as Value;
}

function walk(value: unknown, applyFix: (text: string) => string): unknown {
  if (typeof value === 'string') return applyFix(value);
  if (Array.isArray(value)) return value.map((one: unknown) => walk(one, applyFix));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, walk(one, applyFix)]));
}

function shorten(text: string, home: string): string {
  if (home === '' || home === '/') return text;
  return text
    .split(home)
    .reduce((before, after) => `${before}${/^(?:$|[\\/\s:;,)])/.test(after) ? '~' : home}${after}`);
}

/** Grows when something that was there before is missing or means something else. */
const SCHEMA_VERSION = 1;

/** What `--json` prints; docs/doctor.schema.json describes it. */
export function jsonReport({ language, facts, findings, verdict }: Report): object {
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
    facts: spoken(seen, language),
  };
}

/** One run in words, and the plain data behind them. */
export interface Report {
  readonly language: Language;
  readonly facts: Facts;
  readonly findings: readonly Finding[];
  readonly rows: readonly FactRow[];
  readonly verdict: 'well' | 'problem';
  /** The whole of it as Markdown, to be pasted into an issue or a mail. */
  readonly text: string;
}

export function reportOf(facts: Facts, text: AppText): Report {
  const findings = findingsIn(facts, text);
  const rows = factRows(facts, text);
  const verdict = findings.some(({ severity }) => severity === 'problem') ? 'problem' : 'well';
  return { language: text.language, facts, findings, rows, verdict, text: markdown(facts, findings, rows, text) };
}

/** What was asked, in a line each. */
export function headLines({ question: { target, server, reported } }: Facts, text: AppText): readonly string[] {
  const words = text.doctor.report;
  return [
    target === null ? words.noTarget : words.target(authorityOf(target)),
    ...(server === null ? [] : [words.server(server)]),
    ...(reported === null ? [] : [words.reported(reported)]),
  ];
}

/** How many problems there are, in one sentence. */
export function summaryOf(findings: readonly Finding[], text: AppText): string {
  const count = findings.filter(({ severity }) => severity === 'problem').length;
  const words = text.doctor.report;
  return count === 0 ? words.well : words.problems(count);
}

function markdown(facts: Facts, findings: readonly Finding[], rows: readonly FactRow[], text: AppText): string {
  const words = text.doctor;
  const { report } = words;
  const { labelled, aside, comma } = text.doctorFacts;
  const when = new Date(facts.at).toISOString();
  const made = report.made(when, (facts.tookMs / 1000).toFixed(1));
  return [
    `# ${report.title(facts.version)}`,
    '',
    ...headLines(facts, text).map((line) => `- ${line}`),
    `- ${facts.platform} ${facts.release}`,
    `- ${made}`,
    '',
    `## ${report.findings}`,
    '',
    summaryOf(findings, text),
    '',
    ...findings.flatMap(({ id, severity, confidence, what, why, steps }) => [
      `### ${labelled(words.severities[severity], what)}`,
      '',
      aside(why, `\`${id}\`${comma}${words.confidences[confidence]}`),
      '',
      ...(steps.length === 0 ? [] : [...steps.map((step, index) => `${index + 1}. ${step}`), '']),
    ]),
    `## ${report.facts}`,
    '',
    ...rows.flatMap(({ label, lines }) =>
      lines.length === 1
        ? [`- ${labelled(`**${label}**`, lines[0] ?? '')}`]
        : [`- **${label}**`, ...lines.map((line) => `  - ${line}`)],
    ),
    '',
  ].join('\n');
}
