import type { ControlledChange } from '../control/index.ts';
import type { AppText } from '../i18n/app.ts';
import { joinCommandLine } from '../settings/command-line.ts';
import { escaped } from './columns.ts';

/** What `tools SERVER changes` prints: each tool with why it matters and what differs, line by line. */
export function changesView(server: string, changes: readonly ControlledChange[], text: AppText): readonly string[] {
  const words = text.toolChanges;
  if (changes.length === 0) return [words.commandLine.none(server)];
  const waiting = changes.filter(({ kind }) => kind !== 'gone').length;
  return [
    ...changes.flatMap((change) => [...viewOf(change, text), '']),
    ...(waiting === 0 ? [] : [words.commandLine.toApprove(approvalOf(server, changes))]),
  ];
}

const MARKS = { same: '  ', removed: '- ', added: '+ ', gap: '…' } as const;

function viewOf({ name, kind, severity, signs, isHeld, diff }: ControlledChange, text: AppText): readonly string[] {
  const words = text.toolChanges;
  const said = [
    words.kinds[kind],
    ...(isHeld ? [words.held] : []),
    ...(kind === 'gone' ? [] : [words.severity[severity]]),
  ];
  return [
    `${escaped(name)}: ${said.join(', ')}`,
    ...wordsFor(signs, words.signs).map((sign) => `  ! ${sign}`),
    ...(diff ?? []).flatMap(({ part, lines }) => [
      ...wordsFor([part], words.parts).map((one) => `  ${one}`),
      ...lines.map((line) => `    ${MARKS[line.kind]}${escaped(line.text)}`.trimEnd()),
    ]),
    ...(diff === null ? [`  ${words.notKept}`] : []),
  ];
}

/** A newer instance may know more than this command does. */
function wordsFor(keys: readonly string[], words: Readonly<Record<string, string>>): readonly string[] {
  return keys.map((key) => (Object.hasOwn(words, key) ? (words[key] ?? key) : key));
}

/** The command that approves what is shown. */
function approvalOf(server: string, changes: readonly ControlledChange[]): string {
  const [only, another] = changes;
  const isOne = only !== undefined && another === undefined;
  const names = isOne ? [...(only.name.startsWith('-') ? ['--'] : []), only.name] : ['--all'];
  return `mcp-gangway tools ${joinCommandLine([server, 'approve', ...names].map(escaped))}`;
}

/** The command that shows what waits for approval. */
export function lookAt(server: string): string {
  return `mcp-gangway tools ${joinCommandLine([server, 'changes'])}`;
}

/** Of tools that are to be approved, those that wait for it, and sentences on the others. `names` is null for all. */
export function toApprove(
  server: string,
  names: readonly string[] | null,
  changes: readonly ControlledChange[],
  text: AppText,
): { readonly tools: readonly ControlledChange[]; readonly remarks: readonly string[] } {
  if (names === null) return { tools: changes, remarks: [] };
  const waiting = new Set(changes.map(({ name }) => name));
  const strangers = names.filter((name) => !waiting.has(name));
  return {
    tools: changes.filter(({ name }) => names.includes(name)),
    remarks: strangers.map((name) => text.toolChanges.commandLine.notWaiting(server, name)),
  };
}
