import { expect, test } from 'vitest';
import { BackOff } from '../../../app/servers/condition.ts';

const failing = (times: number) => {
  const backOff = new BackOff();
  for (let attempt = 0; attempt < times; attempt++) backOff.failed(0);
  return backOff;
};

test('a server that fails is given longer and longer rests, from the third failure in a row on', () => {
  expect([1, 2, 3, 4, 5, 8, 99].map((times) => failing(times).wait(0))).toEqual([
    0, 0, 1000, 2000, 4000, 30_000, 30_000,
  ]);
  expect(failing(3).wait(400)).toBe(600);
  expect(failing(3).wait(5000)).toBe(0);
});

test('a success, or a minute without failure, starts the count again', () => {
  const recovered = failing(5);
  recovered.succeeded();
  expect(recovered.wait(0)).toBe(0);
  const later = failing(5);
  later.failed(61_000);
  expect(later.wait(61_000)).toBe(0);
});
