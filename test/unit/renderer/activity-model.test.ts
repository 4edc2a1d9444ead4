import { describe, expect, it } from 'vitest';
import type { ActivityBatch, CallContents, CallFacts, RequestFacts } from '../../../app/ipc/index.ts';
import { asCurl, requestText } from '../../../renderer/activity/copies.ts';
import { type ActivityFilter, ActivityModel, NO_FILTER } from '../../../renderer/activity/model.ts';

type ActivityCall = ActivityBatch['calls'][number];

function call(sequence: number, changes: Partial<CallFacts> = {}): ActivityCall {
  return {
    sequence,
    server: 'files',
    session: 1,
    transport: 'streamable',
    client: 'claude',
    side: 'client',
    from: 'client',
    kind: 'request',
    method: 'tools/call',
    target: 'read',
    id: String(sequence),
    startedAt: 0,
    queue: 1,
    firstByte: 5,
    total: 10,
    sent: 100,
    received: 200,
    outcome: 'ok',
    code: null,
    of: null,
    requests: [],
    moreRequests: 0,
    isNew: true,
    ...changes,
  };
}

function request(sequence: number, changes: Partial<RequestFacts> = {}): RequestFacts {
  return {
    sequence,
    server: 'files',
    label: 'files',
    kind: 'http',
    target: { host: 'nas.lan', port: 8123 },
    method: 'GET',
    path: '/api',
    startedAt: 0,
    connect: 1,
    firstByte: 2,
    total: 3,
    up: 1,
    down: 2,
    status: 200,
    outcome: 'done',
    sentence: '',
    code: '',
    during: [],
    calls: 0,
    ...changes,
  };
}

function shownBy(model: ActivityModel, filter: Partial<ActivityFilter>): readonly number[] {
  model.filter({ ...NO_FILTER, ...filter });
  return model.shown.map(({ sequence }) => sequence);
}

describe('The rows of the Activity window', () => {
  it('stand in the order in which they began, whatever order they come in', () => {
    const model = new ActivityModel();
    model.add({ calls: [call(4), call(1)], requests: [request(3)] });
    model.add({ calls: [call(2)], requests: [] });
    expect(shownBy(model, {})).toEqual([1, 2, 3, 4]);
  });

  it('are replaced by their newer state, and come and go with the filter by that', () => {
    const model = new ActivityModel();
    model.add({ calls: [call(1, { outcome: 'pending', total: null }), call(2)], requests: [] });
    expect(shownBy(model, { outcome: 'failures' })).toEqual([]);
    model.add({ calls: [call(1, { outcome: 'tool-error' })], requests: [] });
    expect(model.shown.map(({ sequence }) => sequence)).toEqual([1]);
    expect(shownBy(model, { outcome: 'pending' })).toEqual([]);
    expect(model.count).toBe(2);
  });

  it('are filtered by kind, server, client, method, outcome, duration, pin and words', () => {
    const model = new ActivityModel();
    const calls = [
      call(1),
      call(2, { server: 'mail', client: 'Cursor', method: 'tools/list', target: '', total: 900 }),
      call(3, { side: 'server', of: 1 }),
      call(4, { kind: 'notification', method: 'notifications/progress', total: null }),
      call(5, { outcome: 'listening', total: 90_000 }),
    ];
    model.add({ calls, requests: [request(6), request(7, { status: 502, server: null })] });
    expect(shownBy(model, {})).toEqual([1, 2, 5, 6, 7]);
    expect(shownBy(model, { kind: 'calls' })).toEqual([1, 2, 5]);
    expect(shownBy(model, { kind: 'requests' })).toEqual([6, 7]);
    expect(shownBy(model, { kind: 'messages' })).toEqual([1, 2, 3, 4, 5]);
    expect(shownBy(model, { server: 'mail' })).toEqual([2]);
    expect(shownBy(model, { client: 'Cursor' })).toEqual([2]);
    expect(shownBy(model, { method: 'GET' })).toEqual([6, 7]);
    expect(shownBy(model, { outcome: 'failures' })).toEqual([7]);
    expect(shownBy(model, { slow: 500 })).toEqual([2]);
    expect(shownBy(model, { query: 'CURSOR' })).toEqual([2]);
    expect(shownBy(model, { query: 'nas.lan:8123/api' })).toEqual([6, 7]);
    model.pin(6, true);
    expect(shownBy(model, { pinned: true })).toEqual([6]);
  });

  it('know what was asked of the server for a call of a client', () => {
    const model = new ActivityModel();
    model.add({ calls: [call(1), call(2), call(3, { side: 'server', of: 1 })], requests: [] });
    expect(model.servedBy(1).map(({ sequence }) => sequence)).toEqual([3]);
    expect(model.servedBy(2)).toEqual([]);
  });

  it('stay away once they were cleared, except for those that are pinned', () => {
    const model = new ActivityModel();
    const calls = [call(1), call(2), call(3)];
    model.add({ calls, requests: [] });
    model.pin(2, true);
    model.clear();
    model.add({ calls: [...calls, call(4)], requests: [] });
    expect(shownBy(model, {})).toEqual([2, 4]);
  });

  it('are bounded in number: the oldest go, and what is pinned stays', () => {
    const model = new ActivityModel();
    model.add({ calls: [call(1), call(2)], requests: [] });
    model.pin(1, true);
    model.add({ calls: Array.from({ length: 40_000 }, (_, at) => call(at + 3)), requests: [] });
    expect(model.count).toBe(30_001);
    expect(model.row(1)).not.toBeNull();
    expect(model.row(2)).toBeNull();
    expect(model.shown[1]?.sequence).toBe(10_003);
  });
});

describe('A copy of a call', () => {
  const body = { text: `{"method":"tools/call","params":{"name":"it's"}}`, bytes: 48, isCut: false, masked: 0 };
  const said = (changes: Partial<typeof body>): CallContents => ({ sent: { ...body, ...changes }, received: null });

  it('is made only of a request that is kept whole, with nothing hidden in it', () => {
    expect(requestText(said({}))).toBe(body.text);
    expect(requestText(said({ isCut: true }))).toBeNull();
    expect(requestText(said({ masked: 1 }))).toBeNull();
    expect(requestText(null)).toBeNull();
  });

  it('as curl quotes for a POSIX shell, and names token and session by variables alone', () => {
    expect(asCurl(call(1, { server: 'my files' }), body.text, 'http://127.0.0.1:1234', true)).toBe(
      [
        `curl -sS 'http://127.0.0.1:1234/servers/my%20files/mcp'`,
        `-H 'Content-Type: application/json'`,
        `-H 'Accept: application/json, text/event-stream'`,
        `-H "Authorization: Bearer $MCP_GANGWAY_TOKEN"`,
        `-H "Mcp-Session-Id: $MCP_SESSION_ID"`,
        `--data-binary '{"method":"tools/call","params":{"name":"it'\\''s"}}'`,
      ].join(' \\\n  '),
    );
  });

  it('as curl says in headers what a revision without sessions wants there', () => {
    const command = asCurl(call(1, { transport: 'stateless' }), body.text, 'http://127.0.0.1:1234', false);
    expect(command).toContain(`-H 'Mcp-Method: tools/call'`);
    expect(command).toContain(`-H 'Mcp-Name: read'`);
    expect(command).not.toMatch(/SESSION|TOKEN/);
  });
});
