import { describe, expect, it } from 'vitest';
import type { PermissionRecord } from '../../../app/base/records.ts';
import { afterAsking, afterSign, stateOf } from '../../../app/permission/state.ts';

const now = { system: '25A354', program: '1.0.0 0011' };
const record = (outcome: PermissionRecord['outcome'], changes: Partial<PermissionRecord> = {}): PermissionRecord => ({
  ...now,
  outcome,
  at: 5,
  ...changes,
});

describe('The state of the permission', () => {
  it.each([
    ['not asked for yet', null, { kind: 'not-asked' }],
    ['asked for without a sign', record('asked'), { kind: 'asked', at: 5 }],
    ['granted', record('granted'), { kind: 'granted', at: 5 }],
    ['denied', record('denied'), { kind: 'denied', at: 5 }],
    ['granted under another macOS', record('granted', { system: '24G90' }), { kind: 'stale', at: 5, reason: 'system' }],
    [
      'granted to another version',
      record('granted', { program: '0.9.0 0011' }),
      { kind: 'stale', at: 5, reason: 'program' },
    ],
    [
      'granted to another UUID',
      record('granted', { program: '1.0.0 ffff' }),
      { kind: 'stale', at: 5, reason: 'program' },
    ],
    ['granted, then refused', record('revoked'), { kind: 'stale', at: 5, reason: 'refused' }],
    ['denied to another version', record('denied', { program: '0.9.0 0011' }), { kind: 'denied', at: 5 }],
  ] as const)('%s', (_what, remembered, state) => {
    expect(stateOf(remembered, now, 'darwin')).toEqual(state);
  });

  it.each(['linux', 'win32'] as const)('is none on %s, whatever a file says', (platform) => {
    expect(stateOf(record('denied'), now, platform)).toEqual({ kind: 'not-needed' });
  });
});

describe('After asking', () => {
  it('a sign counts for the macOS and the app of today', () => {
    const old = record('granted', { system: '24G90', at: 1 });
    expect(afterAsking(old, 'granted', now, 9)).toEqual({ ...now, outcome: 'granted', at: 9 });
    expect(afterAsking(null, 'denied', now, 9)).toEqual({ ...now, outcome: 'denied', at: 9 });
  });

  it('without a sign what was known stays, and the first time it is only known that we asked', () => {
    expect(afterAsking(record('denied'), 'none', now, 9)).toEqual(record('denied'));
    expect(afterAsking(null, 'none', now, 9)).toEqual(record('asked', { at: 9 }));
  });
});

describe('After a sign on the way', () => {
  it('a connection to a neighbour proves the permission, asked for or not', () => {
    for (const before of [null, record('asked'), record('denied'), record('revoked')]) {
      expect(afterSign(before, 'granted', now, 9)).toEqual(record('granted', { at: 9 }));
    }
  });

  it('a refusal takes a permission back, and says nothing where there was none', () => {
    expect(afterSign(record('granted'), 'denied', now, 9)).toEqual(record('revoked', { at: 9 }));
    expect(afterSign(null, 'denied', now, 9)).toBeNull();
    expect(afterSign(record('asked'), 'denied', now, 9)).toEqual(record('asked'));
  });
});
