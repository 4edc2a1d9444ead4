import type { BoundedWarnings } from '../../log/index.ts';
import {
  type Frame,
  type JsonRpcId,
  type NotificationFrame,
  PendingRequests,
  type RequestId,
  type ResponseFrame,
} from '../../mcp/jsonrpc/index.ts';
import { warnUnexpected } from '../../servers/process/index.ts';
import type { LatencyHistogram } from '../context.ts';
import { isChange, progressTokenOf } from './messages.ts';
import type { PostResponse } from './post-response.ts';
import type { StandaloneStream } from './standalone.ts';

/** A request of the client that waits for its response. */
export interface Call extends RequestId {
  readonly answer: PostResponse;
  readonly progressToken: JsonRpcId | undefined;
  /** When it came in, in milliseconds as performance.now() tells it. */
  readonly since: number;
}

/** The requests of one session that wait for their responses, oldest first. */
export class OpenCalls extends PendingRequests<Call> {
  /** The answer that is to tell of the progress under this token. */
  withProgressToken(token: JsonRpcId): PostResponse | undefined {
    for (const { progressToken, answer } of this.values()) {
      if (progressToken === token && !answer.isBare) return answer;
    }
    return undefined;
  }

  /** The oldest answer whose client takes messages: the best guess for those that name no request. */
  listening(): PostResponse | undefined {
    for (const { answer } of this.values()) if (answer.isListening) return answer;
    return undefined;
  }
}

interface Destination {
  deliver(frames: readonly Frame[]): void;
}

/**
 * Which stream of its client each frame of a server belongs to. Every frame goes to exactly one (2025-11-25 transports, Multiple
 * connections).
 */
export class ResponseRouter {
  readonly #calls: OpenCalls;
  readonly #standalone: StandaloneStream;
  readonly #meter: LatencyHistogram;
  readonly #warnings: BoundedWarnings;

  constructor(calls: OpenCalls, standalone: StandaloneStream, meter: LatencyHistogram, warnings: BoundedWarnings) {
    this.#calls = calls;
    this.#standalone = standalone;
    this.#meter = meter;
    this.#warnings = warnings;
  }

  /** Hands each run of frames for one stream on in one piece. */
  route(frames: readonly Frame[]): void {
    let to: Destination | null = null;
    let run: Frame[] = [];
    let before: Frame | null = null;
    for (const said of frames) {
      const answered: Answered | null = said.kind === 'response' ? this.#answered(said) : null;
      const frame: Frame = answered?.frame ?? said;
      const asBefore = before !== null && goTogether(before, frame);
      const next: Destination | null = answered !== null ? answered.to : asBefore ? to : this.#destination(frame);
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

  #destination(frame: Frame): Destination {
    if (frame.kind === 'notification') {
      if (isChange(frame.method)) return this.#standalone;
      const token = isProgress(frame) ? progressTokenOf(frame) : undefined;
      const asked = token === undefined ? undefined : this.#calls.withProgressToken(token);
      if (asked !== undefined) return asked;
    }
    return this.#calls.listening() ?? this.#standalone;
  }

  #answered(answer: ResponseFrame): Answered {
    const match = this.#calls.match(answer);
    if (match.kind === 'unexpected' || answer.id === null) warnUnexpected(this.#warnings, answer);
    if (match.kind === 'found') {
      const { request, frame } = match;
      this.#meter.answered(performance.now() - request.since);
      return { frame, to: request.answer };
    }
    // An error without an id concerns a message the server could not read: some request's client should see it.
    return { frame: answer, to: answer.id === null ? (this.#calls.listening() ?? null) : null };
  }
}

interface Answered {
  readonly frame: Frame;
  /** Null when nothing waits for it. */
  readonly to: Destination | null;
}

/** Notifications of one kind in a row go the same way, unless each names the request it belongs to. */
function goTogether(one: Frame, next: Frame): boolean {
  return one.kind === 'notification' && next.kind === 'notification' && one.method === next.method && !isProgress(next);
}

function isProgress(frame: NotificationFrame): boolean {
  return frame.method === 'notifications/progress';
}
