import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { TunnelView } from '../../../app/engine/index.ts';
import { type Delta, DeltaFeed } from '../../../app/engine/snapshot.ts';

const tunnel = (id: number, up = 0): TunnelView => ({
  id,
  kind: 'connect',
  target: { host: 'nas.lan', port: 443 },
  label: '',
  openedAt: 0,
  up,
  down: 0,
});

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('the delta feed', () => {
  it('lists what opened, moved and closed, each once', () => {
    let open = [tunnel(1), tunnel(2)];
    const deltas: Delta<null>[] = [];
    const feed = new DeltaFeed(
      () => open,
      () => null,
    );
    feed.subscribe((delta) => deltas.push(delta));
    vi.advanceTimersByTime(250);
    open = [tunnel(2, 7), tunnel(3)];
    feed.changed();
    vi.advanceTimersByTime(250);
    feed.changed();
    vi.advanceTimersByTime(250);
    expect(deltas).toEqual([
      { opened: [tunnel(1), tunnel(2)], closed: [], moved: [], state: null },
      { opened: [tunnel(3)], closed: [1], moved: [{ id: 2, up: 7, down: 0 }], state: null },
      { opened: [], closed: [], moved: [], state: null },
    ]);
  });

  it('sends at most four deltas a second under load', () => {
    let count = 0;
    const feed = new DeltaFeed(
      () => [],
      () => null,
    );
    feed.subscribe(() => count++);
    for (let ms = 0; ms < 1000; ms++) {
      for (let i = 0; i < 50; i++) feed.changed();
      vi.advanceTimersByTime(1);
    }
    expect(count).toBeGreaterThanOrEqual(4);
    expect(count).toBeLessThanOrEqual(5);
  });

  it('sends nothing, and keeps no timer, without a listener or a change', () => {
    const feed = new DeltaFeed(
      () => [],
      () => null,
    );
    feed.changed();
    expect(vi.getTimerCount()).toBe(0);
    const heard = vi.fn();
    const unsubscribe = feed.subscribe(heard);
    vi.advanceTimersByTime(10_000);
    expect(heard).toHaveBeenCalledTimes(1);
    unsubscribe();
    feed.changed();
    expect(vi.getTimerCount()).toBe(0);
  });
});
