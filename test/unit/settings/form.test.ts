import { expect, test } from 'vitest';
import { settingForm } from '../../../app/settings/index.ts';

test.each([
  ['port', { kind: 'whole', min: 1, max: 65535 }],
  ['deniedPorts', { kind: 'list' }],
  ['deniedPorts.3', { kind: 'whole', min: 1, max: 65535 }],
  ['limits', { kind: 'table' }],
  ['lanLoopback', { kind: 'boolean' }],
  ['language', { kind: 'words', words: ['en', 'zh-Hant'] }],
  ['upstream', { kind: 'text' }],
  ['no such setting', null],
  ['port.below', null],
  ['__proto__', null],
])('the form of the setting %s is known as its schema has it', (path, form) => {
  expect(settingForm(path)).toEqual(form);
});
