import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { startApp } from '../../e2e/support/start-app.ts';
import { describeInChromium } from '../support/chromium.ts';

describeInChromium('misuse of Electron', () => {
  it('is reported to the spec, from the first line of the app to its last', async () => {
    const driver = await startApp({ app: path.join(import.meta.dirname, 'misuse.ts') });
    const { misuse } = await driver.stop();
    fs.rmSync(driver.home, { recursive: true, force: true });
    expect(misuse.map((text) => text.split(':')[0])).toEqual([
      "MenuItem 'early'",
      "MenuItem 'ready'",
      "MenuItem 'late'",
    ]);
  });
});
