/**
 * Misuse that real Electron swallows or only logs, in order of appearance. A spec's driver fails the spec when it
 * is not empty at the end.
 */
export const violations: string[] = [];

export function violation(text: string): void {
  violations.push(text);
  console.error(`[electron-host] misuse: ${text}`);
}

/** Thrown by whatever Electron has and the stand-in has not; noted as a violation too, should the app catch it. */
export class NotSimulatedError extends Error {
  constructor(what: string) {
    super(`${what} is declared by Electron, but the stand-in does not simulate it`);
    this.name = 'NotSimulatedError';
    violations.push(this.message);
  }
}
