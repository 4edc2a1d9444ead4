import { expect, it } from 'vitest';
import { sizeAfter } from '../../../main/text-size.ts';

it('The text of the windows grows and shrinks by the steps of a browser, from 75 to 200 per cent', () => {
  expect(sizeAfter(100, 'larger')).toBe(110);
  expect(sizeAfter(110, 'smaller')).toBe(100);
  expect(sizeAfter(200, 'larger')).toBe(200);
  expect(sizeAfter(75, 'smaller')).toBe(75);
  expect(sizeAfter(175, 'actual')).toBe(100);
});
