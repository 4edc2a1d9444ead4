import type { Frame, JsonRpcId, NotificationFrame } from '../frame/index.ts';
import type { Meter } from '../meter.ts';
import type { Calls } from './calls.ts';
import { isChange, progressTokenOf } from './server-message.ts';
import type { StandaloneStream } from './standalone.ts';

interface Destination {
  deliver(frames: readonly Frame[]): void;
}

/**
 * Which stream of its client each frame of a server belongs to. Every frame goes to exactly one (2025-11-25 transports, Multiple
 * connections).
 */
export class Router {
  readonly #calls: Calls;
  readonly #standalone: StandaloneStream;
  readonly #meter: Meter;

  constructor(calls: Calls, standalone: StandaloneStream, meter: Meter) {
    this.#calls = calls;
    this.#standalone = standalone;
    this.#meter = meter;
  }

  /** Hands each run of frames for one stream on in one piece. */
  route(frames: readonly Frame[]): void {
    let to: Destination | null = null;
    let run: Frame[] = [];
    let before: Frame | null = null;
    for (const frame of frames) {
      const next: Destination | null = before !== null && goTogether(before, frame) ? to : this.#destination(frame);
      before = frame;
      if (next !== to && run.length > 0) {
        to?.deliver(run);
        run = [];
      }
      to = next;
      run.push(frame);
    }
    to?.deliver(run);
  }

  /** Null when nobody waits for it any more: the answer to a request that was cancelled. */
  #destination(frame: Frame): Destination | null {
    switch (frame.kind) {
      case 'response':
        return this.#destinationOfResponse(frame.id);
      case 'request':
        return this.#calls.listening() ?? this.#standalone;
      case 'notification': {
        if (isChange(frame.method)) return this.#standalone;
        const token = isProgress(frame) ? progressTokenOf(frame) : undefined;
        const asked = token === undefined ? undefined : this.#calls.withProgressToken(token);
        return asked ?? this.#calls.listening() ?? this.#standalone;
      }
      default:
        return frame satisfies never;
    }
  }

  #destinationOfResponse(id: JsonRpcId): Destination | null {
    const call = this.#calls.take(id);
    if (call !== undefined) {
      this.#meter.answered(performance.now() - call.since);
      return call.answer;
    }
    // An error without an id concerns a message the server could not read: some request's client should see it.
    return id === null ? (this.#calls.listening() ?? null) : null;
  }
}

/** Notifications of one kind in a row go the same way, unless each names the request it belongs to. */
function goTogether(one: Frame, next: Frame): boolean {
  return one.kind === 'notification' && next.kind === 'notification' && one.method === next.method && !isProgress(next);
}

function isProgress(frame: NotificationFrame): boolean {
  return frame.method === 'notifications/progress';
}
