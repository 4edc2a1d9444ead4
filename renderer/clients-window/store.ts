import { computed, signal } from '@preact/signals';
import type {
  ApplyAnswer,
  ApplyChoices,
  ClientFileView,
  ClientPreview,
  ForwardChoice,
  PlanAnswer,
  RestartAnswer,
  Trouble,
  UndoAnswer,
} from '../../app/ipc/index.ts';
import { ask } from '../shared/bridge.ts';

/** What has become of a change. */
export type Outcome =
  | Extract<ApplyAnswer, { readonly kind: 'applied' }>
  | Extract<UndoAnswer, { readonly kind: 'undone' }>
  | { readonly kind: 'refused'; readonly trouble: Trouble };

/** The preview that is open. */
export interface OpenPreview {
  readonly preview: ClientPreview;
  /** The server's id, or the file's where it is about all of it: where the outcome is shown. */
  readonly subject: string;
  /** Why it was not applied. */
  readonly trouble: Trouble | null;
  /** The addresses that a TCP forward could stand for; none where the preview is about something else. */
  readonly choices: readonly ForwardChoice[];
}

/** Null until the first reading is there. */
export const found = signal<readonly ClientFileView[] | null>(null);
const wanted = signal<string | null>(null);
export const open = signal<OpenPreview | null>(null);
/** Of the last thing that was done, whichever server or file it was about. */
const outcome = signal<{ readonly subject: string; readonly what: Outcome } | null>(null);

/** The file that is shown. */
export const chosen = computed<ClientFileView | null>(
  () => found.value?.find(({ id }) => id === wanted.value) ?? found.value?.[0] ?? null,
);

export function choose(file: string): void {
  wanted.value = file;
}

/** The first list does not wait for programs that take their time; nobody looks at an empty window for their sake. */
export async function load(): Promise<void> {
  found.value ??= await ask('clients', 'at-once');
  found.value = await ask('clients', 'whole');
}

/** Shows what a plan would do, or why there is none. */
export async function show(
  subject: string,
  plan: Promise<PlanAnswer>,
  choices: readonly ForwardChoice[] = [],
): Promise<void> {
  const answer = await plan;
  if (answer.kind === 'preview') {
    open.value = { preview: answer.preview, subject, trouble: null, choices };
    return;
  }
  open.value = null;
  note(subject, answer);
  await load();
}

/** Shows what a TCP forward in place of one of its addresses would do. */
export function showForward(
  server: string,
  { host, port }: ForwardChoice,
  choices: readonly ForwardChoice[],
): Promise<void> {
  return show(server, ask('planClientForward', { server, host, port }), choices);
}

export async function apply({ preview, subject, choices }: OpenPreview, ticked: ApplyChoices): Promise<void> {
  const answer = await ask('applyClientPlan', { plan: preview.plan, ...ticked });
  const again = answer.kind === 'refused' ? answer.again : null;
  if (answer.kind === 'refused' && again?.kind === 'preview') {
    open.value = { preview: again.preview, subject, trouble: answer.trouble, choices };
  } else {
    open.value = null;
    note(subject, answer.kind === 'applied' ? answer : { kind: 'refused', trouble: answer.trouble });
  }
  await load();
}

export async function undo(subject: string, change: number): Promise<void> {
  note(subject, await ask('undoClientChange', change));
  await load();
}

export async function restart({ id }: ClientFileView): Promise<RestartAnswer> {
  return ask('restartClient', id);
}

/** What there is to say about this server or file. */
export function outcomeOf(subject: string): Outcome | null {
  return outcome.value?.subject === subject ? outcome.value.what : null;
}

function note(subject: string, what: Outcome): void {
  outcome.value = { subject, what };
}
