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
