import { describe, expect, it } from 'vitest';
import { middleCut } from '../../../renderer/shared/middle-cut.ts';

describe('Words that are shortened in the middle', () => {
  it('keep their end, which tells the port', () => {
    expect(middleCut('home-assistant.lan:8123')).toEqual({ start: 'home-assistan', end: 't.lan:8123', count: 10 });
  });

  it('are one part where they are short', () => {
    expect(middleCut('nas.lan:80')).toEqual({ start: '', end: 'nas.lan:80', count: 10 });
  });

  it('are cut between letters, and not between one and its accents or inside of an emoji', () => {
    const family = '👩‍👩‍👧‍👦';
    const accented = 'e\u0301';
    expect(middleCut(family.repeat(12))).toEqual({ start: family.repeat(2), end: family.repeat(10), count: 10 });
    expect(middleCut(accented.repeat(3))).toEqual({ start: '', end: accented.repeat(3), count: 3 });
  });
});
