import { expect, it } from 'vitest';
import { describeProgram } from '../support/describe-program.ts';

describeProgram('quitting', 'quitting on the stand-in', (run) => {
  it('can be called off by the app and by a window, but not out of process.exit', () => {
    expect(run().code).toBe(3);
    expect(run().seen).toMatchObject({
      preventedByApp: false,
      preventedByWindow: false,
      order: ['before-quit', 'before-quit', 'quit'],
    });
  });
});
