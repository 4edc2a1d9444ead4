import { expect, test } from 'vitest';
import { findEra, type ServerFace } from '../../../../app/bridge/translate/index.ts';
import { TestClock } from '../../../support/era-doubles.ts';

const FACE: ServerFace = { capabilities: {}, serverInfo: {}, instructions: null };

function probes() {
  const modern = Promise.withResolvers<ServerFace | null>();
  const legacy = Promise.withResolvers<boolean>();
  const clock = new TestClock();
  const verdict = findEra({ modern: () => modern.promise, legacy: () => legacy.promise }, clock);
  return { modern, legacy, clock, verdict };
}

/** Lets everything run that waits for nothing but its turn. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

test('dual when both siblings answer, whoever is first', async () => {
  const one = probes();
  one.modern.resolve(FACE);
  one.legacy.resolve(true);
  const two = probes();
  two.legacy.resolve(true);
  await turn();
  two.modern.resolve(FACE);
  const dual = { kind: 'modern', face: FACE, legacyToo: true };
  expect(await Promise.all([one.verdict, two.verdict])).toEqual([dual, dual]);
});

test('modern when the handshake fails or nothing comes of it', async () => {
  const failing = probes();
  failing.legacy.resolve(false);
  await turn();
  failing.modern.resolve(FACE);
  const silent = probes();
  silent.modern.resolve(FACE);
  await turn();
  silent.clock.pass(1500);
  const modern = { kind: 'modern', face: FACE, legacyToo: false };
  expect(await Promise.all([failing.verdict, silent.verdict])).toEqual([modern, modern]);
});

test('legacy when server/discover fails, ends the sibling, or meets silence', async () => {
  const failing = probes();
  failing.modern.resolve(null);
  await turn();
  failing.legacy.resolve(true);
  const silent = probes();
  silent.legacy.resolve(true);
  await turn();
  silent.clock.pass(1500);
  expect(await Promise.all([failing.verdict, silent.verdict])).toEqual([{ kind: 'legacy' }, { kind: 'legacy' }]);
});

test('a slow start is no silence', async () => {
  const slow = probes();
  slow.clock.pass(60_000);
  slow.legacy.resolve(true);
  await turn();
  slow.modern.resolve(FACE);
  expect(await slow.verdict).toMatchObject({ kind: 'modern', legacyToo: true });
});

test('no verdict when neither answers', async () => {
  const dead = probes();
  dead.legacy.resolve(false);
  dead.modern.resolve(null);
  expect(await dead.verdict).toBeNull();
});
