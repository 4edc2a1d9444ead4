import { describe, expect, it } from 'vitest';
import { appTextIn, said } from '../../../app/i18n/app.ts';
import type { FindingFacts } from '../../../app/i18n/finding-words.ts';
import { inARow } from '../../../app/i18n/in-a-row.ts';
import { spoken } from '../../../app/i18n/index.ts';

const stopped = said(({ doctor }) => doctor.report.stopped);

it('Sentences in a row have a space between them, but for Chinese, and none where one is empty', () => {
  expect(inARow('It is off.', '', 'Turn it on.')).toBe('It is off. Turn it on.');
  expect(inARow('它是關閉的。', '請打開它。', '')).toBe('它是關閉的。請打開它。');
  expect(inARow()).toBe('');
});

it.each([
  ['en', 'KEY, TOKEN', 'Cursor, nas: '],
  ['zh-Hant', 'KEY、TOKEN', 'Cursor、nas：'],
] as const)('Names in a sentence are parted as in the rest of it, in %s', (language, names, begin) => {
  const { clients, commandLine, servers } = appTextIn(language);
  expect(clients.refused.outsideKey('env_vars', ['KEY', 'TOKEN'])).toContain(names);
  expect(servers.remote.causes.tlsFile(['KEY', 'TOKEN'], 'ENOENT')).toContain(names);
  expect(commandLine.clients.leftAs('Cursor', 'nas', 'It is off.')).toBe(`${begin}It is off.`);
});

it('A command that is a path is told to correct it, and no other is', () => {
  const { notStarted } = appTextIn('en').servers;
  expect(notStarted.noFile('./x.py', '/srv/x.py')).toBe(
    'The command ./x.py was not found: there is no /srv/x.py. Correct its path, or install what belongs there.',
  );
  expect(notStarted.noFile('/srv/x.py', '/srv/x.py')).not.toContain('there is no');
  for (const language of ['en', 'zh-Hant'] as const) {
    const { steps } = appTextIn(language).doctorFindings['server-missing'];
    const stepsFor = (program: string) => steps({ program } as FindingFacts);
    expect(stepsFor('/srv/x.py')).not.toEqual(stepsFor('uvx'));
    expect(stepsFor('uvx')).toEqual(stepsFor('npx'));
  }
});

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
