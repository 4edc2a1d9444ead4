import { expect, it } from 'vitest';
import { fromChromium, toChromium } from './address.ts';

const schemes = new Set(['app']);

it.each([
  ['app://bundle/logs/index.html?a=1#x', 'http://bundle.app.electron-host.localhost/logs/index.html?a=1#x'],
  ['app://bundle', 'http://bundle.app.electron-host.localhost/'],
])('%s is %s to Chromium', (ours, theirs) => {
  expect(toChromium(ours, schemes)).toBe(theirs);
  expect(fromChromium(theirs)).toBe(ours === 'app://bundle' ? 'app://bundle/' : ours);
});

it.each(['https://example.test/app://bundle/', 'file:///a', 'other://bundle/', 'about:blank'])(
  '%s stays as it is',
  (url) => {
    expect(toChromium(url, schemes)).toBe(url);
    expect(fromChromium(url)).toBe(url);
  },
);
