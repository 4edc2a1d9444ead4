import fs from 'node:fs';
import { settings } from '../settings.ts';

/**
 * Misuse that real Electron swallows or only logs, in order of appearance. The driver of the specs hands it out when
 * the app has ended, for the spec to fail on.
 */
export const violations: string[] = [];

export function violation(text: string): void {
  violations.push(text);
  console.error(`[electron-host] misuse: ${text}`);
  if (settings.misuseFile !== undefined) fs.appendFileSync(settings.misuseFile, `${JSON.stringify(text)}\n`);
}

/** Thrown by whatever Electron has and the stand-in has not; noted as a violation too, should the app catch it. */
export class NotSimulatedError extends Error {
  constructor(what: string) {
    super(`${what} is declared by Electron, but the stand-in does not simulate it`);
    this.name = 'NotSimulatedError';
    violation(this.message);
  }
}
