import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HeldLine, readFirstLine } from '../../../app/gateway/listener.ts';
import { processorTime } from '../../support/processor-time.ts';

function read(text: string): ReturnType<typeof readFirstLine> {
  return readFirstLine(Buffer.from(text, 'latin1'));
}

/** What goes to the HTTP parser in place of `text`; null when that stays as it is. */
function encoded(text: string): string | null {
  const line = read(text);
  return line.kind === 'encoded' ? line.bytes.toString('latin1') : null;
}

describe('the first line of a connection', () => {
  it.each([
    ['UTF-8 in the path', 'GET http://h/caf\xc3\xa9 HTTP/1.1\r\n', 'GET http://h/caf%C3%A9 HTTP/1.1\r\n'],
    ['Latin-1 in the query', 'GET http://h?q=\xe9 HTTP/1.0\r\n', 'GET http://h?q=%E9 HTTP/1.0\r\n'],
    ['a no-break space and NEL', 'GET http://h/\xa0\x85 HTTP/1.1\r\n', 'GET http://h/%A0%85 HTTP/1.1\r\n'],
    ['any scheme', 'GET wss://h/\xff HTTP/1.1\r\n', 'GET wss://h/%FF HTTP/1.1\r\n'],
    ['a method of its own', 'M-SEARCH http://h/\xff HTTP/1.1\r\n', 'M-SEARCH http://h/%FF HTTP/1.1\r\n'],
    ['%XX beside it, which stays', 'GET http://h/%e9\xe9 HTTP/1.1\r\n', 'GET http://h/%e9%E9 HTTP/1.1\r\n'],
    ['an empty line in front', '\r\nGET http://h/\xe9 HTTP/1.1\r\n', '\r\nGET http://h/%E9 HTTP/1.1\r\n'],
    ['a fragment behind the authority', 'GET http://h#\xe9 HTTP/1.1\r\n', 'GET http://h HTTP/1.1\r\n'],
  ])('is encoded: %s', (_, line, expected) => {
    expect(encoded(`${line}A: \xe9\r\n\r\n\xff`)).toBe(`${expected}A: \xe9\r\n\r\n\xff`);
  });

  it.each([
    ['origin-form', 'GET /caf\xe9 HTTP/1.1\r\n'],
    ['CONNECT', 'CONNECT h\xe9:443 HTTP/1.1\r\n'],
    ['CONNECT with a URL', 'CONNECT http://h/\xe9 HTTP/1.1\r\n'],
    ['a host beyond ASCII', 'GET http://b\xfccher/\xe9 HTTP/1.1\r\n'],
    ['userinfo beyond ASCII', 'GET http://\xe9@h/\xe9 HTTP/1.1\r\n'],
    ['a space in the path', 'GET http://h/\xe9 x HTTP/1.1\r\n'],
    ['a tab in the path', 'GET http://h/\xe9\tx HTTP/1.1\r\n'],
    ['NUL', 'GET http://h/\xe9\0 HTTP/1.1\r\n'],
    ['DEL', 'GET http://h/\xe9\x7f HTTP/1.1\r\n'],
    ['a bare CR', 'GET http://h/\xe9\rx HTTP/1.1\r\n'],
    ['a bare LF', 'GET http://h/\xe9 HTTP/1.1\n'],
    ['two spaces', 'GET  http://h/\xe9 HTTP/1.1\r\n'],
    ['another version', 'GET http://h/\xe9 HTTP/2.0\r\n'],
    ['no version', 'GET http://h/\xe9\r\n'],
    ['a method beyond ASCII', 'G\xe9T http://h/\xe9 HTTP/1.1\r\n'],
    ['a plain URL', 'GET http://h/%E9 HTTP/1.1\r\n'],
    ['bytes from 0x80 in the fields only', 'GET http://h/ HTTP/1.1\r\nA: \xe9\r\n'],
  ])('is left to the HTTP parser as it is: %s', (_, line) => {
    expect(read(`${line}\r\n`)).toEqual({ kind: 'plain' });
  });

  it.each([
    'G',
    'GET',
    'GET ',
    'GET h',
    'GET http:',
    'GET http://h/\xc3',
    'GET http://h/\xe9 HTTP/1.',
    'GET http://h/ HTTP/1.1\r',
    '\r\n\r\nGET',
  ])('may still become one that is encoded: %j', (begun) => {
    expect(read(begun)).toEqual({ kind: 'incomplete' });
  });

  it.each([
    'GET /',
    'GET *',
    'CONNECT ',
    'CONNECT h',
    '\x16\x03\x01',
    'GET http://h/ x',
    'GET http://h/\0',
    'GET http:x',
    'PRI * HTTP/2.0',
  ])('is not waited for: %j', (begun) => {
    expect(read(begun)).toEqual({ kind: 'plain' });
  });

  const piece = fc.constantFrom(
    'GET ',
    'http://h',
    '/',
    '?',
    '#',
    'x',
    '\xe9',
    '\xc3\xa9',
    ' ',
    '\r',
    '\n',
    '\r\n',
    '\t',
    '\0',
    '%',
    ' HTTP/1.1\r\n',
    'A: b\r\n',
    'POST ',
    'Content-Length: 5\r\n',
  );

  it('is read alike whole and in any pieces', () => {
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 12 }),
        fc.boolean(),
        fc.integer({ min: 1, max: 9 }),
        (pieces, likely, size) => {
          const bytes = Buffer.from(`${likely ? 'GET http://h/' : ''}${pieces.join('')}`, 'latin1');
          const held = new HeldLine();
          for (let at = 0; at < bytes.length; at += size) {
            const line = held.push(bytes.subarray(at, at + size));
            expect(line).toEqual(readFirstLine(bytes.subarray(0, at + size)));
            if (line.kind !== 'incomplete') return;
          }
          expect(held.bytes).toEqual(bytes);
        },
      ),
    );
  });

  it('is read in no more time than it is long, however small the pieces are', () => {
    for (const begun of ['GET http://h/', '\r\n'.repeat(200), 'GET http']) {
      const held = new HeldLine();
      held.push(Buffer.from(begun));
      const piece = Buffer.from('x');
      const time = processorTime(() => {
        for (let count = 0; count < 60_000; count++) if (held.push(piece).kind !== 'incomplete') break;
      });
      expect([begun, time < 1000]).toEqual([begun, true]);
    }
  });

  it('changes nothing but bytes from 0x80 in path and query, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.boolean(), (pieces, likely) => {
        const text = likely ? `GET http://h/${pieces.join('')}\xe9 HTTP/1.1\r\n` : pieces.join('');
        const result = encoded(text);
        if (result === null) return;
        const [line = '', ...rest] = result.replace(/^(?:\r\n)+/, '').split('\r\n');
        const [before = '', ...behind] = text.replace(/^(?:\r\n)+/, '').split('\r\n');
        expect(rest).toEqual(behind);
        expect(line).toMatch(/^[A-Z]+ http:\/\/h(?:[/?][!-~]*)? HTTP\/1\.1$/);
        const expected = before.replace(/[\x80-\xff]/g, (char) => `%${Buffer.from(char, 'latin1').toString('hex')}`);
        expect(line.toLowerCase()).toBe(expected.replace(/^(\S+ http:\/\/h)#\S*/, '$1').toLowerCase());
      }),
    );
  });
});
