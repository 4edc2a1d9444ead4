import type { AppText } from '../../app/i18n/app.ts';
import {
  type AppState,
  age,
  authority,
  type ClientServerView,
  conditionWords,
  type ServerLight,
  serverLight,
} from '../../app/ipc/index.ts';

/** Whether a server reaches its network, in words and as a light. */
export interface Badge {
  readonly light: ServerLight;
  readonly words: string;
  /** Its last request, where there was one: for rows with room for less than a sentence. */
  readonly last: {
    /** Milliseconds since the epoch. */
    readonly at: number;
    readonly when: string;
    /** `nas.lan:8123`; empty when it named no target. */
    readonly target: string;
    readonly outcome: string;
  } | null;
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
      return runBadge(server, state, now, text);
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
  const became = outcomeWords(outcome, text);
  return {
    light: isFailed ? 'failing' : 'ready',
    words: words.last(when, where, became),
    last: { at: lastAt, when, target: where, outcome: became },
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

function runBadge(server: string | null, { bridge }: Known, now: number, text: AppText): Badge {
  const words = text.clientsWindow.badge;
  const ours = bridge.servers.find(({ name }) => name === server);
  if (server === null || ours === undefined) return plain('failing', words.notInGangway);
  const condition = conditionWords(ours.condition, now, text);
  const facts = [words.inGangway(server), condition, text.status.sessions(ours.sessions.length)];
  return plain(serverLight(ours), facts.join(' · '));
}

function plain(light: Badge['light'], words: string): Badge {
  return { light, words, last: null, more: null, problem: null };
}
