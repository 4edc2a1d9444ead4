import { type Refusal, refusalSentence } from '../../clients/index.ts';
import type { AppText } from '../../i18n/app.ts';
import type { ChangeOutcome, Trouble } from '../../ipc/index.ts';
import { shortPath } from './target.ts';

/** Why other settings were refused, for a window that shows no fields. */
export function changeTrouble(
  { problem, faults }: Extract<ChangeOutcome, { readonly ok: false }>,
  text: AppText,
): Trouble {
  if (problem !== null) return { code: problem.id, sentence: `${problem.sentence} ${problem.hint}` };
  const [fault] = faults;
  const words = text.settingsWindow.faults;
  if (fault === undefined) return { code: 'settings', sentence: words.unknown };
  const kind = 'kind' in fault ? fault.kind : fault.reason;
  return { code: `${fault.path}: ${kind}`, sentence: text.clientsWindow.settingsRefused(words[kind]) };
}

/** Why a file was left alone, as a window shows it. */
export function refusalTrouble(refusal: Refusal, text: AppText, home: string): Trouble {
  const shown = 'file' in refusal ? { ...refusal, file: shortPath(refusal.file, home) } : refusal;
  return { code: refusal.kind, sentence: refusalSentence(shown, text) };
}
