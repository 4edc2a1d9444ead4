import type { AppText } from '../../app/i18n/app.ts';
import { type AppState, age, authority, type ClientServerView, type VerifyStep } from '../../app/ipc/index.ts';

/** The steps with the news of one, which may have been told of before. */
export function withStep(steps: readonly VerifyStep[], step: VerifyStep): readonly VerifyStep[] {
  const at = steps.findIndex((one) => stepKey(one) === stepKey(step));
  return at === -1 ? [...steps, step] : steps.with(at, step);
}

/** Several addresses may be probed. */
export function stepKey(step: VerifyStep): string {
  return step.step === 'probe' && step.target !== null ? `probe ${step.target.host} ${step.target.port}` : step.step;
}

/**
 * The part of a path that the other files do not share: `opencode.jsonc` beside `opencode.json` in one folder,
 * `.local/share` where only the folders between home and file differ.
 */
export function ownPart(file: string, others: readonly string[]): string {
  const own = segmentsOf(file);
  const all = [file, ...others].map(segmentsOf);
  const shortest = Math.min(...all.map(({ length }) => length));
  const isShared = (at: number): boolean => all.every((segments) => segments.at(at) === own.at(at));
  let before = 0;
  while (before < shortest && isShared(before)) before++;
  let after = 0;
  while (after < shortest - before && isShared(-1 - after)) after++;
  const rest = own.slice(before, own.length - after);
  return rest.length === 0 ? file : rest.join('/');
}

function segmentsOf(file: string): readonly string[] {
  return file.split(/[\\/]/);
}

/** One row of a diff as it is drawn. */
export type DiffRow =
  /** The first line of a stretch, counted in the file as it is. */
  | { readonly kind: 'hunk'; readonly line: number }
  | { readonly kind: 'same' | 'removed' | 'added'; readonly text: string }
  /** The line above has no line break. */
  | { readonly kind: 'no-end' };

const KINDS = { ' ': 'same', '-': 'removed', '+': 'added' } as const;

/** The rows of a unified diff of one file. */
export function diffRows(diff: string): readonly DiffRow[] {
  // The two lines with the file's name are said elsewhere.
  return diff.split('\n').slice(2, -1).map(rowOf);
}

function rowOf(line: string): DiffRow {
  const start = /^@@ -(\d+)/.exec(line)?.[1];
  if (start !== undefined) return { kind: 'hunk', line: Number(start) };
  if (line.startsWith('\\')) return { kind: 'no-end' };
  const sign = line.charAt(0);
  const kind = sign === '-' || sign === '+' ? KINDS[sign] : KINDS[' '];
  return { kind, text: line.slice(1).replace(/\r$/, '') };
}

/** Whether a server reaches its network, in words and as a light. */
export interface Badge {
  readonly light: 'ready' | 'failing' | 'stopped';
  readonly words: string;
  /** What else there is to know: on demand; null when nothing. */
  readonly more: string | null;
  /** What is wrong, and what helps; null when nothing is. */
  readonly problem: {
    readonly sentence: string;
    readonly hint: string;
    /** What Doctor may look at: `nas.lan:8123`; empty when that cannot be told. */
    readonly target: string;
  } | null;
}

type Known = Pick<AppState, 'failures' | 'lastRequests' | 'bridge'>;

/** What is known of a server; null when nothing is. `now` in milliseconds since the epoch. */
export function badgeOf(
  { mode, labels, server, forward, blocked }: ClientServerView,
  client: string,
  state: Known,
  now: number,
  text: AppText,
): Badge | null {
  switch (mode) {
    case 'off':
      return blocked === null ? null : plain('failing', text.clientsWindow.badge.blocked(blocked, client));
    case 'through':
      return labels.length === 0 ? null : throughBadge(labels, state, now, text);
    case 'forward':
      return forward === null
        ? plain('failing', text.clientsWindow.badge.noForward)
        : throughBadge(labels, state, now, text);
    case 'run':
      return runBadge(server, state, text);
    default:
      return mode satisfies never;
  }
}

function throughBadge(labels: readonly string[], { lastRequests, failures }: Known, now: number, text: AppText): Badge {
  const words = text.clientsWindow.badge;
  const last = newestOf(lastRequests.filter(({ label }) => labels.includes(label)));
  if (last === null) return plain('stopped', words.none);
  const { outcome, target, lastAt } = last;
  const where = target === null ? '' : authority(target.host, target.port);
  const when = now - lastAt < 1000 ? words.now : words.ago(age(now - lastAt, text));
  const isFailed = outcome.kind === 'failed';
  const failure = isFailed ? failures.findLast(({ label }) => label === last.label) : undefined;
  return {
    light: isFailed ? 'failing' : 'ready',
    words: words.last(when, where, outcomeWords(outcome, text)),
    more: words.counts(last.requests, last.failures),
    problem: failure === undefined ? null : { sentence: failure.sentence, hint: failure.hint, target: where },
  };
}

type Last = Known['lastRequests'][number];

function newestOf(requests: readonly Last[]): Last | null {
  return requests.reduce<Last | null>(
    (newest, one) => (newest !== null && newest.lastAt >= one.lastAt ? newest : one),
    null,
  );
}

function outcomeWords(outcome: Last['outcome'], text: AppText): string {
  const words = text.clientsWindow.badge.outcomes;
  switch (outcome.kind) {
    case 'answered':
      return words.answered(outcome.status);
    case 'failed':
      return words.failed(outcome.code);
    case 'connected':
    case 'given-up':
      return words[outcome.kind];
    default:
      return outcome satisfies never;
  }
}

function runBadge(server: string | null, { bridge }: Known, text: AppText): Badge {
  const words = text.clientsWindow.badge;
  const ours = bridge.servers.find(({ name }) => name === server);
  if (server === null || ours === undefined) return plain('failing', words.notInGangway);
  const light = ours.state === 'ready' || ours.state === 'failing' ? ours.state : 'stopped';
  const facts = [words.inGangway(server), text.status.server[ours.state], text.status.sessions(ours.sessions.length)];
  return plain(light, facts.join(' · '));
}

function plain(light: Badge['light'], words: string): Badge {
  return { light, words, more: null, problem: null };
}
