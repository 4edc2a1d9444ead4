import { type FactRow, type Finding, headLines, type Report, summaryOf } from '../doctor/index.ts';
import type { AppText } from '../i18n/app.ts';
import { columns, padded, printable, wrapped } from './columns.ts';

/** How a terminal shows things. */
export interface Terminal {
  /** Columns; lines are not broken beyond a terminal. */
  readonly width: number;
  readonly colour: boolean;
}

/** Shape and SGR colour (ECMA-48 section 8.3.117): a severity must be told without colours, too. */
const MARKS = { problem: ['✗', '31'], note: ['!', '33'], ok: ['✓', '32'] } as const;

/** A report for a terminal: what is wrong first, what was looked at behind it. */
export function doctorView(report: Report, text: AppText, terminal: Terminal): string {
  const { facts, findings, rows } = report;
  const words = text.doctor.report;
  return [
    bold(words.title(facts.version), terminal),
    ...headLines(facts, text).map(printable),
    '',
    ...findings.flatMap((finding) => [...findingLines(finding, text, terminal), '']),
    bold(words.facts, terminal),
    ...factLines(rows, terminal),
    '',
    text.doctorFacts.aside(summaryOf(findings, text), words.seconds((facts.tookMs / 1000).toFixed(1))),
    '',
  ].join('\n');
}

function findingLines({ severity, what, why, steps }: Finding, text: AppText, terminal: Terminal): readonly string[] {
  const labels = text.doctor.severities;
  const label = Math.max(...Object.values(labels).map(columns));
  const [mark, colour] = MARKS[severity];
  const head = `${sgr(colour, `${mark} ${padded(labels[severity], label)}`, terminal)}  `;
  const indent = label + 4;
  const width = terminal.width - indent;
  const block = (paragraph: string, first: string, hang: number): readonly string[] =>
    wrapped(printable(paragraph), width - hang).map(
      (line, index) => `${index === 0 ? first : ' '.repeat(indent + hang)}${line}`,
    );
  const blank = ' '.repeat(indent);
  return [
    ...block(what, head, 0),
    ...block(why, blank, 0).map((line) => dim(line, terminal)),
    ...steps.flatMap((step, index) => block(step, `${blank}${index + 1}. `, 3)),
  ];
}

function factLines(rows: readonly FactRow[], { width }: Terminal): readonly string[] {
  const label = Math.max(0, ...rows.map((row) => columns(row.label)));
  return rows.flatMap((row) =>
    row.lines
      .flatMap((line) => wrapped(printable(line), width - label - 4))
      .map((line, index) => `  ${padded(index === 0 ? row.label : '', label)}  ${line}`),
  );
}

function bold(words: string, terminal: Terminal): string {
  return sgr('1', words, terminal);
}

function dim(words: string, terminal: Terminal): string {
  return sgr('2', words, terminal);
}

function sgr(parameter: string, words: string, { colour }: Terminal): string {
  return colour ? `\u001b[${parameter}m${words}\u001b[0m` : words;
}
