import { expect, it } from 'vitest';
import { acceleratorFault } from './accelerator.ts';

it.each(['CmdOrCtrl+Q', 'Shift+Command+Z', 'F24', 'Alt+Space', 'Command+,', 'Control+num5'])(
  '%s is sound',
  (accelerator) => {
    expect(acceleratorFault(accelerator)).toBeUndefined();
  },
);

it.each([
  ['Cmd+Nope', "'nope' names no key"],
  ['Cmd+Shift', 'it has to hold exactly one key'],
  ['A+B', 'it has to hold exactly one key'],
  ['F25', "'f25' names no key"],
])('%s would do nothing', (accelerator, fault) => {
  expect(acceleratorFault(accelerator)).toBe(fault);
});
