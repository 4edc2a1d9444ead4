import { expect, it } from 'vitest';
import { describeProgram } from '../support/describe-program.ts';

describeProgram('navigation', 'a page on the stand-in', (run) => {
  it('obeys the headers and the requests that the app changes', () => {
    expect(run().seen).toMatchObject({ policy: [true, 'served'], noPolicy: true, blocked: 'refused' });
  });

  it('goes only where the app lets it, unless the app itself sends it there', () => {
    expect(run().seen).toMatchObject({
      asked: ['navigate /refused', 'navigate /away', 'redirect /elsewhere'],
      stayed: true,
      ownNavigation: 3,
      popups: ['https://example.test/'],
      violations: [],
    });
  });

  it('fails to load with the codes of Chromium', () => {
    expect(run().seen).toMatchObject({
      missingFile: ['ERR_FILE_NOT_FOUND', -6],
      noUrl: ['ERR_INVALID_URL', -300],
      overtaken: ['ERR_ABORTED', -3],
    });
  });

  it('has no preload that is an ES module', () => {
    expect(run().seen).toHaveProperty('preloadError', 'SyntaxError');
  });
});
