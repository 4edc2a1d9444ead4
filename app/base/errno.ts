/** The system's own name for what went wrong. */
export function errnoOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'EIO';
}

/** Within this many ms no packet can have left and nobody else can have answered: an errno is this machine's own verdict. */
export const AT_ONCE_MS = 50;
