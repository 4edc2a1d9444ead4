import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { type ActivityBatch, Recorder } from '../../../app/inspect/index.ts';
import { Ring } from '../../../app/inspect/ring.ts';

const json = (value: object) => Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...value }));
const call = (name = 'echo') => json({ id: 1, method: 'tools/call', params: { name } });
const answer = json({ id: 1, result: { content: [] } });

describe('the ring of recorded rows', () => {
  const row = (sequence: number, bytes = 1) => ({ sequence, bytes });

  test('keeps so many rows and so many bytes, the newest, and counts what it drops', () => {
    const ring = new Ring({ rows: 3, bytes: 100 });
    for (let sequence = 1; sequence <= 5; sequence++) ring.add(row(sequence));
    expect(ring.newest().map(({ sequence }) => sequence)).toEqual([3, 4, 5]);
    expect(ring.dropped).toBe(2);
    ring.add(row(6, 99));
    expect(ring.newest().map(({ sequence }) => sequence)).toEqual([5, 6]);
    expect(ring.newest(1)).toEqual([row(6, 99)]);
  });

  test('finds a row by its number among numbers with gaps', () => {
    const ring = new Ring({ rows: 4, bytes: 100 });
    for (const sequence of [2, 5, 9, 11, 30]) ring.add(row(sequence));
    expect([5, 9, 11, 30].map((sequence) => ring.find(sequence)?.sequence)).toEqual([5, 9, 11, 30]);
    expect([2, 6, 31].map((sequence) => ring.find(sequence))).toEqual([undefined, undefined, undefined]);
  });

  test('keeps one row that is larger than all of it', () => {
    const ring = new Ring({ rows: 4, bytes: 10 });
    ring.add(row(1));
    ring.add(row(2, 50));
    expect(ring.newest()).toEqual([row(2, 50)]);
  });
});

describe('the recorder', () => {
  test('lists what begins in its order, each with what has become of it, the first end being the one that counts', () => {
    const recorder = new Recorder();
    const wire = recorder.server('nas').session('streamable');
    const first = wire.request('tools/call', 1, call(), performance.now());
    const second = wire.request('tools/call', '1', call('wait'), performance.now());
    wire.notified('notifications/initialized', json({ method: 'notifications/initialized' }));
    first.answered(answer);
    first.cut();
    second.cancelled(json({ method: 'notifications/cancelled', params: { requestId: '1', reason: 'timed out' } }));
    expect(recorder.activity().calls).toMatchObject([
      { server: 'nas', target: 'echo', id: '1', outcome: 'ok', kind: 'request', received: answer.length },
      { server: 'nas', target: 'wait', id: '"1"', outcome: 'timed-out' },
      { kind: 'notification', method: 'notifications/initialized', id: '' },
    ]);
  });

  test('keeps within its bytes whatever clients choose for ids and names, and shows the beginning of them', () => {
    const recorder = new Recorder();
    const wire = recorder.server('nas').session('streamable');
    const target = { host: 'nas.lan', port: 1 };
    for (let count = 0; count < 100; count++) {
      const id = `${count}`.padEnd(1024 * 1024, 'x');
      wire.request('tools/call', id, call(), performance.now()).answered(answer);
      recorder.request({ kind: 'connect', target, label: 'l'.repeat(1024 * 1024) }).failed('EIO', 'a sentence');
    }
    const { calls, requests, dropped } = recorder.activity();
    expect(calls.length).toBeLessThan(10);
    expect(calls.length + dropped.calls).toBe(100);
    expect(calls.at(-1)?.id).toMatch(/^"99x{197}…$/);
    expect(requests.at(-1)?.label).toMatch(/^l{200}…$/);
  });

  test('names no half of a surrogate pair, which strict readers of JSON refuse', () => {
    const recorder = new Recorder();
    const wire = recorder.server('nas').session('streamable');
    wire.request('tools/call', 1, call(`${'a'.repeat(199)}🙂`), performance.now());
    wire.request('\ud83d/list', 2, json({ id: 2 }), performance.now());
    const { calls } = recorder.activity();
    expect(calls.map(({ target, method }) => target.isWellFormed() && method.isWellFormed())).toEqual([true, true]);
  });

  test('ties what is sent to the server to the call that it is for', () => {
    const server = new Recorder().server('nas');
    const recorded = server.stateless('Cursor').request('tools/call', 'a', call(), performance.now());
    const other = server.stateless('Claude').request('tools/call', 'b', call('wait'), performance.now());
    const wire = server.translation();
    wire.wrote(json({ id: 7, method: 'tools/call', params: { name: 'echo' } }));
    wire.wrote(json({ id: 8, method: 'server/discover' }));
    const inner = recorded.other;
    expect(inner?.facts()).toMatchObject({ id: '7', side: 'server', of: recorded.sequence, client: 'Cursor' });
    expect(recorded.queue).toBeGreaterThanOrEqual(0);
    expect(other.other).toBeNull();
    wire.read([{ kind: 'response', id: '7', bytes: answer }]);
    wire.ended();
    expect(inner?.outcome).toBe('ok');
  });

  test('keeps the first two hundred notifications of a sender in a tenth of a second, and counts the others', () => {
    const recorder = new Recorder();
    const [nas, other] = [recorder.server('nas').session('stdio'), recorder.server('other').session('stdio')];
    const news = (n: number) => {
      const bytes = json({ method: 'notifications/message', params: { n } });
      return { kind: 'notification', method: 'notifications/message', bytes } as const;
    };
    let missed = 0;
    const unsubscribe = recorder.subscribe((batch) => {
      missed += batch.missed;
    });
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    for (let n = 0; n < 1000; n++) nas.fromServer(news(n), 5000 + n / 100);
    other.fromServer(news(0), 5005);
    nas.notified('notifications/initialized', json({ method: 'notifications/initialized' }));
    nas.fromServer(news(1000), 5100);
    vi.advanceTimersByTime(200);
    unsubscribe();
    const { calls, dropped } = recorder.activity();
    expect(dropped).toEqual({ calls: 0, notifications: 800, requests: 0 });
    expect(calls.map(({ server }) => server)).toEqual([...Array(200).fill('nas'), 'other', 'nas', 'nas']);
    expect(missed).toBe(800);
  });

  test('forgets the oldest of the requests that a server never answers, and the requests of a client that is gone', () => {
    const recorder = new Recorder();
    const wire = recorder.server('nas').session('stdio');
    for (let id = 0; id < 70; id++) {
      wire.fromServer({ kind: 'request', id, method: 'sampling/createMessage', bytes: json({ id }) }, 0);
    }
    const outcomes = () => recorder.activity().calls.map(({ outcome }) => outcome);
    expect(outcomes().filter((outcome) => outcome === 'cut')).toHaveLength(6);
    wire.answered(69, answer);
    wire.ended();
    expect(outcomes().filter((outcome) => outcome === 'cut')).toHaveLength(69);
    expect(outcomes().at(-1)).toBe('ok');
  });

  test('lists a request of the proxy with each call that was under way for its server', () => {
    const recorder = new Recorder((label) => (label === 'claude.nas' ? 'nas' : null));
    const wire = recorder.server('nas').session('stdio');
    const since = performance.now();
    wire.request('initialize', 0, json({ id: 0, method: 'initialize' }), since);
    const calls = [1, 2].map((id) => wire.request('tools/call', id, call(), since));
    recorder.server('other').session('stdio').request('tools/call', 1, call(), since);
    const start = { kind: 'http', target: { host: 'nas.lan', port: 80 }, method: 'GET', path: '/a?key=1' } as const;
    const request = recorder.request({ ...start, label: 'claude.nas' });
    recorder.request({ ...start, label: 'stranger' }).failed('ECONNREFUSED', 'nas.lan refused the connection.');
    request.connected(false);
    request.answered(204);
    request.done();
    calls[0]?.answered(answer);
    recorder.request({ ...start, label: 'claude.nas' });
    expect(recorder.activity().requests).toMatchObject([
      { server: 'nas', path: '/a?…', status: 204, outcome: 'done', calls: 2, during: calls.map((one) => one.sequence) },
      { server: null, outcome: 'failed', code: 'ECONNREFUSED', calls: 0, during: [] },
      { server: 'nas', outcome: 'pending', calls: 1, during: [calls[1]?.sequence] },
    ]);
    expect(calls[0]?.facts().requests).toEqual([request.sequence]);
    expect(calls[1]?.facts().requests).toHaveLength(2);
  });

  test('bounds what it remembers of the tools of a server, whatever its clients call', () => {
    const recorder = new Recorder();
    const wire = recorder.server('nas').session('stdio');
    for (let index = 0; index < 100; index++) {
      wire.request('tools/call', index, call(`tool-${index}`), performance.now()).answered(answer);
      const refused = wire.request('tools/call', index, call(`made-up-${index}`), performance.now());
      refused.answered(json({ id: 1, error: { code: -32602, message: 'unknown tool' } }));
    }
    const tools = recorder.tools();
    expect(tools).toHaveLength(64);
    expect(tools.filter(({ tool }) => tool.startsWith('made-up'))).toEqual([]);
    const others = tools.find(({ tool }) => tool === '(other tools)');
    expect(others).toMatchObject({ failures: 100, latency: { count: 137 } });
  });

  test('takes the median and the slowest of the last 20 calls of tools', () => {
    const recorder = new Recorder();
    const server = recorder.server('nas');
    const wire = server.session('stdio');
    expect(server.statistics.facts(performance.now())).toMatchObject({ median: null, slowest: null });
    for (let ago = 30; ago >= 1; ago--) {
      wire.request('tools/call', ago, call(), performance.now() - ago * 1000).answered(answer);
    }
    const { median, slowest } = server.statistics.facts(performance.now());
    expect([Math.round((median ?? 0) / 1000), Math.round((slowest ?? 0) / 1000)]).toEqual([10, 20]);
  });

  test('counts the requests of each of the last 60 minutes', () => {
    const { statistics } = new Recorder().server('nas');
    const noon = 12 * 60 * 60_000;
    statistics.began(noon);
    statistics.began(noon + 60_000);
    statistics.began(noon + 61_000);
    expect(statistics.facts(noon + 120_000).minutes.slice(-3)).toEqual([1, 2, 0]);
    expect(statistics.facts(noon + 120_000).minutes).toHaveLength(60);
    expect(statistics.facts(noon + 60 * 60_000).minutes.reduce((sum, one) => sum + one)).toBe(2);
    expect(statistics.facts(noon + 99 * 60_000).minutes).toEqual([]);
  });
});

describe('the feed of recorded rows', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  test('tells of a row once in a batch, as it is by then, and counts those that are too many', () => {
    const recorder = new Recorder();
    const wire = recorder.server('nas').session('stdio');
    const batches: ActivityBatch[] = [];
    const unsubscribe = recorder.subscribe((batch) => batches.push(batch));
    const first = wire.request('tools/call', 1, call(), performance.now());
    for (let id = 2; id <= 600; id++) wire.request('tools/call', id, call(), performance.now());
    first.answered(answer);
    vi.advanceTimersByTime(100);
    expect(batches).toHaveLength(1);
    expect(batches[0]?.calls).toHaveLength(500);
    expect(batches[0]).toMatchObject({ missed: 100, requests: [] });
    expect(batches[0]?.calls[0]).toMatchObject({ sequence: first.sequence, outcome: 'ok' });
    recorder.request({ kind: 'connect', target: null, label: '' });
    vi.advanceTimersByTime(100);
    expect(batches[1]).toMatchObject({ missed: 0, calls: [], requests: [{ kind: 'connect' }] });
    wire.request('tools/call', 7, call(), performance.now());
    unsubscribe();
    vi.advanceTimersByTime(1000);
    expect(batches).toHaveLength(2);
  });
});
