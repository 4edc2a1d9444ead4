import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { LogEntry, type NumberedEntry, RingBuffer } from '../../../app/log/index.ts';

function entry(message: string): LogEntry {
  return new LogEntry(0, 'info', 'test', message, {});
}

function fill(ring: RingBuffer, count: number): void {
  for (let number = 1; number <= count; number++) ring.add(entry(`line ${number}`));
}

function messages(batch: readonly NumberedEntry[]): string[] {
  return batch.map((numbered) => `${numbered.sequence}: ${numbered.entry.message}`);
}

describe('a ring buffer', () => {
  it('keeps the newest 20,000 entries', () => {
    const ring = new RingBuffer();
    fill(ring, 20_001);
    const kept = ring.since(0);
    expect(kept).toHaveLength(20_000);
    expect(messages(kept.slice(0, 1))).toEqual(['2: line 2']);
    expect(messages(kept.slice(-1))).toEqual(['20001: line 20001']);
  });

  it('reads on from a number, however often it has wrapped', () => {
    const ring = new RingBuffer({ entries: 7 });
    for (let number = 1; number <= 100; number++) {
      ring.add(entry(`line ${number}`));
      const tail = ring.since(number - 3);
      expect(messages(tail)).toEqual(
        [number - 2, number - 1, number].filter((n) => n > 0).map((n) => `${n}: line ${n}`),
      );
    }
  });

  it('hands out only the newest of a long tail when asked to', () => {
    const ring = new RingBuffer();
    fill(ring, 50);
    expect(messages(ring.since(10, 2))).toEqual(['49: line 49', '50: line 50']);
  });

  it('has no entry for a reader that is up to date, or ahead', () => {
    const ring = new RingBuffer();
    fill(ring, 3);
    expect(ring.since(3)).toEqual([]);
    expect(ring.since(99)).toEqual([]);
  });

  it('is bounded by characters as well, so that long lines do not eat the memory', () => {
    const ring = new RingBuffer({ entries: 1000, characters: 10_000 });
    for (let number = 0; number < 100; number++) ring.add(entry('x'.repeat(1000)));
    expect(ring.since(0)).toHaveLength(9);
    expect(ring.lastSequence).toBe(100);
  });
});

describe('a subscriber', () => {
  it('gets what is new in one batch, and nothing after unsubscribing', async () => {
    const ring = new RingBuffer();
    ring.add(entry('before'));
    const batches: string[][] = [];
    const unsubscribe = ring.subscribe((batch) => batches.push(messages(batch)));
    ring.add(entry('one'));
    ring.add(entry('two'));
    await vi.waitFor(() => expect(batches).toEqual([['2: one', '3: two']]));
    ring.add(entry('three'));
    await vi.waitFor(() => expect(batches).toHaveLength(2));
    ring.add(entry('four'));
    unsubscribe();
    const other = new Promise((resolve) => onTestFinished(ring.subscribe(resolve, 0)));
    await other;
    expect(batches).toEqual([['2: one', '3: two'], ['4: three']]);
  });

  it('may start with what is kept', async () => {
    const ring = new RingBuffer();
    fill(ring, 2);
    const first = await new Promise<readonly NumberedEntry[]>((resolve) => {
      onTestFinished(ring.subscribe(resolve, 0));
    });
    expect(messages(first)).toEqual(['1: line 1', '2: line 2']);
  });

  it('of a flood gets no more than the ring holds, and sees the gap', async () => {
    const ring = new RingBuffer({ entries: 10 });
    const first = new Promise<readonly NumberedEntry[]>((resolve) => {
      onTestFinished(ring.subscribe(resolve));
    });
    fill(ring, 1000);
    const batch = await first;
    expect(batch).toHaveLength(10);
    expect(batch[0]?.sequence).toBe(991);
  });
});
