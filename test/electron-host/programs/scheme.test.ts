import { expect, it } from 'vitest';
import { describeProgram } from '../support/describe-program.ts';

describeProgram('scheme', "a scheme of the app's own on the stand-in", (run) => {
  it('shows its pages, under the policy of their headers', () => {
    expect(run().seen).toMatchObject({
      page: ['Own scheme', 'app://bundle/index.html?a=1#top', [true, null, true]],
      violations: [],
    });
  });

  it('is what the main process hears of', () => {
    expect(run().seen).toMatchObject({
      who: ['app://bundle/index.html?a=1#top', 'app://bundle'],
      requested: [
        'app://bundle/index.html?a=1',
        'app://bundle/main.js',
        'app://bundle/data.json',
        'app://bundle/nowhere',
        'app://bundle/broken',
      ],
      seen: 5,
      asked: 'app://bundle/other.html',
    });
  });

  it('answers with what its handler returns', () => {
    expect(run().seen).toMatchObject({ fetched: { answer: 42 }, missing: 404, broken: 'TypeError' });
  });

  it('is declared before the app is ready', () => {
    expect(run().seen).toMatchObject({
      handled: [true, false],
      late: expect.stringContaining('before the app is ready'),
    });
  });
});
