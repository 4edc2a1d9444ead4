import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { errorFrame, type Frame, type FrameHead } from '../../../app/mcp/jsonrpc/index.ts';
import { LineSplitter } from '../../../app/mcp/jsonrpc/line-splitter.ts';

function splitter(limit = 1000) {
  const garbage: number[] = [];
  const oversized: { bytes: number; head: FrameHead | null }[] = [];
  const lines = new LineSplitter(() => limit, {
    garbage: (line) => garbage.push(line.length),
    oversized: (bytes, head) => {
      oversized.push({ bytes, head });
      return head?.kind === 'response' ? errorFrame(head.id, { code: -1, message: 'too long' }) : null;
    },
  });
  return { lines, garbage, oversized };
}

const two = fc.constant('2.0');

/** The text in pieces, cut where the numbers say. */
function cut(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [...new Set(cuts.map((at) => at % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...places].map((from, index) => Buffer.from(bytes.subarray(from, places[index] ?? bytes.length)));
}

const PING = '{"jsonrpc":"2.0","id":1,"method":"ping"}';

const texts = (frames: readonly Frame[]) => frames.map(({ bytes }) => bytes.toString());

describe('framing of a child', () => {
  test('gives every line back byte for byte, however the reads fall', () => {
    const message = fc.record({
      jsonrpc: two,
      id: fc.integer(),
      result: fc.string({ unit: 'grapheme', maxLength: 200 }),
    });
    fc.assert(
      fc.property(fc.array(message), fc.array(fc.nat()), (messages, cuts) => {
        const sent = messages.map((one) => JSON.stringify(one));
        const { lines, garbage } = splitter(5000);
        const frames = cut(Buffer.from(sent.map((line) => `${line}\n`).join('')), cuts).flatMap((chunk) =>
          lines.push(chunk),
        );
        expect(texts(frames)).toEqual(sent);
        expect(garbage).toEqual([]);
      }),
    );
  });

  test('knows whose a dropped line was, also when its id stands where the kept bytes end', () => {
    for (let size = 990; size < 1040; size++) {
      const line = JSON.stringify({ result: 'x'.repeat(size), jsonrpc: '2.0', id: 712 });
      for (const piece of [1, 512, 1023, 1024, 1025, line.length]) {
        const { lines, oversized } = splitter(100);
        for (let at = 0; at < line.length; at += piece) lines.push(Buffer.from(line.slice(at, at + piece)));
        lines.push(Buffer.from('\n'));
        expect(oversized).toEqual([{ bytes: line.length, head: { kind: 'response', id: 712 } }]);
      }
    }
  });

  test('gives every line back where each read is a view of the same memory', () => {
    const size = fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 500_000, max: 3_000_000 }));
    fc.assert(
      fc.property(fc.array(size, { maxLength: 4 }), fc.integer({ min: 5_000, max: 65_536 }), (sizes, most) => {
        const sent = sizes.map((length, id) => JSON.stringify({ jsonrpc: '2.0', id, result: `${id}`.repeat(length) }));
        const bytes = Buffer.from(sent.map((line) => `${line}\n`).join(''));
        const faults = { garbage: () => expect.unreachable(), oversized: () => null };
        const lines = new LineSplitter(() => 5_000_000, faults, { readsViews: true });
        const memory = Buffer.alloc(most);
        const frames: Frame[] = [];
        for (let at = 0; at < bytes.length; at += most) {
          frames.push(...lines.push(memory.subarray(0, bytes.copy(memory, 0, at, at + most))));
        }
        memory.fill('?');
        expect(frames.every(({ bytes: frame }, id) => frame.equals(Buffer.from(sent[id] ?? '')))).toBe(true);
        expect(frames).toHaveLength(sent.length);
      }),
      { numRuns: 20 },
    );
  });

  test('tells whose a message of megabytes was that went over the limit while it came', () => {
    const limit = 4_000_000;
    const { lines, oversized } = splitter(limit);
    const line = JSON.stringify({ result: 'x'.repeat(limit), jsonrpc: '2.0', id: 7 });
    for (let at = 0; at < line.length; at += 65_536) lines.push(Buffer.from(line.slice(at, at + 65_536)));
    expect(texts(lines.push(Buffer.from(`\n${PING}\n`)))).toHaveLength(2);
    expect(oversized).toEqual([{ bytes: line.length, head: { kind: 'response', id: 7 } }]);
  });

  test('holds a message of megabytes once while it comes', () => {
    const views = new LineSplitter(
      () => 64_000_000,
      { garbage: () => null, oversized: () => null },
      { readsViews: true },
    );
    const memory = Buffer.alloc(65_536, 'x');
    views.push(Buffer.from('{"jsonrpc":"2.0","id":1,"result":"'));
    const before = process.memoryUsage().rss;
    for (let at = 0; at < 40_000_000; at += memory.length) views.push(memory);
    const [frame] = views.push(Buffer.from('"}\n'));
    expect(frame?.bytes.length).toBeGreaterThan(40_000_000);
    expect(process.memoryUsage().rss - before).toBeLessThan(60_000_000);
  });

  test('drops exactly the lines over the limit, whatever the reads, and says whose they were', () => {
    const length = fc.oneof(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 90, max: 4000 }));
    fc.assert(
      fc.property(fc.array(length, { maxLength: 12 }), fc.array(fc.nat()), (lengths, cuts) => {
        const limit = 120;
        const sent = lengths.map((size, id) => JSON.stringify({ result: 'x'.repeat(size), jsonrpc: '2.0', id }));
        const { lines, oversized } = splitter(limit);
        const frames = cut(Buffer.from(sent.map((line) => `${line}\n`).join('')), cuts).flatMap((chunk) =>
          lines.push(chunk),
        );
        const tooLong = sent.flatMap((line, id) =>
          line.length > limit ? { bytes: line.length, head: { kind: 'response', id } } : [],
        );
        expect(oversized).toEqual(tooLong);
        expect(frames.map((frame) => (frame.kind === 'response' ? frame.id : 'none'))).toEqual(sent.map((_, id) => id));
        expect(texts(frames).filter((text) => !text.includes('too long'))).toEqual(
          sent.filter((line) => line.length <= limit),
        );
      }),
    );
  });

  test('passes what stricter parsers drop', () => {
    const odd = [
      '{"jsonrpc":"2.0","id":1,"result":{},"error":null}',
      '{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"?"}}',
      '{"jsonrpc":"2.0","id":1.5,"result":[1],"extra":true}',
      '{"jsonrpc":"2.0","id":2,"result":null}',
      '{"jsonrpc":"2.0","method":"x","params":[1,2]}',
    ];
    expect(texts(splitter().lines.push(Buffer.from(`${odd.join('\n')}\n`)))).toEqual(odd);
  });

  test('drops what is no message, and counts its bytes', () => {
    const { lines, garbage } = splitter();
    const frames = lines.push(
      Buffer.from('Starting up…\n\n  \n[]\n{"level":"info"}\n{oops\n{"jsonrpc":"2.0","id":1,"result":{}}\n'),
    );
    expect(texts(frames)).toEqual(['{"jsonrpc":"2.0","id":1,"result":{}}']);
    expect(garbage).toEqual([Buffer.byteLength('Starting up…'), 2, 16, 5]);
  });

  test('turns carriage returns into spaces, so that no event stream breaks at them', () => {
    const [frame] = splitter().lines.push(Buffer.from('{"jsonrpc":"2.0","id":1,\r"result":{}}\r\n'));
    expect(frame?.bytes.toString()).toBe('{"jsonrpc":"2.0","id":1, "result":{}} ');
  });

  test('takes a last line without a line break when there is no more to come, once', () => {
    const { lines, garbage } = splitter();
    expect(lines.push(Buffer.from(`${PING}\n${PING.slice(0, 9)}`))).toHaveLength(1);
    expect(lines.push(Buffer.from(PING.slice(9)))).toEqual([]);
    expect(texts(lines.end())).toEqual([PING]);
    expect(lines.end()).toEqual([]);
    lines.push(Buffer.from('bye'));
    expect(lines.end()).toEqual([]);
    expect(garbage).toEqual([3]);
  });

  test('holds little memory while a line never ends', () => {
    const { lines } = splitter(1024 * 1024);
    globalThis.gc?.();
    const before = process.memoryUsage().arrayBuffers;
    for (let megabyte = 0; megabyte < 200; megabyte++) lines.push(Buffer.alloc(1024 * 1024, 'x'));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(200 * 1024 * 1024);
    expect(texts(lines.push(Buffer.from(`\n${PING}\n`)))).toEqual([PING]);
  });
});
