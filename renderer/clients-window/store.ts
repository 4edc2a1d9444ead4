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
  VerifyStep,
} from '../../app/ipc/index.ts';
import { found, foundServers, load } from '../shared/found-clients.ts';
import { ask, bridge } from '../shared/store.ts';
import { withStep } from './model.ts';

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

/** The server that another window led to. */
export const reached = signal<string | null>(null);

/** Shows a server, and where it is to be fixed what that takes: the mode it once had, the suggested one, else through Gangway. */
export async function goTo(id: string, fixes: boolean): Promise<void> {
  if (found.value === null || foundServers().every(({ server }) => server.id !== id)) await load();
  const known = foundServers().find(({ server }) => server.id === id);
  if (known === undefined) return;
  choose(known.file.id);
  reached.value = id;
  const { stale, proposal } = known.server;
  if (fixes) await show(id, ask('planClient', { server: id, mode: stale ?? proposal?.mode ?? 'through' }));
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

/** Makes the change; then quits and opens `restarts`, where there is one. */
export async function apply(
  { preview, subject, choices }: OpenPreview,
  ticked: ApplyChoices,
  restarts: ClientFileView | null = null,
): Promise<void> {
  const answer = await ask('applyClientPlan', { plan: preview.plan, ...ticked });
  const again = answer.kind === 'refused' ? answer.again : null;
  if (answer.kind === 'refused' && again?.kind === 'preview') {
    open.value = { preview: again.preview, subject, trouble: answer.trouble, choices };
  } else {
    open.value = null;
    note(subject, answer.kind === 'applied' ? answer : { kind: 'refused', trouble: answer.trouble });
  }
  await load();
  if (answer.kind === 'applied' && restarts !== null) await restart(restarts);
}

export async function undo(subject: string, change: number): Promise<void> {
  note(subject, await ask('undoClientChange', change));
  await load();
}

/** The client that is being restarted. */
export const restarting = signal<string | null>(null);
/** How the last restart went, until something else is changed. */
export const restartResult = signal<{ readonly title: string; readonly answer: RestartAnswer } | null>(null);

/** Quits a client and opens it again. */
export async function restart({ id, title }: ClientFileView): Promise<void> {
  restarting.value = title;
  restartResult.value = null;
  try {
    restartResult.value = { title, answer: await ask('restartClient', id) };
  } finally {
    restarting.value = null;
  }
  await load();
}

/** What there is to say about this server or file. */
export function outcomeOf(subject: string): Outcome | null {
  return outcome.value?.subject === subject ? outcome.value.what : null;
}

function note(subject: string, what: Outcome): void {
  restartResult.value = null;
  outcome.value = { subject, what };
}

/** The check that is on show. */
export interface Check {
  readonly server: string;
  readonly steps: readonly VerifyStep[];
  readonly isRunning: boolean;
}

export const check = signal<Check | null>(null);

bridge.onVerify(({ server, step }) => {
  const current = check.value;
  if (current?.server === server && current.isRunning)
    check.value = { ...current, steps: withStep(current.steps, step) };
});

/** Checks a server from end to end. */
export async function verify(server: string): Promise<void> {
  const begun: Check = { server, steps: [], isRunning: true };
  check.value = begun;
  const isThere = await ask('verifyClientServer', server);
  if (check.value?.server !== server) return;
  check.value = isThere ? { ...check.value, isRunning: false } : null;
  if (!isThere) await load();
}

/** Ends the check and puts it out of sight. */
export async function dismiss(): Promise<void> {
  const isRunning = check.value?.isRunning === true;
  check.value = null;
  if (isRunning) await ask('cancelVerify');
}
