import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { elementsOf, scanEnds, scanHead } from '../../../app/mcp/jsonrpc/index.ts';

/** Writes JSON with any white space, and any character of a string as an escape: what a peer may send. */
function written(value: unknown, choose: () => number): string {
  const space = () => ['', '', ' ', '\t', '  '][choose() % 5] ?? '';
  if (Array.isArray(value))
    return `[${space()}${value.map((one) => written(one, choose)).join(`${space()},${space()}`)}${space()}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(
      ([key, one]) => `${writtenString(key, choose)}${space()}:${space()}${written(one, choose)}`,
    );
    return `{${space()}${members.join(`${space()},${space()}`)}${space()}}`;
  }
  return typeof value === 'string' ? writtenString(value, choose) : JSON.stringify(value);
}

function writtenString(text: string, choose: () => number): string {
  if (choose() % 4 > 0) return JSON.stringify(text);
  const units = Array.from({ length: text.length }, (_, index) => text.charCodeAt(index).toString(16).padStart(4, '0'));
  return `"${units.map((unit) => `\\u${unit}`).join('')}"`;
}

const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('"', '\\', '\\"', ',"id":1}', '"id":7}', '}', '{'),
);
/** V8 13.6 takes a key that is written with an escape for a known one that begins with a backslash: JSON.parse is no judge of these. */
const key = text.filter((one) => !one.includes('\\'));
const json = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, false),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    text,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4 }),
  ),
})).value;
const id = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  // Those beyond 2^53 are bigints, which JSON.parse has not.
  fc
    .double({ noNaN: true, noDefaultInfinity: true })
    .filter((one) => !Number.isInteger(one) || Number.isSafeInteger(one)),
  text,
  fc.constant(null),
);
const extra = fc.dictionary(
  key.filter((one) => !['id', 'method', 'result', 'error'].includes(one)),
  json,
  { maxKeys: 3 },
);

/** An object with its members in any order. */
const shuffled = (members: fc.Arbitrary<Record<string, unknown>>) =>
  members.chain((object) =>
    fc
      .shuffledSubarray(Object.entries(object), { minLength: Object.keys(object).length })
      .map((entries) => Object.fromEntries(entries)),
  );
const head = fc.record({ jsonrpc: fc.constant('2.0') }, { requiredKeys: [] });
const both = (...parts: fc.Arbitrary<Record<string, unknown>>[]) =>
  shuffled(fc.tuple(...parts).map((objects) => Object.assign({}, ...objects)));
const requests = both(
  extra,
  head,
  fc.record({ id, method: fc.constantFrom('ping', 'tools/call', 'x"y\\') }),
  fc.record({ params: json }, { requiredKeys: [] }),
);
const notifications = both(
  extra,
  head,
  fc.record({ method: fc.constantFrom('notifications/message', 'notifications/x', 'odd') }),
  fc.record({ params: json }, { requiredKeys: [] }),
);
const responses = both(
  extra,
  head,
  fc.record({ id }),
  fc.oneof(
    fc.record({ result: json }),
    fc.record({ error: json }),
    fc.record({ result: json, error: fc.constant(null) }),
  ),
);

const writtenAs = <Value>(values: fc.Arbitrary<Value>) =>
  fc
    .tuple(values, fc.infiniteStream(fc.nat(1000)))
    .map(([value, choices]) => ({ value, line: written(value, () => choices.next().value ?? 0) }));

describe('the scan of a frame', () => {
  test('agrees with JSON.parse on every request, in any order, spacing and escaping', () => {
    fc.assert(
      fc.property(writtenAs(requests), ({ line }) => {
        const parsed = JSON.parse(line);
        expect(scanHead(Buffer.from(line))).toEqual({ kind: 'request', id: parsed.id, method: parsed.method });
      }),
      { numRuns: 2000 },
    );
  });

  test('agrees with JSON.parse on every notification', () => {
    fc.assert(
      fc.property(writtenAs(notifications), ({ line }) => {
        expect(scanHead(Buffer.from(line))).toEqual({ kind: 'notification', method: JSON.parse(line).method });
      }),
      { numRuns: 1000 },
    );
  });

  test('agrees with JSON.parse on every response', () => {
    fc.assert(
      fc.property(writtenAs(responses), ({ line }) => {
        expect(scanHead(Buffer.from(line))).toEqual({ kind: 'response', id: JSON.parse(line).id });
      }),
      { numRuns: 2000 },
    );
  });

  test('takes JSON that is no message for none', () => {
    fc.assert(
      fc.property(writtenAs(json), ({ value, line }) => {
        const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
        fc.pre(!isObject || !['method', 'result', 'error'].some((key) => Object.hasOwn(value, key)));
        expect(scanHead(Buffer.from(line))).toBeNull();
      }),
    );
  });

  test('never throws and never hangs on bytes that are no JSON', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '"',
      '\\',
      ':',
      ',',
      '"id"',
      '"method"',
      '"result"',
      '1',
      ' ',
      'null',
      'é',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 60 }),
          fc.array(pieces, { maxLength: 30 }).map((all) => Buffer.from(all.join(''))),
        ),
        (bytes) => {
          const buffer = Buffer.from(bytes);
          expect(() => [scanHead(buffer), scanEnds(buffer, buffer)]).not.toThrow();
        },
      ),
      { numRuns: 5000 },
    );
  });

  test('finds the elements of an array as JSON.parse does', () => {
    fc.assert(
      fc.property(writtenAs(fc.array(json)), ({ line }) => {
        expect(elementsOf(Buffer.from(line)).map((element) => JSON.parse(element.toString()))).toEqual(
          JSON.parse(line),
        );
      }),
    );
  });

  test('knows the id of a line whose middle was thrown away, from either end', () => {
    const first = Buffer.from('{"jsonrpc":"2.0","id":7,"result":{"text":"xxx');
    const last = Buffer.from('xxx"},"jsonrpc":"2.0","id":"a"}');
    expect(scanEnds(first, Buffer.from('xxx"}}'))).toEqual({ kind: 'response', id: 7 });
    expect(scanEnds(Buffer.from('{"result":{"text":"xxx'), last)).toEqual({ kind: 'response', id: 'a' });
    expect(scanEnds(Buffer.from('{"id":3,"result":"xx'), Buffer.from('xx", "jsonrpc": "2.0" }'))).toMatchObject({
      id: 3,
    });
  });

  test('takes a line whose middle was thrown away for none of JSON-RPC unless it says so', () => {
    const end = Buffer.from('xxx"}');
    expect(scanEnds(Buffer.from('{"level":"info","id":7,"result":"xxx'), end)).toBeNull();
    expect(scanEnds(Buffer.from('{"jsonrpc":"1.0","id":7,"result":"xxx'), end)).toBeNull();
    expect(scanEnds(Buffer.from('{"id":7,"result":{"a":"xxx'), Buffer.from('xx","jsonrpc":"2.0","id":7}}'))).toBeNull();
  });

  test('is not taken in by an id that stands inside a string at the end', () => {
    const line = JSON.stringify({ id: 5, result: 'x,"id":9}' });
    expect(scanHead(Buffer.from(line))).toEqual({ kind: 'response', id: 5 });
    expect(scanHead(Buffer.from(JSON.stringify({ result: { id: 9 }, id: 5 })))).toEqual({ kind: 'response', id: 5 });
    expect(scanHead(Buffer.from(JSON.stringify({ error: { id: 9 } })))).toEqual({ kind: 'response', id: null });
  });
});
