import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  HALF_CLOSED_MS,
  type HalfClosedEnd,
  halfClosedLine,
  watchAfterFin,
} from '../../../app/gateway/half-closed-client.ts';

beforeEach(() => {
  vi.useFakeTimers({
    toFake: ['setTimeout', 'setInterval', 'setImmediate', 'clearTimeout', 'clearInterval', 'performance'],
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** A client that has sent its FIN behind a request, on a socket that takes every write. */
function halfClosed({ method = 'GET', minor = 1, type = '' } = {}) {
  const socket = new Socket();
  const ends: HalfClosedEnd[] = [];
  const writes: string[] = [];
  const moved = { bytes: 0 };
  Object.defineProperty(socket, 'bytesWritten', { get: () => moved.bytes });
  Object.defineProperty(socket, 'writable', { value: true });
  vi.spyOn(socket, 'write').mockImplementation((text) => {
    writes.push(String(text));
    moved.bytes += String(text).length;
    return true;
  });
  const req = Object.assign(new IncomingMessage(socket), { method, httpVersionMinor: minor, url: '/mcp' });
  const res = new ServerResponse(req);
  vi.spyOn(socket, 'destroy').mockImplementation(() => {
    res.emit('close');
    return socket;
  });
  if (type !== '') res.writeHead(200, ['Content-Type', type]).flushHeaders();
  watchAfterFin(socket, res, HALF_CLOSED_MS, (end) => ends.push(end));
  return { socket, res, ends, writes, moved };
}

const HOUR = 3_600_000;

describe('a client that has sent its FIN', () => {
  it.each(['GET', 'POST'])(
    'is asked twice whether it is there, and then awaits its answer for as long as that takes (%s)',
    (method) => {
      const { ends, writes } = halfClosed({ method });
      vi.advanceTimersByTime(HOUR);
      expect(writes).toEqual(['HTTP/1.1 100 Continue\r\n\r\n', 'HTTP/1.1 100 Continue\r\n\r\n']);
      expect(ends).toEqual([]);
    },
  );

  it('is sent no 1xx and waits as long, if it speaks HTTP/1.0', () => {
    const { ends, writes } = halfClosed({ method: 'POST', minor: 0 });
    vi.advanceTimersByTime(HOUR);
    expect(writes).toEqual([]);
    expect(ends).toEqual([]);
  });

  it('is let go two minutes after the last byte of an answer that has begun', () => {
    const { ends, moved } = halfClosed({ method: 'POST', type: 'text/event-stream' });
    vi.advanceTimersByTime(HALF_CLOSED_MS - 1_000);
    moved.bytes += 1;
    vi.advanceTimersByTime(HALF_CLOSED_MS - 1_000);
    expect(ends).toEqual([]);
    vi.advanceTimersByTime(3_000);
    expect(ends).toEqual([{ kind: 'silent', seconds: 120 }]);
  });

  it('is kept while an answer goes on, however slow', () => {
    const { ends, moved } = halfClosed({ type: 'application/json' });
    for (let minute = 0; minute < 60; minute++) {
      vi.advanceTimersByTime(60_000);
      moved.bytes += 1;
    }
    expect(ends).toEqual([]);
  });

  it('is let go after a second of silence in an event stream it asked for with GET', () => {
    const { ends } = halfClosed({ type: 'text/event-stream; charset=utf-8' });
    vi.advanceTimersByTime(1_001);
    expect(ends).toEqual([{ kind: 'silent-stream' }]);
  });

  it('is told as gone when a write fails, once', () => {
    const { socket, res, ends } = halfClosed({ type: 'application/json' });
    socket.emit('error', Object.assign(new Error('broken'), { code: 'EPIPE' }));
    res.emit('close');
    vi.advanceTimersByTime(HOUR);
    expect(ends).toEqual([{ kind: 'gone', errno: 'EPIPE' }]);
  });
});

it.each([
  [
    'GET',
    'http://me:secret@nas.lan:81/path?token=t',
    { kind: 'answered' },
    'GET nas.lan:81 - half-closed client answered',
  ],
  [
    'POST',
    '/messages?sessionId=s',
    { kind: 'gone', errno: 'EPIPE' },
    'POST /messages - half-closed client gone: a write failed (EPIPE)',
  ],
  ['GET', '/sse', { kind: 'silent-stream' }, 'GET /sse - half-closed client let go: its event stream was silent'],
  [
    'PUT',
    'http://h',
    { kind: 'silent', seconds: 120 },
    'PUT h - half-closed client let go: nothing was written for 120 s',
  ],
] as const)('the log line of %s %s has no query and no userinfo', (method, url, end, line) => {
  const req = Object.assign(new IncomingMessage(new Socket()), { method, url });
  expect(halfClosedLine(req, end)).toBe(line);
});
