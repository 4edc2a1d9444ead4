/** The system's name for an error, such as `ENOENT`; null for an error without one. */
export function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}

/** The same, `EIO` for an error without a name. */
export function errnoOf(error: unknown): string {
  return codeOf(error) ?? 'EIO';
}

/** The system's name for an error, else its message: something a person can search for. */
export function reasonOf(error: unknown): string {
  return codeOf(error) ?? (error instanceof Error ? error.message : String(error));
}

/** Where an error comes from: its message and the calls that led to it. */
export function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** Status of a process that an internal error has ended: EX_SOFTWARE of sysexits.h. */
export const CRASH_EXIT = 70;

/**
 * Within this many ms no packet can have been answered by a distant machine or given up on by ARP: an errno that comes sooner is
 * this machine's own verdict.
 */
export const AT_ONCE_MS = 50;
