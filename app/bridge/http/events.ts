import type { Frame } from '../frame/index.ts';

/** Names of events: `<stream>-<number>`, the numbers counting up from `first`. */
export interface EventIds {
  readonly stream: number;
  readonly first: number;
}

const EVENT_TEXT = 'event: message\ndata: ';

export const EVENT = Buffer.from(EVENT_TEXT);
export const EVENT_END = Buffer.from('\n\n');

/** Bytes of the number in an event id, and its line break. */
const LONGEST_NUMBER = 17;

/** The frames as `message` events in one piece, with ids if there are any. */
export function eventsOf(frames: readonly Frame[], ids: EventIds | null): Buffer {
  const id = ids === null ? null : `id: ${ids.stream}-`;
  const perFrame = (id === null ? 0 : id.length + LONGEST_NUMBER) + EVENT.length + EVENT_END.length;
  let length = frames.length * perFrame;
  for (const { bytes } of frames) length += bytes.length;
  // Events with ids are kept: a slice of Node's shared pool would keep much more than itself.
  const events = id === null ? Buffer.allocUnsafe(length) : Buffer.allocUnsafeSlow(length);
  let number = ids?.first ?? 0;
  let at = 0;
  for (const { bytes } of frames) {
    if (id === null) {
      events.set(EVENT, at);
      at += EVENT.length;
    } else {
      // In one call: each costs more than what it copies.
      at += events.write(`${id}${number++}\n${EVENT_TEXT}`, at, 'latin1');
    }
    events.set(bytes, at);
    at += bytes.length;
    events[at++] = 0x0a;
    events[at++] = 0x0a;
  }
  return events.subarray(0, at);
}

/** The part of events in one piece that begins with the one of this id. */
export function eventsFrom(events: Buffer, stream: number, number: number): Buffer {
  const id = `id: ${stream}-${number}\n`;
  // A frame is one line, so what begins behind a blank line is an event.
  return events.subarray(events.indexOf(id) === 0 ? 0 : events.indexOf(`\n\n${id}`) + EVENT_END.length);
}
