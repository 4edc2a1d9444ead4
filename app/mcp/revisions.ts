/** The revisions whose sessions we carry, oldest first. */
const SESSION_REVISIONS: readonly string[] = ['2024-10-07', '2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25'];

/** What a client is offered that asks for a revision of a name we do not know. */
export const NEWEST_SESSION_REVISION = '2025-11-25';

/** The revisions without sessions, in which every request carries its own context. */
const STATELESS_REVISIONS: readonly string[] = ['2026-07-28'];

export function isSessionRevision(revision: string): boolean {
  return SESSION_REVISIONS.includes(revision);
}

/** False for drafts and for any name that is not known, whichever date it shows: nobody can tell what it will mean. */
export function isStatelessRevision(revision: string): boolean {
  return STATELESS_REVISIONS.includes(revision);
}

/**
 * Only 2025-03-26 knows batches; 2025-06-18 took them back. An unknown revision counts as 2025-03-26, which is also assumed where
 * none is named (2025-11-25 transports, Protocol Version Header).
 */
export function hasBatches(revision: string): boolean {
  return !isSessionRevision(revision) || revision <= '2025-03-26';
}

/** Since 2025-11-25 a stream opens with an event without data, to resume from; older clients choke on it. */
export function hasPriming(revision: string): boolean {
  return isSessionRevision(revision) && revision >= '2025-11-25';
}

/** The one modern revision we speak: stateless requests, no handshake. It is all that `server/discover` offers here. */
export const MODERN_REVISION = '2026-07-28';

export const MODERN_REVISIONS: readonly string[] = [MODERN_REVISION];

/** The newest revision with an `initialize` handshake; what we ask a legacy child for. */
export const NEWEST_LEGACY_REVISION = '2025-11-25';

export const LEGACY_REVISIONS: readonly string[] = ['2024-11-05', '2025-03-26', '2025-06-18', NEWEST_LEGACY_REVISION];

/** Revisions are dates, and the handshake went with this one (2026-07-28, basic/versioning, Terminology). */
export function isModernRevision(revision: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(revision) && revision >= MODERN_REVISION;
}
