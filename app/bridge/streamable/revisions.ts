/** The revisions whose sessions we carry, oldest first. */
const SESSION_REVISIONS: readonly string[] = ['2024-10-07', '2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25'];

/** The first revision without sessions: every request carries its own context. Revisions are dates and sort as text. */
export const FIRST_STATELESS_REVISION = '2026-07-28';

export function isSessionRevision(revision: string): boolean {
  return SESSION_REVISIONS.includes(revision);
}

export function isStatelessRevision(revision: string): boolean {
  return revision >= FIRST_STATELESS_REVISION;
}

/** Only 2025-03-26 knows batches; 2025-06-18 took them back. */
export function hasBatches(revision: string): boolean {
  return revision <= '2025-03-26';
}

/** Since 2025-11-25 a stream opens with an event without data, to resume from; older clients choke on it. */
export function hasPriming(revision: string): boolean {
  return revision >= '2025-11-25';
}
