import { app } from 'electron';
import type { Controls } from '../controls.ts';

declare global {
  // The stand-in's own door for tests (start.ts); real Electron has none.
  var __electronHost: Controls;
}

export const controls = globalThis.__electronHost;

/** Keeps something for the test to look at. */
export type Note = (name: string, value: unknown) => void;

const seen: Record<string, unknown> = {};

export const note: Note = (name, value) => {
  seen[name] = value;
};

/**
 * Runs an Electron program that drives itself, so that no DevTools client is attached to change what is measured, and
 * prints what it noted as one line of JSON when it ends. It has to quit by itself.
 */
export function runProgram(run: () => Promise<void>): void {
  process.on('exit', () => {
    note('violations', controls.violations);
    process.stdout.write(`SEEN ${JSON.stringify(seen)}\n`);
  });
  app
    .whenReady()
    .then(run)
    .catch((error: unknown) => {
      console.error(error);
      app.exit(1);
    });
}

/** What a call throws, as text. */
export function failureOf(call: () => unknown): string {
  try {
    call();
    return 'nothing';
  } catch (error) {
    return String(error);
  }
}

/** Waits until a page says so. @throws Error after five seconds */
export async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = Date.now() + 5000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`This never became true: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
