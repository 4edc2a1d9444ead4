import { describe, expect, test } from 'vitest';
import { EventBuffer, type Events, SlabPool } from '../../../app/bridge/http/event-buffer.ts';

const frame = (text: string) => ({ kind: 'notification', method: 'x', bytes: Buffer.from(text) }) as const;
const textOf = ({ bytes }: Events) => bytes.toString();

describe('server-sent events', () => {
  test('are data between a type and a blank line', () => {
    const events = new EventBuffer(new SlabPool()).write([frame('{"a":1}'), frame('{"b":2}')], null);
    expect(textOf(events)).toBe('event: message\ndata: {"a":1}\n\nevent: message\ndata: {"b":2}\n\n');
  });

  test.each([1, 8, 9, 10, 98, 99, 100, 989, 999, 9_999, 999_999_999_999_989])('count up from %i', (first) => {
    const frames = Array.from({ length: 25 }, (_, index) => frame(String(index)));
    const events = textOf(new EventBuffer(new SlabPool()).write(frames, { stream: 10, first }));
    expect(events).toBe(
      frames.map((_, index) => `id: 10-${first + index}\nevent: message\ndata: ${index}\n\n`).join(''),
    );
  });
});

test('line separators of Unicode are escaped, also where only one of several frames has one', () => {
  const frames = [frame('{"a":"é"}'), frame('{"b":"\u2028é\u0085"}'), frame('{"c":"\u2029"}')];
  const memory = new EventBuffer(new SlabPool());
  const before = memory.write([frame('before')], null);
  expect(textOf(memory.write(frames, null))).toBe(
    ['{"a":"é"}', '{"b":"\\u2028é\\u0085"}', '{"c":"\\u2029"}']
      .map((data) => `event: message\ndata: ${data}\n\n`)
      .join(''),
  );
  expect(textOf(memory.write([frame('{"a":"é"}')], null))).toBe('event: message\ndata: {"a":"é"}\n\n');
  expect(textOf(before)).toBe('event: message\ndata: before\n\n');
});

describe('the memory of events', () => {
  const large = frame('y'.repeat(100_000));

  test('is used again once nobody holds what is in it', () => {
    const memory = new EventBuffer(new SlabPool());
    const first = memory.write([frame('first')], null);
    const beside = memory.write([frame('beside')], null);
    first.slab.release();
    expect(textOf(beside)).toContain('beside');
    beside.slab.release();
    const next = memory.write([frame('next!')], null);
    expect(next.bytes.buffer).toBe(first.bytes.buffer);
    expect(next.bytes.byteOffset).toBe(first.bytes.byteOffset);
  });

  test('leaves what is held alone, however much is written and released beside it', () => {
    const memory = new EventBuffer(new SlabPool());
    const held = memory.write([frame('held')], { stream: 1, first: 1 });
    held.slab.hold();
    held.slab.release();
    const written = Array.from({ length: 20 }, () => memory.write([large], null));
    for (const { slab } of written) slab.release();
    for (let index = 0; index < 20; index++) memory.write([large], null).slab.release();
    expect(textOf(held)).toBe('id: 1-1\nevent: message\ndata: held\n\n');
    expect(written.every(({ bytes }) => bytes.length === large.bytes.length + 23)).toBe(true);
  });

  test('is handed on to others that write, once it is empty and no more is written', () => {
    const pool = new SlabPool();
    const memory = new EventBuffer(pool);
    const first = memory.write([frame('first')], null);
    const last = memory.write([frame('last')], null);
    first.slab.release();
    memory.end();
    const other = new EventBuffer(pool).write([frame('other')], null);
    expect(other.bytes.buffer).not.toBe(last.bytes.buffer);
    expect(textOf(last)).toContain('last');
    last.slab.release();
    expect(new EventBuffer(pool).write([frame('next')], null).bytes.buffer).toBe(last.bytes.buffer);
  });

  test('has room for what is larger than a slab', () => {
    const huge = frame('z'.repeat(1_000_000));
    const events = new EventBuffer(new SlabPool()).write([huge, large], { stream: 2, first: 9 });
    expect(textOf(events)).toBe(
      `id: 2-9\nevent: message\ndata: ${huge.bytes}\n\nid: 2-10\nevent: message\ndata: ${large.bytes}\n\n`,
    );
    events.slab.release();
  });
});
