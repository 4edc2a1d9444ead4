/**
 * The oldest Node that the program runs on: 22.12, the first of a line that has all of ECMAScript 2024 and that was supported for
 * long (Node.js release schedule). The bundle is written so that an older one gets as far as saying so.
 */
export const OLDEST_NODE = '22.12.0';

/** Whether this version of Node, as `process.versions.node` has it, is too old. */
export function isTooOld(version: string): boolean {
  return version.localeCompare(OLDEST_NODE, 'en', { numeric: true }) < 0;
}
