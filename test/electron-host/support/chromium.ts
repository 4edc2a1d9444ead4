import fs from 'node:fs';
import { describe } from 'vitest';
import { settings } from '../settings.ts';

/** A group of tests that needs windows of the stand-in; without Chromium they are skipped, and the report says why. */
export function describeInChromium(name: string, tests: () => void): void {
  describeWith(settings.chromium, 'chromium-headless-shell', name, tests);
}

/** A group of tests that needs the whole browser. */
export function describeInBrowser(name: string, tests: () => void): void {
  describeWith(settings.browser, 'chromium', name, tests);
}

function describeWith(program: string, from: string, name: string, tests: () => void): void {
  const found = fs.existsSync(program);
  describe.skipIf(!found)(found ? name : `${name} (skipped: no ${program}; apt-get install ${from})`, tests);
}
