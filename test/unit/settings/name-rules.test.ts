import { describe, expect, it } from 'vitest';
import { changedRules, hidingRules, letsName } from '../../../app/settings/patterns.ts';

describe('Rules for tools', () => {
  it('let through everything where there are none, nothing by an empty list, and never what is denied', () => {
    expect(letsName({}, 'read')).toBe(true);
    expect(letsName({ allow: [] }, 'read')).toBe(false);
    expect(letsName({ allow: ['read*'], deny: ['read_secret'] }, 'read_file')).toBe(true);
    expect(letsName({ allow: ['read*'], deny: ['read_secret'] }, 'read_secret')).toBe(false);
  });
});

describe('Rules for tools that are changed by name', () => {
  it('hold each denied name once, beside what was denied before', () => {
    expect(changedRules({}, 'deny', ['rm'])).toEqual({ deny: ['rm'] });
    expect(changedRules({ deny: ['rm'] }, 'deny', ['rm', 'get_*'])).toEqual({ deny: ['rm', 'get_*'] });
  });

  it('deny a name that an allow list does not let through either, for the day when it does', () => {
    expect(changedRules({ allow: ['get_*'] }, 'deny', ['rm'])).toEqual({ allow: ['get_*'], deny: ['rm'] });
  });

  it('keep an empty allow list, which lets nothing through, once its last entry is denied', () => {
    expect(changedRules({ allow: ['rm'] }, 'deny', ['rm'])).toEqual({ allow: [], deny: ['rm'] });
    expect(changedRules({ allow: [], deny: ['rm'] }, 'allow', ['rm'])).toEqual({ allow: ['rm'] });
  });

  it('lose exactly the entry that is allowed again, and no deny list is left empty', () => {
    expect(changedRules({ deny: ['rm', 'r*'] }, 'allow', ['rm'])).toEqual({ deny: ['r*'] });
    expect(changedRules({ deny: ['r*'] }, 'allow', ['r*'])).toEqual({});
  });

  it('get an allowed name into an allow list only where that does not let it through yet', () => {
    expect(changedRules({ allow: ['get_*'] }, 'allow', ['get_a', 'rm'])).toEqual({ allow: ['get_*', 'rm'] });
    // The text of a pattern may fit a narrower one that does not let through all that it means.
    expect(changedRules({ allow: ['a?'] }, 'allow', ['a*'])).toEqual({ allow: ['a?', 'a*'] });
  });

  it('are the very same where nothing changes', () => {
    const rules = { allow: ['a'], deny: ['b'] };
    expect(changedRules(rules, 'allow', ['a'])).toBe(rules);
    expect(changedRules(rules, 'deny', ['b'])).toBe(rules);
  });

  it('tell which entries of deny go on hiding a name, or tools that a pattern means', () => {
    expect(hidingRules({ deny: ['get_*', 'rm'] }, 'get_a', [])).toEqual(['get_*']);
    expect(hidingRules({ deny: ['get_b', '*_c', 'rm'] }, 'get_*', ['get_b', 'get_d', 'rm'])).toEqual(['get_b']);
    expect(hidingRules({}, 'get_a', ['get_a'])).toEqual([]);
  });
});
