import { describe, expect, it } from 'vitest';
import { textIn } from '../../../app/i18n/index.ts';
import { age, authority, bytes, lightOf } from '../../../app/ipc/view.ts';
import { appState } from '../../support/app-state.ts';

describe('Sizes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.00 KB'],
    [99_950, '100 KB'],
    [999_499, '999 KB'],
    [999_500, '1.00 MB'],
    [12_345_678, '12.3 MB'],
    [5e15, '5000 TB'],
  ])('%d bytes are %s', (count, words) => {
    expect(bytes(count)).toBe(words);
  });
});

describe('Ages', () => {
  it.each([
    [-5, '0 s', '0 秒'],
    [59_999, '59 s', '59 秒'],
    [60_000, '1 min', '1 分鐘'],
    [3_840_000, '1 h 4 min', '1 小時 4 分鐘'],
    [93_600_000, '1 d 2 h', '1 天 2 小時'],
  ])('%d ms are %s, or %s', (milliseconds, english, chinese) => {
    expect(age(milliseconds, textIn('en'))).toBe(english);
    expect(age(milliseconds, textIn('zh-Hant'))).toBe(chinese);
  });
});

describe('Addresses that windows show', () => {
  it('put IPv6 addresses in brackets', () => {
    expect(authority('::1', 80)).toBe('[::1]:80');
    expect(authority('nas.lan', 443)).toBe('nas.lan:443');
  });
});

describe('The icon', () => {
  it.each([
    ['off', 'off'],
    ['starting', 'starting'],
    ['stopping', 'starting'],
    ['on', 'on'],
  ] as const)('has a shape for %s', (phase, light) => {
    expect(lightOf(appState({ phase }))).toBe(light);
  });

  it('asks for attention only when something hurts now', () => {
    const problem = { id: '', at: 0, sentence: '', hint: '', fix: null };
    expect(lightOf(appState({ problem: { ...problem, weight: 'attention' } }))).toBe('attention');
    expect(lightOf(appState({ problem: { ...problem, weight: 'note' } }))).toBe('on');
  });
});
