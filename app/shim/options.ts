import type { Readable, Writable } from 'node:stream';
import type { Text } from '../text/index.ts';
import type { HeldTimes } from './held.ts';
import type { Dial } from './link.ts';
import type { Place } from './place.ts';

export interface ShimOptions {
  /** Name of the server; null is the default one. */
  readonly server: string | null;
  /** Opens a connection, at each attempt. */
  readonly dial: Dial;
  /** Where the app is, or should be, for what is said of it. */
  readonly place: () => Place;
  /** Whether the app runs and is switched off. */
  readonly isOff: () => boolean;
  /** Opens the app; null when that is not wanted. Called once at most, and never when the app has been there before. */
  readonly startApp: (() => void) | null;
  readonly input: Readable;
  readonly output: Writable;
  readonly words: Text['shim'];
  readonly times: ShimTimes;
  /** One line for whoever reads the client's log. */
  readonly say: (line: string) => void;
}

export interface ShimTimes extends HeldTimes {
  /** How long answers may take after the end of the input, in milliseconds. */
  readonly lastAnswers: number;
}

export const SHIM_TIMES: ShimTimes = { patience: 10_000, shortPatience: 1500, lastAnswers: 60_000 };
