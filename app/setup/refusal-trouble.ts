import { type Refusal, refusalSentence } from '../clients/index.ts';
import type { Trouble } from '../ipc/index.ts';
import type { AppText } from '../text/app/index.ts';
import { shortPath } from './short-path.ts';

/** Why a file was left alone, as a window shows it. */
export function refusalTrouble(refusal: Refusal, text: AppText, home: string): Trouble {
  const shown = 'file' in refusal ? { ...refusal, file: shortPath(refusal.file, home) } : refusal;
  return { code: refusal.kind, sentence: refusalSentence(shown, text) };
}
