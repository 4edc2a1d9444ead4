import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeApp } from './support/describe-app.ts';
import type { AppDriver } from './support/driver.ts';
import { runApp, showPopover, stopApp } from './support/running-app.ts';

describeApp('A window that is not visible', () => {
  let app: AppDriver;

  beforeAll(async () => {
    app = await runApp();
  });

  afterAll(() => stopApp(app));

  const toggle = async (): Promise<void> => {
    await app.tray.openMenu();
    await app.tray.pick('toggle');
  };

  it('knows what happened before it is shown for the first time', async () => {
    const popover = await app.window('#popover');
    await toggle();
    await expect.poll(() => popover.locator('#phase').textContent()).toBe('On');
    expect(await app.isVisible('#popover')).toBe(false);
  });

  it('knows what happened since it lost the focus and was hidden', async () => {
    const popover = await showPopover(app);
    await expect.poll(() => popover.locator('#phase').textContent()).toBe('On');
    await app.clickOutside();
    await expect.poll(() => app.isVisible('#popover')).toBe(false);
    await toggle();
    await expect.poll(() => popover.locator('#phase').textContent()).toBe('Off');
    expect(await app.isVisible('#popover')).toBe(false);
  });
});
