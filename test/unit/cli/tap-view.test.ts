import { describe, expect, test } from 'vitest';
import type { TapCommand } from '../../../app/cli/command.ts';
import { jsonOf, lineOf, rowsIn } from '../../../app/cli/tap-view.ts';
import { textIn } from '../../../app/i18n/index.ts';

const AT = new Date(2026, 10, 28, 9, 5, 7, 42).getTime();

const call = {
  sequence: 1,
  server: 'nas',
  session: 3,
  transport: 'stdio',
  client: 'Claude',
  side: 'client',
  from: 'client',
  kind: 'request',
  method: 'tools/call',
  target: 'search',
  id: '7',
  startedAt: AT,
  queue: 0.1,
  firstByte: 12,
  total: 12.34,
  sent: 120,
  received: 3400,
  outcome: 'ok',
  code: null,
  of: null,
  requests: [2, 3],
  moreRequests: 0,
  isNew: true,
};

const request = {
  sequence: 2,
  server: 'nas',
  label: 'claude.nas',
  kind: 'http',
  target: { host: 'nas.lan', port: 80 },
  method: 'GET',
  path: '/api?…',
  startedAt: AT,
  total: 8.04,
  up: 0,
  down: 10,
  status: 204,
  outcome: 'done',
  sentence: '',
  code: '',
  calls: 2,
};

const wanted = (changes: Partial<TapCommand> = {}): TapCommand => ({
  kind: 'tap',
  server: null,
  requests: false,
  messages: false,
  contents: false,
  json: false,
  slow: null,
  outcome: null,
  host: null,
  port: null,
  token: null,
  language: 'en',
  ...changes,
});

const lines = (batch: object, changes: Partial<TapCommand> = {}, language: 'en' | 'zh-Hant' = 'en') =>
  rowsIn({ calls: [], requests: [], ...batch }, wanted(changes)).map((row) => lineOf(row, textIn(language)));

describe('a tap shows', () => {
  test('a call when it is over: when, where, who, what, how it ended, how long it took, how much it was', () => {
    expect(lines({ calls: [call] })).toEqual([
      '09:05:07.042  nas  Claude #3  tools/call search  7  ok  12 ms  ↑ 120 B  ↓ 3.40 KB  2 requests',
    ]);
    expect(lines({ calls: [{ ...call, outcome: 'error', code: -32602, requests: [], total: 65_000 }] })).toEqual([
      '09:05:07.042  nas  Claude #3  tools/call search  7  error (-32602)  65.0 s  ↑ 120 B  ↓ 3.40 KB',
    ]);
    expect(lines({ calls: [{ ...call, outcome: 'tool-error' }] }, {}, 'zh-Hant')[0]).toContain('工具失敗');
  });

  test('no call that is under way, no notification and no other side, but what will not be over', () => {
    const pending = { ...call, total: null, outcome: 'pending' };
    const calls = [pending, { ...call, kind: 'notification' }, { ...call, side: 'server' }];
    expect(lines({ calls })).toEqual([]);
    expect(lines({ calls: [{ ...pending, method: 'subscriptions/listen', outcome: 'listening' }] })).toHaveLength(1);
  });

  test('requests of the proxy when they are wanted, with the calls they may belong to', () => {
    const failed = { ...request, status: null, outcome: 'failed', code: 'EPERM', sentence: 'Not permitted.', calls: 0 };
    expect(lines({ requests: [request] })).toEqual([]);
    expect(lines({ requests: [request, failed] }, { requests: true })).toEqual([
      '09:05:07.042  nas  ⇢  GET nas.lan:80/api?…  204  8.0 ms  ↑ 0 B  ↓ 10 B  of one of 2 calls',
      '09:05:07.042  nas  ⇢  GET nas.lan:80/api?…  failed (EPERM)  8.0 ms  ↑ 0 B  ↓ 10 B  Not permitted.',
    ]);
    const tunnel = { ...request, method: '', kind: 'connect', path: '', status: null, total: null };
    expect(lines({ requests: [{ ...tunnel, outcome: 'pending' }] }, { requests: true })).toEqual([]);
    expect(lines({ requests: [{ ...tunnel, outcome: 'open' }] }, { requests: true })[0]).toContain(
      'connect nas.lan:80  open',
    );
  });

  test('each message where that is wanted, on both sides, in the order in which they were sent', () => {
    const calls = [
      call,
      { ...call, sequence: 2, side: 'server', id: '1', startedAt: AT + 1, total: 5, of: 1 },
      {
        ...call,
        sequence: 3,
        kind: 'notification',
        method: 'notifications/progress',
        from: 'server',
        target: '',
        id: '',
        startedAt: AT + 3,
      },
      { ...call, sequence: 4, isNew: false, startedAt: AT - 100, total: 104 },
    ];
    const shown = lines({ calls }, { messages: true });
    expect(shown.map((line) => line.slice('09:05:07.042  nas  Claude #3  '.length))).toEqual([
      '→  tools/call search  7  120 B',
      '(server)  →  tools/call search  1  120 B',
      '←  notifications/progress  120 B',
      expect.stringMatching(/^← {2}tools\/call search {2}7 {2}ok {2}104 ms/),
      expect.stringMatching(/^\(server\) {2}← {2}tools\/call search {2}1 {2}ok {2}5\.0 ms/),
      expect.stringMatching(/^← {2}tools\/call search {2}7 {2}ok {2}12 ms/),
    ]);
  });

  test('only what was slow, and only what has ended as it was asked for', () => {
    const calls = [call, { ...call, total: 800, outcome: 'cut' }, { ...call, total: 900, outcome: 'cancelled' }];
    expect(lines({ calls }, { slow: 500 })).toHaveLength(2);
    expect(lines({ calls }, { outcome: 'error' })).toHaveLength(1);
    expect(lines({ calls }, { outcome: 'cancelled', slow: 900 })).toHaveLength(1);
    expect(lines({ calls }, { outcome: 'cancelled', slow: 901 })).toHaveLength(0);
  });
});

test('what strangers have written can steer no terminal, as a line and as JSON', () => {
  const [row] = rowsIn({ calls: [{ ...call, target: 'a\u001b[2Jb\u009b\u202ec' }], requests: [] }, wanted());
  if (row === undefined) throw new Error('no row');
  expect(lineOf(row, textIn('en'))).toContain('tools/call a\\u001b[2Jb\\u009b\\u202ec');
  const json = jsonOf(row);
  expect(json).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
  expect(JSON.parse(json)).toMatchObject({
    schema: 1,
    kind: 'call',
    time: new Date(AT).toISOString(),
    target: 'a\u001b[2Jb\u009b\u202ec',
    id: '7',
    total: 12.34,
  });
});

test('rows of another version, of which anything may be missing, are shown as far as they go', () => {
  const calls = [{ kind: 'request', side: 'client', total: 1, outcome: 'new-outcome' }, null, 7];
  expect(lines({ calls, requests: 'none' })).toEqual([expect.stringContaining('new-outcome  1.0 ms')]);
});
