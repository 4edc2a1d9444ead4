import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeReply, type SocksExpects, type SocksMessage, SocksReader } from '../../../app/proxy/socks-frames.ts';

/** What a server that accepts everything reads from the chunks, and what is left. */
function readAll(chunks: readonly Buffer[]): { readonly messages: SocksMessage[]; readonly rest: string } {
  const reader = new SocksReader();
  const messages: SocksMessage[] = [];
  for (const chunk of chunks) {
    reader.push(chunk);
    for (let message = reader.read(); message !== null; message = reader.read()) {
      messages.push(message);
      const next = nextAfter(message);
      if (next !== null) reader.expect(next);
    }
  }
  return { messages, rest: reader.rest().toString('hex') };
}

function nextAfter(message: SocksMessage): SocksExpects | null {
  if (message.kind === 'greeting') return message.methods.includes(2) ? 'credentials' : 'request';
  return message.kind === 'credentials' ? 'request' : null;
}

function split(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [0, ...[...cuts].map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return places.slice(1).map((end, i) => bytes.subarray(places[i], end));
}

const text = fc.string({ unit: 'binary-ascii', maxLength: 255 });
const address = fc.oneof(
  fc.uint8Array({ minLength: 4, maxLength: 4 }).map((bytes) => [1, ...bytes]),
  fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => [4, ...bytes]),
  text.map((name) => [3, name.length, ...Buffer.from(name, 'latin1')]),
);
const handshake = fc
  .tuple(fc.boolean(), text, text, address, fc.integer({ min: 0, max: 65535 }), fc.uint8Array({ maxLength: 20 }))
  .map(([named, user, password, where, port, tail]) =>
    Buffer.from([
      ...(named ? [5, 2, 0, 2] : [5, 1, 0]),
      ...(named
        ? [1, user.length, ...Buffer.from(user, 'latin1'), password.length, ...Buffer.from(password, 'latin1')]
        : []),
      ...[5, 1, 0, ...where, port >> 8, port & 0xff],
      ...tail,
    ]),
  );

describe('a SOCKS5 handshake', () => {
  it('reads the same however it is cut', () => {
    fc.assert(
      fc.property(handshake, fc.array(fc.nat(), { maxLength: 20 }), (bytes, cuts) => {
        const whole = readAll([bytes]);
        expect(whole.messages.at(-1)?.kind).toBe('request');
        expect(readAll(split(bytes, cuts))).toEqual(whole);
        expect(
          readAll(
            split(
              bytes,
              Array.from(bytes, (_, i) => i),
            ),
          ),
        ).toEqual(whole);
      }),
    );
  });

  it('of noise ends in a message or waits, and never more than once in an error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (noise) => {
        const { messages } = readAll([Buffer.from(noise)]);
        expect(messages.filter(({ kind }) => kind === 'malformed' || kind === 'socks4').length).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('a reply', () => {
  it.each([
    ['192.168.1.20', [1, 192, 168, 1, 20]],
    ['::1', [4, ...Array.from({ length: 15 }, () => 0), 1]],
    ['fe80::1:2%eth0', [4, 0xfe, 0x80, ...Array.from({ length: 10 }, () => 0), 0, 1, 0, 2]],
    ['::ffff:127.0.0.1', [4, ...Array.from({ length: 10 }, () => 0), 0xff, 0xff, 127, 0, 0, 1]],
  ])('carries the bound address %s', (bound, bytes) => {
    expect([...encodeReply(0, bound, 258)]).toEqual([5, 0, 0, ...bytes, 1, 2]);
  });
});
