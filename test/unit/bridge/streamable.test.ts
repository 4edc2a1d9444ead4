import { describe, expect, test } from 'vitest';
import { SlabPool } from '../../../app/bridge/http/index.ts';
import { classify } from '../../../app/bridge/streamable/endpoint.ts';
import { eventPosition, type Missed, Replay } from '../../../app/bridge/streamable/replay.ts';
import { acceptedBy } from '../../../app/bridge/streamable/session-streams.ts';
import { textIn } from '../../../app/i18n/index.ts';
import { hasBatches, hasPriming } from '../../../app/mcp/protocol.ts';

const VERSION = 'io.modelcontextprotocol/protocolVersion';
const CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities';
const claim = { _meta: { [VERSION]: '2026-07-28', [CAPABILITIES]: {} } };

describe('the classifier', () => {
  const half = (body: unknown, header?: string) => {
    const classified = classify(body, header, textIn('en').bridge.invalid);
    return classified.half === 'neither' ? classified.error.code : classified.half;
  };

  test('goes by the claim in the body, whatever the header says', () => {
    expect(half({ id: 1, method: 'tools/list', params: claim })).toBe('stateless');
    expect(half({ id: 1, method: 'tools/list', params: claim }, '2025-06-18')).toBe('stateless');
    expect(half({ id: 1, method: 'tools/list', params: { _meta: { [VERSION]: '2025-06-18' } } })).toBe('stateless');
    expect(half({ id: 1, method: 'tools/list' }, '2025-06-18')).toBe('sessions');
    expect(half({ id: 1, method: 'tools/list', params: { _meta: { progressToken: 1 } } })).toBe('sessions');
  });

  test('takes initialize for a session unless its claim is whole', () => {
    const partial = { _meta: { [VERSION]: '2026-07-28' } };
    expect(half({ id: 1, method: 'initialize', params: { protocolVersion: '2025-06-18' } })).toBe('sessions');
    expect(half({ id: 1, method: 'initialize', params: partial })).toBe('sessions');
    expect(half({ id: 1, method: 'initialize', params: claim })).toBe('stateless');
    expect(half({ id: 1, method: 'initialize' }, '2026-07-28')).toBe(-32020);
  });

  test.each(['DRAFT-2026-v1', '2099-01-01', '2026-07-29', 'latest', ''])(
    'takes %j for no later revision',
    (unknown) => {
      expect(half({ id: 1, method: 'initialize', params: { protocolVersion: unknown } }, unknown)).toBe('sessions');
      expect(half({ id: 1, method: 'tools/list' }, unknown)).toBe('sessions');
      expect(half({ id: 1, method: 'initialize', params: { _meta: { ...claim._meta, [VERSION]: unknown } } })).toBe(
        'sessions',
      );
      expect(half({ id: 1, method: 'tools/list', params: { _meta: { [VERSION]: unknown } } })).toBe('stateless');
      expect(hasPriming(unknown)).toBe(false);
      expect(hasBatches(unknown)).toBe(true);
    },
  );

  test('leaves it to the stateless half to say what is missing under its header', () => {
    expect(half({ id: 1, method: 'tools/list' }, ' 2026-07-28 ')).toBe('stateless');
    expect(half({ method: 'notifications/cancelled' }, '2026-07-28')).toBe('stateless');
  });

  test('gives responses and batches to sessions, but no batch with a claim in it', () => {
    expect(half({ id: 1, result: {} }, '2026-07-28')).toBe('sessions');
    expect(half({ id: 1, error: {} })).toBe('sessions');
    expect(half([{ id: 1, method: 'ping' }])).toBe('sessions');
    expect(
      half([
        { id: 1, method: 'ping' },
        { id: 2, method: 'ping', params: claim },
      ]),
    ).toBe(-32600);
  });

  test('takes nothing that is no message', () => {
    for (const body of [null, 1, 'text', {}, { id: 1 }, { method: 1 }]) expect(half(body)).toBe(-32600);
  });
});

test('Accept is read with its ranges, parameters and refusals', () => {
  expect(acceptedBy(undefined)).toEqual({ json: true, stream: true });
  expect(acceptedBy('*/*')).toEqual({ json: true, stream: true });
  expect(acceptedBy('text/event-stream , Application/JSON; charset=utf-8')).toEqual({ json: true, stream: true });
  expect(acceptedBy('application/json')).toEqual({ json: true, stream: false });
  expect(acceptedBy('text/*;q=0.5')).toEqual({ json: false, stream: true });
  expect(acceptedBy('application/json;q=0, text/event-stream')).toEqual({ json: false, stream: true });
  expect(acceptedBy('text/html')).toEqual({ json: false, stream: false });
});

describe('the replay', () => {
  const frame = (size: number) => ({ kind: 'notification', method: 'x', bytes: Buffer.alloc(size, 'x') }) as const;
  const idsOf = ({ events }: Missed) =>
    events.flatMap(({ bytes }) => [...bytes.toString().matchAll(/^id: (.*)$/gm)].map(([, id]) => id));

  test('keeps the newest events up to its bytes, and knows what it gave up', () => {
    const replay = new Replay(() => 180, new SlabPool());
    for (let index = 0; index < 5000; index++) replay.add(index % 2, [frame(10)]);
    expect(replay.newest).toBe(5000);
    const kept = replay.since({ stream: 1, number: 0 });
    expect(kept.isComplete).toBe(false);
    expect(idsOf(kept)).toEqual(['1-4998', '1-5000']);
    const rest = replay.since({ stream: 1, number: 4996 });
    expect([rest.isComplete, idsOf(rest)]).toEqual([true, ['1-4998', '1-5000']]);
  });

  test('goes on in the middle of what was sent in one piece', () => {
    const replay = new Replay(() => 1000, new SlabPool());
    const bytes = Buffer.from('{"text":"id: 2-2\\n\\nid: 2-3\\n"}');
    replay.add(2, [{ ...frame(1), bytes }, frame(1), { ...frame(1), bytes }]);
    const [rest] = replay.since({ stream: 2, number: 1 }).events;
    expect(rest?.bytes.toString()).toBe(
      `id: 2-2\nevent: message\ndata: x\n\nid: 2-3\nevent: message\ndata: ${bytes}\n\n`,
    );
    expect(idsOf(replay.since({ stream: 2, number: 0 }))).toEqual(['2-1', '2-2', '2-3']);
    expect(idsOf(replay.since({ stream: 2, number: 2 }))).toEqual(['2-3']);
    expect(idsOf(replay.since({ stream: 2, number: 3 }))).toEqual([]);
  });

  test('does not keep what is larger than all it may keep', () => {
    const replay = new Replay(() => 100, new SlabPool());
    replay.add(1, [frame(10)]);
    expect(replay.add(1, [frame(1000)])).toEqual({ ids: { stream: 1, first: 2 } });
    expect(replay.since({ stream: 1, number: 1 }).isComplete).toBe(false);
    expect(replay.since({ stream: 1, number: 2 })).toEqual({ isComplete: true, events: [] });
  });

  test('gives all of its memory back at its end, and keeps nothing that comes later', () => {
    const slabs = new SlabPool();
    const replay = new Replay(() => 1000, slabs);
    const named = replay.add(1, [frame(10)]);
    replay.end();
    expect(replay.add(1, [frame(10)])).toEqual({ ids: { stream: 1, first: 2 } });
    expect(replay.since({ stream: 1, number: 0 })).toEqual({ isComplete: false, events: [] });
    expect('events' in named && named.events.bytes.buffer).toBe(slabs.take().buffer);
  });

  test('names events that carry nothing, too', () => {
    const replay = new Replay(() => 100, new SlabPool());
    replay.mark(3);
    replay.add(3, [frame(1)]);
    expect([replay.mark(0), idsOf(replay.since({ stream: 3, number: 1 }))]).toEqual(['0-3', ['3-2']]);
    expect(['3-1', '3', '3-', '-1-1', '3-1-1', ' 3-1', '3-99999999999999999'].map(eventPosition)).toEqual([
      { stream: 3, number: 1 },
      ...Array(6).fill(null),
    ]);
  });
});
