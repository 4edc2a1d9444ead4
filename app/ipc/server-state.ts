import type { Text } from '../i18n/index.ts';
import { age } from './view.ts';

/** The condition of a server as any version of us tells it. */
export interface ToldCondition {
  readonly kind: string;
  /** Milliseconds since the epoch. */
  readonly since: number | null;
  readonly until: number | null;
}

/** The condition of a server in a few words: `starting, 12 s`, `failed 2 min ago`. A kind that only a newer version knows is shown by its own name. */
export function conditionWords({ kind, since, until }: ToldCondition, now: number, text: Text): string {
  const words = text.status.conditions;
  const elapsed = age(now - (since ?? now), text);
  switch (kind) {
    case 'not-started':
      return words.notStarted;
    case 'starting':
      return words.starting(elapsed);
    case 'running':
      return words.running;
    case 'failed':
      return words.failed(elapsed);
    case 'resting':
      return words.resting(elapsed, age((until ?? now) - now, text));
    case 'stopped':
      return words.stopped;
    default:
      return kind;
  }
}

/** The same where it stands alone: with a capital letter. */
export function conditionTitle(condition: ToldCondition, now: number, text: Text): string {
  const words = conditionWords(condition, now, text);
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}
