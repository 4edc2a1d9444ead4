import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { Descriptors, type DescriptorsOptions } from '../../../app/gateway/descriptors.ts';

function descriptors(limit: DescriptorsOptions['limit']) {
  const told: number[] = [];
  const made = new Descriptors({
    short: (most) => told.push(most),
    recovered: () => undefined,
    ...(limit === undefined ? {} : { limit }),
  });
  return { made, told, [Symbol.dispose]: () => made.stop() };
}

const failing = (code: string) => Object.assign(new Error(code), { code });

/** A client whose descriptor has this number. */
function clientOf(fd: number): Socket {
  const client = new Socket();
  Object.assign(client, { _handle: { fd } });
  return client;
}

test('A limit that cannot be read since every descriptor is in use is read later', () => {
  let isFull = true;
  using at = descriptors(() => {
    if (isFull) throw failing('EMFILE');
    return 1000;
  });
  at.made.exhausted();
  expect(at.told).toHaveLength(1);
  expect(at.made.admits(clientOf(100))).toBe(false);
  isFull = false;
  expect(at.made.admits(clientOf(100))).toBe(true);
  expect(at.made.admits(clientOf(990))).toBe(false);
});

test('A system that does not tell its limit has none', () => {
  using at = descriptors(() => {
    throw failing('ENOENT');
  });
  expect(at.made.admits(clientOf(100_000))).toBe(true);
  expect(at.told).toEqual([]);
});
