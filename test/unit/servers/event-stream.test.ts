import { describe, expect, test } from 'vitest';
import { EventStreamReader } from '../../../app/servers/remote/event-stream.ts';

interface Told {
  readonly events: string[];
  readonly ids: string[];
  readonly retries: number[];
  readonly dropped: string[];
}

/** Every read is a view of the same memory, as those of a connection are. */
function read(stream: string | Buffer, cut: number, limit = 1000): Told {
  const told: Told = { events: [], ids: [], retries: [], dropped: [] };
  const events: { readonly type: string; readonly data: Buffer }[] = [];
  const reader = new EventStreamReader(() => limit, {
    event: (type, data) => events.push({ type, data }),
    id: (id) => told.ids.push(id),
    retry: (milliseconds) => told.retries.push(milliseconds),
    oversized: (start, end) => told.dropped.push(`${start.subarray(0, 8)}…${end.subarray(-4)}`),
  });
  const bytes = Buffer.from(stream);
  const memory = Buffer.alloc(cut);
  for (let at = 0; at < bytes.length; at += cut) reader.push(memory.subarray(0, bytes.copy(memory, 0, at, at + cut)));
  memory.fill('?');
  for (const { type, data } of events) told.events.push(`${type}|${data}`);
  return told;
}

describe('An event stream', () => {
  const cuts = [1, 2, 3, 7, 1000];

  test.each(['\n', '\r', '\r\n'])('with lines that end in %j is read alike at every cut', (end) => {
    const lines = [
      ': hello',
      'event: message',
      'id: 1',
      'data: {"a":1}',
      '',
      'data:{"b":',
      'data: 2}',
      'retry: 500',
      '',
      '',
    ];
    for (const cut of cuts) {
      expect(read(lines.join(end), cut)).toEqual({
        events: ['message|{"a":1}', '|{"b": 2}'],
        ids: ['1'],
        retries: [500],
        dropped: [],
      });
    }
  });

  test('counts the lines of an event, however little they hold', () => {
    const { events } = read(`${'data:\n'.repeat(90)}data: 1\n\n`, 100, 100);
    expect(events).toEqual([`|${' '.repeat(90)}1`]);
    expect(read(`${'data:\n'.repeat(200)}\ndata: next\n\n`, 100, 100)).toMatchObject({
      events: ['|next'],
      dropped: ['…ata:'],
    });
  });

  test('brings an event of megabytes as it was sent, and the one behind it', () => {
    const text = JSON.stringify(Array.from({ length: 200_000 }, (_, at) => at));
    const told = read(`data: ${text}\n\ndata: next\n\n`, 64 * 1024, 10_000_000);
    expect(told.events.map((event) => event.length)).toEqual([text.length + 1, 5]);
    expect(told.events).toEqual([`|${text}`, '|next']);
    const dropped = read(`data: ${text}\n\ndata: next\n\n`, 64 * 1024, 1_200_000);
    expect(dropped).toMatchObject({ events: ['|next'], dropped: ['[0,1,2,3…999]'] });
  });

  test('may begin with a byte order mark, and have fields that mean nothing', () => {
    for (const cut of cuts) expect(read('\ufeffdata: é\nfoo: bar\nbaz\n\n', cut).events).toEqual(['|é']);
  });

  test('primes with an id and no data: the id is told, and an empty event', () => {
    expect(read('id: e1\ndata:\n\n', 1000)).toMatchObject({ events: ['|'], ids: ['e1'] });
    expect(read('id: e2\n\n', 1000)).toMatchObject({ events: [], ids: ['e2'] });
  });

  test('has no place to go on from at an id of more than 4 KB, which would have to be remembered and sent back', () => {
    const told = read(`id: 1\ndata: a\n\nid: ${'x'.repeat(4097)}\ndata: b\n\n`, 1000, 100_000);
    expect(told).toMatchObject({ events: ['|a', '|b'], ids: ['1', ''] });
    expect(read(`id: ${'x'.repeat(4096)}\n\n`, 1000, 100_000).ids[0]).toHaveLength(4096);
  });

  test('that ends in the middle of an event does not tell it', () => {
    expect(read('data: whole\n\ndata: half\n', 1000).events).toEqual(['|whole']);
  });

  test('drops an event over the limit, tells its first and last bytes, and reads on', () => {
    for (const cut of [7, 100, 100_000]) {
      const { events, dropped } = read(`data: ${'x'.repeat(50_000)}last\n\ndata: next\n\n`, cut, 10_000);
      expect(dropped).toEqual(['xxxxxxxx…last']);
      expect(events).toEqual(['|next']);
    }
  });
});
