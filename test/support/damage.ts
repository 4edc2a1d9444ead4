import fc from 'fast-check';

/** What goes wrong in one place of a message: something is put in, and a few letters are lost. */
export interface Damage {
  readonly at: number;
  readonly insert: string;
  readonly drop: number;
}

/** Damages near the beginning of a message of HTTP/1.1. `more` may be put in besides what breaks the grammar anywhere. */
export function damages(maxLength: number, ...more: readonly string[]): fc.Arbitrary<readonly Damage[]> {
  const insert = fc.constantFrom(
    '\r',
    '\n',
    '\0',
    ' ',
    ':',
    '\r\n',
    '0',
    'f',
    ';',
    '\xff',
    '\t',
    '\r\n\r\n',
    'Content-Length: 3\r\n',
    ...more,
  );
  return fc.array(fc.record({ at: fc.nat(400), insert, drop: fc.nat(3) }), { minLength: 1, maxLength });
}

/** The message with all of these, one after the other. */
export function damaged(message: string, all: readonly Damage[]): string {
  return all.reduce((text, { at, insert, drop }) => text.slice(0, at) + insert + text.slice(at + drop), message);
}
