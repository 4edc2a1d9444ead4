import { describe } from 'vitest';
import { describeInChromium } from '../../electron-host/support/chromium.ts';
import { driverKind } from './start-app.ts';

/** A group of specs of the app. On the stand-in they need Chromium, and are skipped without one. */
export const describeApp: (name: string, specs: () => void) => void =
  driverKind === 'electron' ? (name, specs) => describe(name, specs) : describeInChromium;
