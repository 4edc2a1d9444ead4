import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FrameReader } from '../../../app/mcp/jsonrpc/index.ts';

const reader = new FrameReader({ anyVersion: false });
const bytes = (text: string) => Buffer.from(text);
const read = (line: string | Buffer) => reader.read(Buffer.from(line));
const texts = (line: string | Buffer) => read(line)?.map((frame) => frame.bytes.toString()) ?? null;

const ANSWER = '{"jsonrpc":"2.0","id":1,"result":{}}';
const NEWS = '{"jsonrpc":"2.0","method":"notifications/message","params":{"data":"é {\\"}"}}';

describe('the frames of a line', () => {
  test('are objects that say "jsonrpc":"2.0", wherever and however they say it', () => {
    expect(read(ANSWER)).toEqual([{ kind: 'response', id: 1, bytes: bytes(ANSWER) }]);
    expect(read('{"result":null,"id":"a","jsonrpc":"2.0"}')).toMatchObject([{ kind: 'response', id: 'a' }]);
    expect(read('{"\\u006asonrpc":"2\\u002e0","method":"ping","id":2}')).toMatchObject([{ kind: 'request', id: 2 }]);
    expect(read('{"jsonrpc":"1.0","jsonrpc":"2.0","id":1,"id":2,"error":{}}')).toMatchObject([{ id: 2 }]);
    expect(read('{"jsonrpc":"2.0","id":7,"method":"notifications/x"}')).toMatchObject([{ kind: 'notification' }]);
  });

  test.each([
    ['a log line in JSON that looks like an answer', '{"level":"info","id":1,"msg":"tool ran","result":"done"}'],
    ['a log line in JSON that looks like a request', '{"level":30,"id":1,"method":"GET","url":"/x"}'],
    ['a version that is a number', '{"jsonrpc":2.0,"id":1,"result":{}}'],
    ['version 1.0', '{"jsonrpc":"1.0","id":1,"result":{}}'],
    ['a version further inside', '{"msg":{"jsonrpc":"2.0"},"id":1,"result":{}}'],
    ['a version that is taken back', '{"jsonrpc":"2.0","id":1,"result":{},"jsonrpc":"x"}'],
    ['text in front of a frame', `INFO ${ANSWER}`],
    ['text behind a frame', `${ANSWER} done`],
    ['a log line in JSON behind a frame', `${ANSWER}{"level":"info"}`],
    ['a comma between frames', `${ANSWER},${ANSWER}`],
    ['a frame that another one was written into', '{"jsonrpc":"2.0","id":1,"resul{"jsonrpc":"2.0","id":2,"result":{}}'],
    ['a frame that was cut off', ANSWER.slice(0, -1)],
    ['NaN, as Python writes it', '{"jsonrpc":"2.0","id":1,"result":{"a":NaN}}'],
    ['a control character inside a string', '{"jsonrpc":"2.0","id":1,"result":"a\u0001b"}'],
    ['a NUL byte', `${ANSWER}\u0000`],
    ['a trailing comma', '{"jsonrpc":"2.0","id":1,"result":{},}'],
    ['one line of pretty-printed JSON', '  "jsonrpc": "2.0",'],
    ['an empty batch', '[]'],
    ['a batch with anything else in it', `[${ANSWER},{"level":"info"}]`],
    ['a batch in a batch', `[[${ANSWER}]]`],
    ['a batch that was cut off', `[${ANSWER}`],
    ['a terminal sequence that never ends', `\u001b]0;title${ANSWER}`],
  ])('are none in %s', (_, line) => {
    expect(read(line)).toBeNull();
  });

  test.each([
    ['two frames without anything between them', `${ANSWER}${NEWS}`, [ANSWER, NEWS]],
    ['two frames and white space', ` ${ANSWER} \t${NEWS} `, [ANSWER, NEWS]],
    ['a frame behind a byte order mark', `\ufeff${ANSWER}`, [ANSWER]],
    ['a byte order mark between frames', `${ANSWER}\ufeff ${NEWS}`, [ANSWER, NEWS]],
    ['a coloured frame', `\u001b[1;32m${ANSWER}\u001b[0m`, [ANSWER]],
    ['a window title and a cursor sequence', `\u001b]0;server\u0007\u001b[?25l${ANSWER}\u001b(B`, [ANSWER]],
    ['a batch', `[${ANSWER} , ${NEWS}]`, [ANSWER, NEWS]],
    ['a batch and a frame', `[${ANSWER}]${NEWS}`, [ANSWER, NEWS]],
    ['nothing but white space', ' \t ', []],
    ['nothing but a colour', '\u001b[0m', []],
  ])('are recovered from %s', (_, line, frames) => {
    expect(texts(line)).toEqual(frames);
  });

  test('hold valid UTF-8, whatever the server wrote', () => {
    const line = Buffer.concat([bytes('{"jsonrpc":"2.0","id":1,"result":"'), Buffer.from([0xc7, 0xd1]), bytes('"}')]);
    expect(texts(line)).toEqual(['{"jsonrpc":"2.0","id":1,"result":"\ufffd\ufffd"}']);
    const surrogate = Buffer.concat([
      bytes('{"jsonrpc":"2.0","id":1,"result":"'),
      Buffer.from([0xed, 0xa0, 0x80]),
      bytes('"}'),
    ]);
    expect(texts(surrogate)?.[0]).toContain('\ufffd');
  });

  test('hold no half of a surrogate pair, and keep whole pairs', () => {
    const line =
      '{"jsonrpc":"2.0","id":1,"result":["a\\ud83d b","\\ude00","\\uD83D\\uDE00","\\\\ud83d","\\ud83d\\ud83d\\ude00"]}';
    expect(texts(line)).toEqual([
      '{"jsonrpc":"2.0","id":1,"result":["a\\ufffd b","\\ufffd","\\uD83D\\uDE00","\\\\ud83d","\\ufffd\\ud83d\\ude00"]}',
    ]);
  });

  test('may be nested as deeply as memory allows', () => {
    for (const depth of [29, 30, 31, 59, 60, 61, 100_000]) {
      const line = `{"jsonrpc":"2.0","id":1,"result":${'[{"a":'.repeat(depth)}1${'}]'.repeat(depth)}}`;
      expect(texts(line)).toEqual([line]);
      expect(read(line.replace('}]', ']}'))).toBeNull();
      expect(read(line.replace(/\}$/, ''))).toBeNull();
    }
  });

  test('keep the value of any id', () => {
    const idOf = (id: string) => read(`{"jsonrpc":"2.0","id":${id},"result":{}}`)?.[0];
    expect(idOf('9007199254740993')).toMatchObject({ id: 9007199254740993n });
    expect(idOf('-1732796000000000001')).toMatchObject({ id: -1732796000000000001n });
    expect(idOf('1e400')).toMatchObject({ id: 10n ** 400n });
    expect(idOf('9007199254740993.0')).toMatchObject({ id: 9007199254740993n, oddId: true });
    expect(idOf('1.0')).toMatchObject({ id: 1, oddId: true });
    expect(idOf('1e0')).toMatchObject({ id: 1, oddId: true });
    expect(idOf('1.5')).toEqual({ kind: 'response', id: 1.5, bytes: expect.anything() });
    expect(idOf('[1]')).toMatchObject({ id: null });
    expect(idOf('9'.repeat(600))).toMatchObject({ id: null });
    expect(idOf('null')).toMatchObject({ id: null });
  });
});

/** JSON in any spacing, then damaged or not. */
const json = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, false, 0, -1.5e-7, 1e21),
    fc.string({ unit: 'binary' }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string(), tie('value'), { maxKeys: 4 }),
  ),
})).value;
const frame = fc
  .record({ jsonrpc: fc.constant('2.0'), id: fc.integer(), result: json, long: fc.string({ maxLength: 60 }) })
  .chain((value) =>
    fc.constantFrom(0, 1, '\t').map((space) => JSON.stringify(value, null, space).replaceAll('\n', ' ')),
  );
const noise = fc.constantFrom(
  '',
  ' ',
  '\ufeff',
  '\u001b[31m',
  'x',
  '"',
  '\\',
  '{',
  '}',
  '[',
  ']',
  ',',
  '\u0000',
  'null',
  '\ud83d',
);

describe('a line with damage', () => {
  test('is either garbage or frames that every strict parser reads', () => {
    const parts = fc.array(fc.oneof(frame, noise), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(parts, fc.nat(), fc.nat({ max: 3 }), (pieces, at, cut) => {
        const whole = Buffer.from(pieces.join(''));
        const place = at % (whole.length + 1);
        const line = Buffer.concat([whole.subarray(0, place), whole.subarray(place + cut)]);
        for (const { bytes: text } of reader.read(line) ?? []) {
          const parsed: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(text));
          expect(parsed).toMatchObject({ jsonrpc: '2.0' });
          expect(JSON.stringify(parsed).isWellFormed()).toBe(true);
        }
      }),
      { numRuns: 700 },
    );
  });

  test('is judged as JSON.parse judges it, short or long', () => {
    const damage = fc.uint8Array({ maxLength: 3 });
    fc.assert(
      fc.property(frame, fc.nat(), fc.nat({ max: 2 }), damage, fc.boolean(), (text, at, cut, added, long) => {
        const padding = long ? `"pad":"${'abcdefg é\\n'.repeat(700)}",` : '';
        const whole = Buffer.from(text.replace('{', `{${padding}`));
        const place = at % (whole.length + 1);
        const line = Buffer.concat([whole.subarray(0, place), added, whole.subarray(place + cut)]);
        fc.pre(!line.includes(0x1b) && !line.includes(0x0a) && !line.includes(0x0d) && !line.includes('\ufeff'));
        let parsed: unknown = null;
        try {
          parsed = JSON.parse(line.toString());
        } catch {
          // Not JSON: then it is no frame either.
        }
        const isFrame = Object(parsed).jsonrpc === '2.0' && ('result' in Object(parsed) || 'method' in Object(parsed));
        expect(reader.read(line)?.length ?? 0).toBe(isFrame || isTwo(line) ? 1 : 0);
      }),
      { numRuns: 700 },
    );
  });

  function isTwo(line: Buffer): boolean {
    return (reader.read(line)?.length ?? 0) > 1;
  }
});

test('a client may leave the version out, and is held to everything else', () => {
  const lenient = new FrameReader({ anyVersion: true });
  expect(lenient.read(bytes('{"id":1,"method":"ping"}'))).toMatchObject([{ kind: 'request', id: 1 }]);
  expect(lenient.read(bytes('{"jsonrpc":"1.0","id":1,"method":"ping"}'))).toBeNull();
  expect(lenient.read(bytes('{"id":1,"method":"ping"} x'))).toBeNull();
});

test('a line of more than 10,000 frames is garbage: each takes many times its bytes', () => {
  const reader = new FrameReader({ anyVersion: false });
  const frame = '{"jsonrpc":"2.0","method":"a"}';
  const batch = (count: number) => Buffer.from(`[${Array(count).fill(frame).join(',')}]`);
  expect(reader.read(batch(10_000))).toHaveLength(10_000);
  expect(reader.read(batch(10_001))).toBeNull();
  expect(reader.read(Buffer.from(frame.repeat(10_001)))).toBeNull();
});
