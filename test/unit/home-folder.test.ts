import { userInfo } from 'node:os';
import { afterEach, expect, test, vi } from 'vitest';
import { homeFolder } from '../../app/base/home-folder.ts';

afterEach(() => void vi.unstubAllEnvs());

test.skipIf(process.platform === 'win32').each([
  ['/home/of-mine', '/home/of-mine'],
  ['', userInfo().homedir],
  ['relative', userInfo().homedir],
])('The home folder where HOME is %j is %s', (home, expected) => {
  vi.stubEnv('HOME', home);
  expect(homeFolder()).toBe(expected);
});
