import { expect, it } from 'vitest';
import { describeProgram } from '../support/describe-program.ts';

describeProgram('windows', 'a window on the stand-in', (run) => {
  it('tells about its page and itself in order', () => {
    expect(run().seen).toMatchObject({
      loaded: ['dom-ready', 'ready-to-show', 'did-finish-load'],
      title: 'Page',
      shown: ['show', 'focus', 'blur', 'hide', 'show', 'focus'],
    });
  });

  it('is where and how the page sees it', () => {
    expect(run().seen).toMatchObject({
      place: [40, 60, 300, 200],
      visibility: ['hidden', 'visible'],
      capture: { width: 300, height: 200 },
      crashed: 'crashed',
    });
  });

  it('stays below the menu bar, on whole points', () => {
    expect(run().seen).toMatchObject({ underMenuBar: [10, 24], fraction: 'TypeError: setBounds wants whole numbers' });
  });

  it('follows the theme of the app and the appearance of the system', () => {
    expect(run().seen).toHaveProperty('appearance', [true, true, true, true]);
  });

  it('refuses what it cannot do, and everything once it is gone', () => {
    expect(run().seen).toMatchObject({
      unsimulated: expect.stringMatching(/^NotSimulatedError: BrowserWindow\.setShape\(\)/),
      destroyed: 'TypeError: The window has been destroyed',
    });
  });
});
