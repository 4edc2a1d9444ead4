import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ResponseHead } from '../../../../app/dial/http/response-head.ts';
import { ResponseParser } from '../../../../app/dial/http/response-parser.ts';
import { damaged, damages } from '../../../support/damage.ts';

/** What a parser said about one connection. */
interface Heard {
  readonly interim: number[];
  head: ResponseHead | null;
  content: string;
  fault: string | null;
  readonly done: boolean;
  readonly rest: string;
  readonly trailers: readonly string[];
  readonly lenient: boolean;
}

/** Feeds `bytes` in pieces that end at `cuts`, each a buffer that is overwritten afterwards, then FIN if `fin`. */
function read(bytes: Buffer, cuts: readonly number[], method = 'GET', fin = true): Heard {
  const parser = new ResponseParser();
  const interim: number[] = [];
  let head: ResponseHead | null = null;
  let content = '';
  let fault: string | null = null;
  let rest = '';
  parser.expect(method, {
    interim: ({ status }) => interim.push(status),
    head: (final) => {
      head = final;
    },
    content: (piece) => {
      content += piece.toString('latin1');
    },
  });
  const ends = [...new Set(cuts)].filter((cut) => cut > 0 && cut < bytes.length).sort((a, b) => a - b);
  let start = 0;
  for (const end of [...ends, bytes.length]) {
    const piece = Buffer.from(bytes.subarray(start, end));
    start = end;
    if (fault !== null) break;
    const taken = parser.feed(piece);
    if (typeof taken === 'string') fault = taken;
    else rest += piece.toString('latin1', taken);
    piece.fill(0xaa);
  }
  if (fault === null && fin) parser.finish(false);
  return { interim, head, content, fault, done: parser.done, rest, trailers: parser.trailers, lenient: parser.lenient };
}

const token = fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,12}$/);
const value = fc.stringMatching(/^[!-~\x80-\xff](?:[\t -~\x80-\xff]{0,18}[!-~\x80-\xff])?$|^$/);
const ours = new Set(['content-length', 'transfer-encoding', 'connection', 'keep-alive']);
const fields = fc
  .array(fc.tuple(token, value), { maxLength: 6 })
  .map((all) => all.filter(([name]) => !ours.has(name.toLowerCase())));
const content = fc.string({
  unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
  maxLength: 200,
});

/** How an answer is written: by the letter, or in ways that leave no doubt. */
const STRICT = {
  end: ['\r\n'],
  fold: [''],
  padding: [''],
  zeros: [''],
  start: ['HTTP/1.1 # Fine'],
  before: [''],
  framed: [''],
};
const LENIENT = {
  end: ['\r\n', '\n'],
  fold: ['', '\r\n\t', '\n ', '\r\n \r\n  '],
  padding: ['', ' ', ' \t '],
  zeros: ['', '0', '000'],
  start: ['HTTP/1.1 # Fine', 'http/1.1 # Fine', ' HTTP/1.1\t#   Fine ', 'HTTP/1.1 #Fine'],
  before: ['', '\r\n', '\n\n'],
  framed: ['', 'Content-Length: 1', 'Transfer-Encoding: identity', 'Transfer-Encoding: ,'],
};

/** An answer with what has to be read out of it. */
function answers(forms: typeof STRICT) {
  const end = fc.constantFrom(...forms.end);
  return fc
    .record({
      interim: fc.array(fc.constantFrom(100, 102, 103, 199), { maxLength: 2 }),
      status: fc.integer({ min: 200, max: 599 }).filter((status) => status !== 204 && status !== 304),
      fields,
      pieces: fc.array(content, { maxLength: 4 }),
      framing: fc.constantFrom('length', 'chunked', 'close'),
      extension: fc.constantFrom('', ';x', '; x="y z"'),
      trailers: fields,
      surplus: fc.constantFrom('', 'H', 'HTTP/1.1 200 OK\r\n\r\n', '\r\n'),
      ends: fc.array(end, { minLength: 7, maxLength: 7 }),
      fold: fc.constantFrom(...forms.fold),
      padding: fc.constantFrom(...forms.padding),
      zeros: fc.constantFrom(...forms.zeros),
      start: fc.constantFrom(...forms.start),
      before: fc.constantFrom(...forms.before),
      framed: fc.constantFrom(...forms.framed),
      list: fc.boolean(),
    })
    .map((spec) => {
      let lineNumber = 0;
      const line = (text: string) => `${text}${spec.ends[lineNumber++ % spec.ends.length]}`;
      const lines = (all: readonly (readonly [string, string])[]) =>
        all.map(([name, text]) => line(`${name}:${spec.fold} ${text}`)).join('');
      const body = spec.pieces.join('');
      let text = spec.interim.map((status) => `${line(`HTTP/1.1 ${status} X`)}${line('X: y')}${line('')}`).join('');
      text += spec.before + line(spec.start.replace('#', String(spec.status))) + lines(spec.fields);
      // What the framing overrules, or what means nothing; not a second length beside the first.
      if (spec.framed !== '' && (spec.framing === 'chunked' || !spec.framed.startsWith('C'))) text += line(spec.framed);
      if (spec.framing === 'length') {
        const list = spec.list && forms !== STRICT ? `, ${body.length}` : '';
        text += `${line(`Content-Length: ${body.length}${list}`)}${line('')}${body}`;
      } else if (spec.framing === 'close') text += `${line('')}${body}`;
      else {
        const size = (bytes: number) => `${spec.zeros}${bytes.toString(16)}${spec.padding}${spec.extension}\r\n`;
        const chunks = spec.pieces.filter((piece) => piece !== '');
        text += line('Transfer-Encoding: chunked') + line('');
        for (const chunk of chunks) text += `${size(chunk.length)}${chunk}\r\n`;
        text += size(0) + lines(spec.trailers) + (spec.trailers.length === 0 ? '\r\n' : line(''));
      }
      const surplus = spec.framing === 'close' ? '' : spec.surplus;
      return { ...spec, body, surplus, bytes: Buffer.from(text + surplus, 'latin1') };
    });
}

const answer = answers(STRICT);
const lenientAnswer = answers(LENIENT);

describe.each([
  ['a well-formed answer', answer, false],
  ['an answer that is clear though not by the letter', lenientAnswer, true],
])('%s', (_what, answer, mayBeLenient) => {
  it('is read the same whole and cut at every byte', () => {
    fc.assert(
      fc.property(answer, (spec) => {
        const whole = read(spec.bytes, []);
        expect(whole.fault).toBeNull();
        if (!mayBeLenient) expect(whole.lenient).toBe(false);
        if (spec.ends.every((end) => end === '\n')) expect(whole.lenient).toBe(true);
        expect(whole.done).toBe(true);
        expect(whole.interim).toEqual(spec.interim);
        expect(whole.head?.status).toBe(spec.status);
        expect(whole.content).toBe(spec.body);
        expect(whole.rest).toBe(spec.surplus);
        expect(whole.head?.fields.slice(0, spec.fields.length * 2)).toEqual(spec.fields.flat());
        if (spec.framing === 'chunked') expect(whole.trailers).toEqual(spec.trailers.flat());
        const bytewise = read(
          spec.bytes,
          Array.from(spec.bytes, (_, index) => index),
        );
        expect(bytewise).toEqual(whole);
      }),
      { numRuns: 300 },
    );
  });

  it('is read the same cut anywhere', () => {
    fc.assert(
      fc.property(answer, fc.array(fc.nat(600), { maxLength: 6 }), (spec, cuts) => {
        expect(read(spec.bytes, cuts)).toEqual(read(spec.bytes, []));
      }),
      { numRuns: 500 },
    );
  });

  it('shortened is never complete, unless only the connection ends it', () => {
    fc.assert(
      fc.property(answer, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (spec, part) => {
        if (spec.framing === 'close') return;
        const length = spec.bytes.length - spec.surplus.length;
        const cut = read(spec.bytes.subarray(0, Math.floor(length * part)), []);
        expect(cut.done).toBe(false);
        expect(spec.body.startsWith(cut.content)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a damaged answer', () => {
  it.each([
    ['by the letter', answer],
    ['clear', lenientAnswer],
  ])('that was %s before is read the same however it is cut, to the same verdict', (_what, before) => {
    fc.assert(
      fc.property(before, damages(3), fc.array(fc.nat(600), { maxLength: 5 }), (spec, wounds, cuts) => {
        const bytes = Buffer.from(damaged(spec.bytes.toString('latin1'), wounds), 'latin1');
        const whole = read(bytes, [], 'GET', false);
        for (const other of [
          read(bytes, cuts, 'GET', false),
          read(
            bytes,
            Array.from(bytes, (_, index) => index),
            'GET',
            false,
          ),
        ]) {
          // One sees a fault as soon as it can not be helped, the other when the line is complete: never do they differ otherwise.
          expect(other.done).toBe(whole.done);
          expect(other.head?.status).toBe(whole.head?.status);
          expect(other.fault === null).toBe(whole.fault === null);
          expect(other.content).toBe(whole.content);
          if (whole.fault === null) expect(other.rest).toBe(whole.rest);
          if (whole.fault === null) expect(other.lenient).toBe(whole.lenient);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

it('a chunk size is what its digits say, or a fault, whatever stands around it', () => {
  const parts = ['0', '8', 'a', 'F', '1f', ' ', '\t', ';', 'x', '"', '+', '-', ',', '\r', '\n', '\0', '\x7f', '\xa0'];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...parts), { maxLength: 8 }), fc.array(fc.nat(100)), (line, cuts) => {
      const text = line.join('');
      const digits = /^([0-9a-f]{1,16})[ \t]*(?:;[\t\x20-\x7e\x80-\xff]*)?$/i.exec(text)?.[1];
      const size = digits === undefined ? 8 : Number.parseInt(digits, 16);
      fc.pre(size < 100_000 && !text.includes('\r\n'));
      const head = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
      const bytes = Buffer.from(`${head}${text}\r\n${'.'.repeat(size)}\r\n0\r\n\r\n`, 'latin1');
      const heard = read(bytes, cuts);
      expect(heard.done).toBe(digits !== undefined);
      expect(heard.content.length).toBe(digits === undefined ? 0 : size);
      const byTheLetter = /^(?:0|[1-9a-f][0-9a-f]*)(?:;|$)/i.test(text);
      if (digits !== undefined) expect(heard.lenient).toBe(!byTheLetter);
    }),
    { numRuns: 3000 },
  );
});

it('a length is what its digits say, or a fault, whatever stands around it', () => {
  const parts = [
    '0',
    '3',
    '08',
    '12',
    ' ',
    '\t',
    ',',
    ', ',
    '+',
    '-',
    'x',
    'e',
    '.',
    'k',
    '"',
    ';',
    '\r',
    '\0',
    '\xa0',
  ];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...parts), { maxLength: 6 }), fc.array(fc.nat(60)), (written, cuts) => {
      const text = written.join('');
      const members = text.replaceAll(/^[ \t]+|[ \t]+$/g, '').split(/[ \t]*,[ \t]*/);
      const isList = members.every((member) => /^\d{1,15}$/.test(member));
      const length = isList && new Set(members.map(Number)).size === 1 ? Number(members[0]) : null;
      fc.pre(length === null || length < 10_000);
      const head = `HTTP/1.1 200 OK\r\nContent-Length:${text}\r\n\r\n`;
      const heard = read(Buffer.from(`${head}${'.'.repeat(length ?? 8)}more`, 'latin1'), cuts);
      expect(heard.fault === null).toBe(length !== null);
      expect(heard.head === null).toBe(length === null);
      expect(heard.content.length).toBe(length ?? 0);
      if (length !== null) expect(heard.lenient).toBe(members.length > 1);
    }),
    { numRuns: 2000 },
  );
});

it('a field line is its name and value, or a fault, whatever bytes it has', () => {
  const parts = [
    'X',
    '-a',
    'Host',
    '!',
    ':',
    ': ',
    ' ',
    '\t',
    '(',
    '"',
    '/',
    '\0',
    '\r',
    '\x1b',
    '\x7f',
    '\xe9',
    '\xa0',
  ];
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...parts), { minLength: 1, maxLength: 7 }),
      fc.array(fc.nat(80)),
      (line, cuts) => {
        const text = line.join('');
        const [, name, blanks, value] =
          /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+)([ \t]*):[ \t]*([\t\x20-\x7e\x80-\xff]*?)[ \t]*$/.exec(text) ?? [];
        const bytes = Buffer.from(`HTTP/1.1 200 OK\r\n${text}\r\nContent-Length: 0\r\n\r\n`, 'latin1');
        const heard = read(bytes, cuts);
        expect(heard.fault === null).toBe(name !== undefined);
        expect(heard.head?.fields).toEqual(name === undefined ? undefined : [name, value, 'Content-Length', '0']);
        if (name !== undefined) expect(heard.lenient).toBe(blanks !== '');
      },
    ),
    { numRuns: 3000 },
  );
});

it('any bytes at all are read to an end, without an exception', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 300 }),
      fc.boolean(),
      fc.array(fc.nat(300), { maxLength: 4 }),
      (noise, prefix, cuts) => {
        const bytes = Buffer.concat([
          Buffer.from(prefix ? 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n' : ''),
          noise,
        ]);
        const { content: read_, fault, done } = read(bytes, cuts);
        expect(read_.length).toBeLessThanOrEqual(bytes.length);
        expect(fault === null || !done).toBe(true);
      },
    ),
    { numRuns: 1000 },
  );
});

it('several answers in a row on one connection are told apart', () => {
  const parser = new ResponseParser();
  const bytes = Buffer.from(
    'HTTP/1.1 200 A\r\nContent-Length: 1\r\n\r\naHTTP/1.1 200 B\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nb\r\n0\r\n\r\n',
  );
  const heard: string[] = [];
  const sink = {
    interim: () => undefined,
    head: ({ reason }: ResponseHead) => heard.push(reason),
    content: (piece: Buffer) => heard.push(piece.toString()),
  };
  parser.expect('GET', sink);
  const taken = parser.feed(bytes);
  expect(parser.done).toBe(true);
  parser.expect('GET', sink);
  expect(parser.begun).toBe(false);
  expect(parser.feed(bytes.subarray(Number(taken)))).toBe(bytes.length - Number(taken));
  expect(parser.done).toBe(true);
  expect(heard).toEqual(['A', 'a', 'B', 'b']);
});

it('a head that drips in byte by byte costs time in proportion to its length', () => {
  const parser = new ResponseParser();
  parser.expect('GET', { interim: () => undefined, head: () => undefined, content: () => undefined });
  const byte = Buffer.from('x');
  parser.feed(Buffer.from('HTTP/1.1 200 OK\r\nX: '));
  let fault: unknown = 1;
  for (let count = 0; count < 300_000 && typeof fault === 'number'; count++) fault = parser.feed(byte);
  expect(fault).toBe('headTooLarge');
});
