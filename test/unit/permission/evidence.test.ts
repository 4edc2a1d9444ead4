import { describe, expect, it } from 'vitest';
import { type Evidence, signOf, verdictOf } from '../../../app/permission/state.ts';

const attempt = (errno: string | null, elapsed: number, onLink = true): Evidence => ({
  kind: 'attempt',
  errno,
  elapsed,
  onLink,
});
const datagram = (errno: string | null, elapsed = 1): Evidence => ({ kind: 'datagram', errno, elapsed });
const answer: Evidence = { kind: 'answer', from: '192.168.1.7' };
const refused = attempt('EHOSTUNREACH', 0.2);

describe('A sign of the permission', () => {
  it.each([
    ['a connection to a neighbour', attempt(null, 3), 'granted'],
    ['a refusal by a neighbour: it had to be reached', attempt('ECONNREFUSED', 3), 'granted'],
    ['a connection through a router', attempt(null, 3, false), 'none'],
    ['an answer of another machine', answer, 'granted'],
    ['EHOSTUNREACH for a neighbour within a millisecond', refused, 'denied'],
    ['EHOSTUNREACH for a neighbour after seconds of ARP', attempt('EHOSTUNREACH', 3000), 'none'],
    ['EHOSTUNREACH from a router', attempt('EHOSTUNREACH', 0.2, false), 'none'],
    ['a device that is known to be down', attempt('EHOSTDOWN', 0.1), 'none'],
    ['silence', attempt('ETIMEDOUT', 4000), 'none'],
    ['a name that is not found', attempt('ENOTFOUND', 0, false), 'none'],
    ['a question that was sent', datagram(null), 'none'],
    ['a question that was refused at once', datagram('EHOSTUNREACH'), 'denied'],
    ['an interface that has gone', datagram('EADDRNOTAVAIL'), 'none'],
  ] as const)('%s', (_what, evidence, sign) => {
    expect(signOf(evidence)).toBe(sign);
  });
});

describe('The verdict of a round', () => {
  it.each([
    ['nothing happened', [], 'none'],
    [
      'refusals came first and a connection last: the person has said yes',
      [refused, refused, attempt(null, 2)],
      'granted',
    ],
    ['one machine answered', [datagram(null), answer, refused], 'granted'],
    ['every try was refused at once', [datagram('EHOSTUNREACH'), refused, refused], 'denied'],
    ['one try took its time: it was on the wire', [attempt('EHOSTUNREACH', 3000), refused], 'none'],
    [
      'the target lies beyond a router, and the rest was refused',
      [attempt(null, 9, false), datagram('EHOSTUNREACH')],
      'denied',
    ],
    [
      'there was no target, and every question was refused',
      [datagram('EHOSTUNREACH'), datagram('EHOSTUNREACH')],
      'denied',
    ],
    ['there was no target, and later questions were let through', [datagram('EHOSTUNREACH'), datagram(null)], 'none'],
    ['nobody answered', [datagram(null), datagram(null)], 'none'],
  ] as const)('when %s', (_what, round, verdict) => {
    expect(verdictOf(round)).toBe(verdict);
  });
});
