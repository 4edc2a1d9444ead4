import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { Descriptors, type DescriptorsOptions } from '../../../app/gateway/descriptors.ts';

function descriptors(limit: DescriptorsOptions['limit'], lowestFree?: DescriptorsOptions['lowestFree']) {
  const told: number[] = [];
  const made = new Descriptors({
    short: (most) => told.push(most),
    recovered: () => undefined,
    ...(limit === undefined ? {} : { limit }),
    ...(lowestFree === undefined ? {} : { lowestFree }),
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

test('Connections that are opened are checked by the number of every client that comes, or else every sixteenth by itself', () => {
  let looked = 0;
  using at = descriptors(
    () => 1000,
    () => {
      looked++;
      return 990;
    },
  );
  for (let n = 0; n < 200; n++) {
    at.made.admits(clientOf(30));
    expect(at.made.mayOpen()).toBe(true);
  }
  expect(looked).toBe(0);
  for (let n = 0; n < 14; n++) expect(at.made.mayOpen()).toBe(true);
  expect(at.made.mayOpen(), 'the sixteenth since a client has come').toBe(false);
  expect(looked).toBe(1);
});
