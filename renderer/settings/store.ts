import { signal } from '@preact/signals';
import type { AppText } from '../../app/i18n/app.ts';
import { inARow } from '../../app/i18n/in-a-row.ts';
import type { InEach } from '../../app/i18n/index.ts';
import type { ChangeOutcome, Problem } from '../../app/ipc/index.ts';
import type { Settings } from '../../app/settings/settings.ts';
import { ask, failure, type Words } from '../shared/store.ts';

export type Part = keyof AppText['settingsWindow']['parts'];
export const PARTS = ['general', 'servers', 'forwards', 'network', 'access'] as const satisfies readonly Part[];

/** The settings that are in force; drafts are the fields' own. */
export const settings = signal<Settings | null>(null);
/** What `~` stands for; null until it is known. */
export const home = signal<string | null>(null);
export const part = signal<Part>('general');

/** Why a change was refused. `path` says which setting is meant; a problem is about the machine, not the words. */
export interface RejectedSetting {
  readonly path: string;
  readonly words: Words;
  readonly problem: InEach<Problem> | null;
}

export async function load(): Promise<void> {
  home.value ??= await ask('homeFolder');
  settings.value = await ask('settings');
}

/** Changes of this window that are under way; each of them fetches the settings itself when it is over. */
const underWay = signal(0);

/** Fetches the settings after a change that another window, the menu or a client has made. */
export async function loadAfterOthers(): Promise<void> {
  if (underWay.value === 0) await load();
}

/** Asks for other settings. Null when they are in force now; otherwise everything is as it was. */
export async function change(patch: Partial<Settings>): Promise<RejectedSetting | null> {
  underWay.value += 1;
  try {
    const outcome = await ask('changeSettings', patch);
    await load();
    return outcome.ok ? null : refusalOf(outcome);
  } finally {
    underWay.value -= 1;
  }
}

/** For buttons, which have no field to show a refusal under. */
export async function refuseLoudly(patch: Partial<Settings>): Promise<void> {
  const refusal = await change(patch);
  if (refusal !== null) failure.value = refusal.words;
}

type Refused = Extract<ChangeOutcome, { readonly ok: false }>;

export function refusalOf({ faults, problem }: Refused): RejectedSetting {
  if (problem !== null) {
    const words: Words = ({ language }) => inARow(problem[language].sentence, problem[language].hint);
    return { path: '', words, problem };
  }
  const [first] = faults;
  if (first === undefined) {
    return { path: '', words: ({ settingsWindow }) => settingsWindow.faults.unknown, problem: null };
  }
  const isPort = /(?:^|\.)(?:port|targetPort|deniedPorts\.\d+)$/.test(first.path) && 'kind' in first;
  const fault = isPort ? 'port' : 'kind' in first ? first.kind : first.reason;
  return { path: first.path, words: ({ settingsWindow }) => settingsWindow.faults[fault], problem: null };
}

export function isPart(name: string): name is Part {
  return PARTS.some((one) => one === name);
}
