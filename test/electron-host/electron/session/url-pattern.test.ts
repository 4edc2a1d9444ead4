import { expect, it } from 'vitest';
import { matchesPattern } from './url-pattern.ts';

it.each([
  ['<all_urls>', 'file:///a', true],
  ['http://127.0.0.1:*/*', 'http://127.0.0.1:28080/x?y', true],
  ['http://127.0.0.1/*', 'http://127.0.0.1:28080/x', true],
  ['*://*.example.test/*', 'https://example.test/', true],
  ['*://*.example.test/*', 'https://a.example.test/', true],
  ['*://*.example.test/*', 'https://badexample.test/', false],
  ['*://*/*', 'file:///a', false],
  ['file:///*', 'file:///a/b.html', true],
])('%s against %s', (pattern, url, matches) => {
  expect(matchesPattern(pattern, url)).toBe(matches);
});

it('refuses what is no pattern', () => {
  expect(() => matchesPattern('example.test', 'http://example.test/')).toThrow(TypeError);
});
