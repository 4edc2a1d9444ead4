import { describe, expect, test } from 'vitest';
import { BackOff, FOR_SPARES } from '../../../app/servers/condition.ts';
import { Quota, type Share } from '../../../app/servers/quota.ts';

function fill(share: Share, most = 1000): number {
  let taken = 0;
  while (taken < most && share.take()) taken++;
  return taken;
}

describe('a quota', () => {
  test('belongs to its only server as a whole', () => {
    expect(fill(new Quota(() => 7, true).share())).toBe(7);
  });

  test('keeps half of its places in equal shares for the servers', () => {
    const quota = new Quota(() => 40, true);
    const [first, second, third, fourth] = [quota.share(), quota.share(), quota.share(), quota.share()];
    expect(fill(first)).toBe(25);
    expect(fill(second)).toBe(5);
    expect(fill(third)).toBe(5);
    expect(fill(fourth)).toBe(5);
    expect(quota.taken).toBe(40);
  });

  test('keeps the last place for a server that has none, where there are too few for shares', () => {
    const quota = new Quota(() => 3, true);
    const [greedy, modest] = [quota.share(), quota.share()];
    expect(fill(greedy)).toBe(2);
    expect(fill(modest)).toBe(1);
    const free = new Quota(() => 3, false);
    const [all] = [free.share(), free.share()];
    expect(fill(all)).toBe(3);
  });

  test('gives the places of those that leave to others at once, but not without end', () => {
    const share = new Quota(() => 8, true).share();
    fill(share);
    for (let leaving = 0; leaving < 5; leaving++) share.leave();
    expect(fill(share)).toBe(2);
    for (let left = 0; left < 5; left++) share.giveBack(true);
    expect(share.staying).toBe(5);
    expect(fill(share)).toBe(3);
  });

  test('follows its limit, and forgets a server that is removed when its last one has gone', () => {
    let limit = 4;
    const quota = new Quota(() => limit, true);
    const [stays, goes] = [quota.share(), quota.share()];
    expect(goes.take()).toBe(true);
    goes.close();
    expect(fill(stays)).toBe(3);
    goes.giveBack();
    expect(fill(stays)).toBe(1);
    limit = 6;
    expect(fill(stays)).toBe(2);
    limit = 1;
    expect(stays.take()).toBe(false);
  });
});

test('a spare that keeps ending by itself is started less than ten times in ten minutes', () => {
  const backOff = new BackOff(FOR_SPARES);
  let starts = 0;
  for (let now = 0; now < 600_000; now += 100) {
    if (backOff.wait(now) > 0) continue;
    starts++;
    // However long it lives: six seconds here.
    now += 6000;
    backOff.failed(now);
  }
  expect(starts).toBeLessThan(10);
  expect(starts).toBeGreaterThan(3);
});
