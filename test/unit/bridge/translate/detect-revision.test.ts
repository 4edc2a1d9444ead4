import { describe, expect, test } from 'vitest';
import {
  type Discovery,
  discover,
  negotiate,
  negotiateAlone,
  patienceFor,
  remainingFor,
} from '../../../../app/bridge/translate/index.ts';
import type { ServerFace } from '../../../../app/mcp/index.ts';
import { TestClock } from '../../../support/translation-doubles.ts';

const FACE: ServerFace = { capabilities: {}, serverInfo: {}, instructions: null };
const MODERN: Discovery = { kind: 'modern', face: FACE, greeted: false };
const OTHERWISE: Discovery = { kind: 'otherwise' };

function probes(remaining = 1500) {
  const modern = Promise.withResolvers<Discovery>();
  const legacy = Promise.withResolvers<boolean>();
  const clock = new TestClock();
  const asked = { modern: () => modern.promise, legacy: () => legacy.promise };
  const verdict = negotiate(asked, () => remaining, clock);
  return { modern, legacy, clock, verdict };
}

/** Lets everything run that waits for nothing but its turn. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

test('a server is dual when both siblings answer, whichever is first', async () => {
  const one = probes();
  one.modern.resolve(MODERN);
  one.legacy.resolve(true);
  const two = probes();
  two.legacy.resolve(true);
  await turn();
  two.modern.resolve(MODERN);
  const dual = { kind: 'modern', face: FACE, legacyToo: true };
  expect(await Promise.all([one.verdict, two.verdict])).toEqual([dual, dual]);
});

test('a server is modern when the handshake fails, and its other revision stays open when nothing comes of that', async () => {
  const failing = probes();
  failing.legacy.resolve(false);
  await turn();
  failing.modern.resolve(MODERN);
  const silent = probes();
  silent.modern.resolve(MODERN);
  await turn();
  silent.clock.pass(1500);
  const modern = { kind: 'modern', face: FACE };
  expect(await Promise.all([failing.verdict, silent.verdict])).toEqual([
    { ...modern, legacyToo: false },
    { ...modern, legacyToo: null },
  ]);
});

test('a server is legacy when server/discover fails or ends the sibling', async () => {
  const failing = probes();
  failing.modern.resolve(OTHERWISE);
  await turn();
  failing.legacy.resolve(true);
  expect(await failing.verdict).toEqual({ kind: 'legacy' });
});

test('a server is legacy for the time being when its sibling has not answered server/discover yet', async () => {
  const slower = probes(4000);
  slower.legacy.resolve(true);
  await turn();
  slower.clock.pass(3999);
  expect(await Promise.race([slower.verdict, turn()])).toBeUndefined();
  slower.clock.pass(1);
  const givenUp = probes();
  givenUp.modern.resolve({ kind: 'silent', age: 30_000 });
  givenUp.legacy.resolve(true);
  const provisional = { kind: 'legacy', provisional: true };
  expect(await Promise.all([slower.verdict, givenUp.verdict])).toEqual([provisional, provisional]);
});

test('a slow start is no silence', async () => {
  const slow = probes();
  slow.clock.pass(60_000);
  slow.legacy.resolve(true);
  await turn();
  slow.modern.resolve(MODERN);
  expect(await slow.verdict).toMatchObject({ kind: 'modern', legacyToo: true });
});

test('there is no verdict when neither sibling answers', async () => {
  const dead = probes();
  dead.legacy.resolve(false);
  dead.modern.resolve(OTHERWISE);
  expect(await dead.verdict).toBeNull();
});

describe('a server that may allow one process', () => {
  /** `discoveries` in the order they are asked for. */
  const alone = (discoveries: Discovery[], greets: boolean, took: number | null) => {
    const probesOfOne = {
      modern: () => Promise.resolve(discoveries.shift() ?? OTHERWISE),
      legacy: () => Promise.resolve(greets),
    };
    return negotiateAlone(probesOfOne, () => took);
  };

  test('is legacy for good when it had the time to answer', async () => {
    expect(await alone([OTHERWISE], true, null)).toEqual({ kind: 'legacy' });
    expect(await alone([{ kind: 'silent', age: 10_000 }], true, 5000)).toEqual({ kind: 'legacy' });
  });

  test('is legacy for the time being when it needs longer to start than it was given', async () => {
    const provisional = { kind: 'legacy', provisional: true };
    expect(await alone([{ kind: 'silent', age: 10_000 }], true, 8000)).toEqual(provisional);
  });

  test('is asked again once it has shown how long it needs to start, if it refuses the handshake', async () => {
    const silent: Discovery = { kind: 'silent', age: 10_000 };
    expect(await alone([silent, MODERN], false, 12_000)).toMatchObject({ kind: 'modern', legacyToo: null });
    expect(await alone([silent, MODERN], false, 300)).toBeNull();
  });
});

describe('a process that is asked for server/discover', () => {
  function asked(took: number | null = null, startsAt = 0) {
    const clock = new TestClock();
    const begun = clock.now() + startsAt;
    const questions: { method: string; answered: (response: Buffer | null) => void }[] = [];
    const talk = {
      request: (method: string, _: object, answered: (response: Buffer | null) => void) =>
        void questions.push({ method, answered }),
      greet: (answered: (response: Buffer | null) => void) => void questions.push({ method: 'initialize', answered }),
    };
    const age = () => Math.max(0, clock.now() - begun);
    const discovery = discover(talk, age, patienceFor(took), clock);
    const answer = (method: string, result: object | null) => {
      const text = result === null ? null : Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: 1, ...result }));
      questions.find((question) => question.method === method)?.answered(text);
    };
    return { clock, discovery, answer, methods: () => questions.map(({ method }) => method) };
  }
  const FOUND = { result: { supportedVersions: ['2026-07-28'], capabilities: {} } };

  test('is modern however late it answers, and has heard of the other revision only after five seconds', async () => {
    const early = asked();
    early.clock.pass(4999);
    early.answer('server/discover', FOUND);
    const late = asked();
    late.clock.pass(5000);
    late.clock.pass(20_000);
    late.answer('server/discover', FOUND);
    late.clock.pass(1500);
    expect(await early.discovery).toMatchObject({ kind: 'modern', greeted: false });
    expect(await late.discovery).toMatchObject({ kind: 'modern', greeted: true });
  });

  test('can be used when it has refused the handshake behind the question', async () => {
    const { clock, discovery, answer } = asked();
    clock.pass(5000);
    answer('server/discover', FOUND);
    answer('initialize', { error: { code: -32601, message: 'no' } });
    expect(await discovery).toMatchObject({ kind: 'modern', greeted: false });
  });

  test('is not modern once it has answered initialize and not what came before it', async () => {
    const { clock, discovery, answer, methods } = asked();
    clock.pass(5000);
    expect(methods()).toEqual(['server/discover', 'initialize']);
    answer('initialize', { result: {} });
    clock.pass(1500);
    expect(await discovery).toEqual({ kind: 'otherwise' });
  });

  // The official SDK for Go answers so in front of HTTP sessions, and refuses each other request of 2026-07-28.
  test('is not modern when it answers with earlier revisions alone', async () => {
    const { discovery, answer } = asked();
    answer('server/discover', { result: { supportedVersions: ['2025-11-25', '2025-06-18'], capabilities: {} } });
    expect(await discovery).toEqual({ kind: 'otherwise' });
  });

  test('is not modern when it refuses or ends', async () => {
    const refusing = asked();
    refusing.answer('server/discover', { error: { code: -32601, message: 'no' } });
    const ending = asked();
    ending.answer('server/discover', null);
    expect(await Promise.all([refusing.discovery, ending.discovery])).toEqual([OTHERWISE, OTHERWISE]);
  });

  test('has its time counted from its own start, however long after the question that was', async () => {
    const { clock, methods } = asked(null, 9000);
    clock.pass(5000);
    clock.pass(5000);
    expect(methods()).toEqual(['server/discover']);
    clock.pass(4000);
    expect(methods()).toEqual(['server/discover', 'initialize']);
  });

  test('is given up after thirty seconds without a word, or after three times what a sibling needed', async () => {
    const unknown = asked();
    const slow = asked(20_000);
    for (const { clock } of [unknown, slow]) clock.pass(5000);
    expect(slow.methods()).toEqual(['server/discover']);
    for (const { clock } of [unknown, slow]) clock.pass(25_000);
    expect(await unknown.discovery).toEqual({ kind: 'silent', age: 30_000 });
    expect(slow.methods()).toEqual(['server/discover', 'initialize']);
    slow.clock.pass(30_000);
    expect(await slow.discovery).toEqual({ kind: 'silent', age: 60_000 });
  });
});

test('the slower of two siblings gets as long as the start of the other one suggests', () => {
  expect(remainingFor(null, 0)).toBe(5000);
  expect(remainingFor(null, 60_000)).toBe(1500);
  expect(remainingFor(400, 400)).toBe(1500);
  expect(remainingFor(6000, 6000)).toBe(12_000);
});
