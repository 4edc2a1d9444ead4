import { describe, expect, it } from 'vitest';
import { activityHar, activityNdjson, type ExportedRows, Recorder } from '../../../app/inspect/index.ts';

/** A call with a secret in it, its notification, a tunnel and a request that the proxy saw the head of. */
function recorded(): Recorder {
  const recorder = new Recorder();
  const server = recorder.server('files');
  recorder.keepContents(new Map([['files', ['hunter2-of-mine']]]));
  const wire = server.session('streamable');
  const params = { name: 'read', arguments: { password: 'pass-of-mine', note: 'hunter2-of-mine' } };
  const id = 9_007_199_254_740_991;
  const call = wire.request(
    'tools/call',
    id,
    Buffer.from(JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params })),
    performance.now(),
  );
  call.passedOn();
  call.answered(Buffer.from(JSON.stringify({ jsonrpc: '2.0', id, result: { content: [] } })));
  wire.notified('notifications/initialized', Buffer.from('{"jsonrpc":"2.0","method":"notifications/initialized"}'));
  const target = { host: 'nas.lan', port: 8123 };
  const tunnel = recorder.request({ kind: 'connect', target, label: '' });
  tunnel.connected(true);
  tunnel.done();
  const plain = recorder.request({ kind: 'http', target, label: '', method: 'GET', path: '/api?key=k-1234' });
  plain.connected(false);
  plain.answered(404);
  plain.done();
  return recorder;
}

function exported(contents: boolean): ExportedRows {
  const recorder = recorded();
  return {
    ...recorder.activity(),
    contents: contents ? (call) => recorder.contents(call) : () => null,
    origin: 'http://127.0.0.1:28080',
    version: '0.3.0',
  };
}

const SECRETS = /pass-of-mine|hunter2-of-mine|k-1234/;

describe('An export of what passed', () => {
  it('as NDJSON has one row a line, and says at its end what is not kept any more', () => {
    const lines = activityNdjson(exported(false)).trimEnd().split('\n');
    const rows = lines.map((line) => JSON.parse(line));
    expect(rows.map(({ kind }) => kind)).toEqual(['call', 'notification', 'proxied', 'proxied', 'dropped']);
    expect(rows[0]).toMatchObject({ schema: 1, method: 'tools/call', target: 'read', outcome: 'ok' });
    expect(rows[0].id).toBe('9007199254740991');
    expect(rows[0]).not.toHaveProperty('contents');
    expect(rows[3]).toMatchObject({ endpoint: 'http', status: 404, path: '/api?…' });
    expect(rows[4]).toEqual({ schema: 1, kind: 'dropped', calls: 0, notifications: 0, requests: 0 });
  });

  it.each([
    ['NDJSON', activityNdjson],
    ['HAR', activityHar],
  ])('as %s has contents only where they are wanted, and secrets never', (_name, write) => {
    expect(write(exported(false))).not.toContain('arguments');
    const whole = write(exported(true));
    expect(whole).toContain('arguments');
    expect(whole).not.toMatch(SECRETS);
  });

  it.each([
    ['my files', '/servers/my%20files/mcp'],
    ['/groups/a%20b', '/groups/a%20b/mcp'],
  ])('as HAR says where calls of %s were sent', (name, path) => {
    const recorder = new Recorder();
    const json = Buffer.from('{"jsonrpc":"2.0","id":1,"method":"tools/list"}');
    recorder.server(name).session('streamable').request('tools/list', 1, json, performance.now()).cut();
    const { log } = JSON.parse(activityHar({ ...exported(false), ...recorder.activity() }));
    expect(log.entries[0].request.url).toBe(`http://127.0.0.1:28080${path}`);
  });

  it('as HAR has what was an HTTP exchange, and counts what it leaves out', () => {
    const { log } = JSON.parse(activityHar(exported(false)));
    expect(log).toMatchObject({ version: '1.2', creator: { name: 'MCP Gangway', version: '0.3.0' } });
    expect(log.comment).toMatch(/^2 rows left out/);
    expect(log.entries.map(({ request }: { request: { url: string } }) => request.url)).toEqual([
      'http://127.0.0.1:28080/servers/files/mcp',
      'http://nas.lan:8123/api?…',
    ]);
    expect(log.entries[1].response.status).toBe(404);
    for (const { time, timings, request, response } of log.entries) {
      const parts = [timings.blocked, timings.send, timings.wait, timings.receive];
      for (const part of parts) expect(part).toBeGreaterThanOrEqual(0);
      expect(parts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(time, 6);
      expect(request.headers).toEqual([]);
      expect(response.content.size).toBeGreaterThanOrEqual(0);
    }
  });
});
