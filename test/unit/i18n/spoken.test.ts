import { describe, expect, it } from 'vitest';
import { said } from '../../../app/i18n/app.ts';
import { spoken } from '../../../app/i18n/index.ts';

const stopped = said(({ doctor }) => doctor.report.stopped);

describe('What is said in each language', () => {
  it('becomes a sentence for a reader of one, however deep it stands, and all else stays as it is', () => {
    const answer = {
      kind: 'refused',
      trouble: { code: 'x', sentence: stopped },
      standing: ['a'],
      left: [{ trouble: { sentence: stopped } }],
      none: null,
      facts: { en: 1, 'zh-Hant': 2 },
    } as const;
    expect(spoken(answer, 'en')).toEqual({
      ...answer,
      trouble: { code: 'x', sentence: stopped.en },
      left: [{ trouble: { sentence: stopped.en } }],
    });
    expect(spoken(answer, 'zh-Hant').trouble.sentence).toMatch(/\p{Script=Han}/u);
  });
});
