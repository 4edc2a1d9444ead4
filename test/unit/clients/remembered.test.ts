import { expect, test, vi } from 'vitest';
import { remembered } from '../../../app/clients/document/value.ts';

test('a text is parsed once in a turn of the event loop, and no parsed text outlives the turn', async () => {
  const made = vi.fn((text: string) => ({ text }));
  const parse = remembered(made);
  const first = parse('a');
  expect(parse('a')).toBe(first);
  expect(made).toHaveBeenCalledTimes(1);
  await Promise.resolve();
  expect(parse('a')).not.toBe(first);
});

test('the last four texts are remembered, and not what fails', () => {
  const made = vi.fn((text: string) => {
    if (text === 'broken') throw new Error(text);
    return { text };
  });
  const parse = remembered(made);
  const [a, b] = ['a', 'b', 'c', 'd', 'e'].map(parse);
  expect(parse('b')).toBe(b);
  expect(parse('a')).not.toBe(a);
  for (let time = 0; time < 2; time += 1) expect(() => parse('broken')).toThrow('broken');
  expect(made.mock.calls.filter(([text]) => text === 'broken')).toHaveLength(2);
});
