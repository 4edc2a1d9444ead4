/** Arguments that cannot be followed: the one line that says why. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
