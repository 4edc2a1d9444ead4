import fs from 'node:fs';
import { describe } from 'vitest';
import { settings } from '../settings.ts';

const found = fs.existsSync(settings.chromium);

/** A group of tests that needs Chromium; without one they are skipped, and the report says why. */
export function describeInChromium(name: string, tests: () => void): void {
  describe.skipIf(!found)(found ? name : `${name} (skipped: no ${settings.chromium}; apt-get install chromium)`, tests);
}
