import type { Readable, Writable } from 'node:stream';
import {
  errorFrame,
  type Frame,
  frameFrom,
  type JsonRpcError,
  type JsonRpcId,
  LineSplitter,
  memberOf,
  parsedJson,
  type RequestFrame,
  type ResponseFrame,
  RPC,
  writeLines,
} from '../bridge/frame/index.ts';
import type { Text } from '../text/index.ts';
import { Connection } from './connection.ts';
import { Held, type HeldTimes } from './held.ts';
import type { Link, Refusal } from './link.ts';
import { cancelledId, notification, SessionMemory } from './memory.ts';
import type { Place } from './place.ts';

export interface ShimOptions {
  /** Name of the server; null is the default one. */
  readonly server: string | null;
  /** Where the app is, asked before each attempt. */
  readonly place: () => Place;
  readonly input: Readable;
  readonly output: Writable;
  readonly words: Text['shim'];
  /** The app was asked to start and may take a while. */
  readonly starting: boolean;
  readonly times: ShimTimes;
  /** One line for whoever reads the client's log. */
  readonly say: (line: string) => void;
}

export interface ShimTimes extends HeldTimes {
  /** How long answers may take after the end of the input, in milliseconds. */
  readonly lastAnswers: number;
}

export const SHIM_TIMES: ShimTimes = { patience: 10_000, shortPatience: 1500, lastAnswers: 10_000 };

type Phase =
  | { readonly kind: 'away' }
  /** There is a new server, to which the handshake is repeated. */
  | { readonly kind: 'restoring'; readonly link: Link }
  | { readonly kind: 'open'; readonly link: Link };

/** Bytes: as long as any limit that can be set in the app, which is the one to judge. */
const LINE_LIMIT = 1024 * 1024 * 1024;

/** Answered only when the subscription ends: nothing to wait for (2026-07-28, basic/patterns/subscriptions). */
const ENDLESS = 'subscriptions/listen';

/**
 * client <- stdin, stdout -> us <- connection -> MCP Gangway -> child. Frames pass as they are. We know which requests are on their
 * way, so that none is left without an answer, and what the client has told its server, so that a restart of the app costs the
 * session nothing but what the old process kept in memory.
 */
export class Shim {
  readonly #options: ShimOptions;
  readonly #connection: Connection;
  readonly #held: Held;
  readonly #memory = new SessionMemory();
  readonly #lines: LineSplitter;
  /** Requests of the client that the server has. */
  readonly #inFlight = new Map<JsonRpcId, RequestFrame>();
  /** Requests of the server that the client has. An answer to any other was meant for a server that is gone. */
  readonly #asked = new Set<JsonRpcId>();
  /** Ids of our own requests to the server. */
  readonly #own = new Set<JsonRpcId>();
  readonly #ended = Promise.withResolvers<void>();
  #phase: Phase = { kind: 'away' };
  #lastId = 0;
  #why: JsonRpcError;
  #said = '';
  /** The new server did not take the session up. It is not asked again before the client has a reason to. */
  #isBroken = false;
  #inputEnded = false;

  constructor(options: ShimOptions) {
    const { words, starting, place, server, times } = options;
    this.#options = options;
    this.#why = unavailable((starting ? words.starting : words.notRunning)(placeOf(place())));
    this.#held = new Held(times, (requests) => this.#refuse(requests, this.#why));
    this.#lines = new LineSplitter(() => LINE_LIMIT, {
      garbage: () => this.#toClient([errorFrame(null, { code: RPC.parseError, message: 'Parse error' })]),
      oversized: () => null,
    });
    this.#connection = new Connection(place, server, {
      opened: (link) => this.#opened(link),
      frames: (frames) => this.#fromServer(frames),
      drained: () => this.#options.input.resume(),
      lost: () => this.#lost(),
      refused: (why) => this.#refused(why),
      wanted: () => this.#held.hasRequests || (this.#memory.established && !this.#isBroken),
    });
  }

  /** Resolves when there is nothing left to do: the input has ended and its requests are answered, or nobody reads the answers. */
  run(): Promise<void> {
    const { input, output } = this.#options;
    this.#held.outage();
    this.#connection.hurry();
    input.on('data', (chunk: Buffer) => this.#fromClient(this.#lines.push(chunk)));
    input.once('end', () => this.#endOfInput());
    input.once('close', () => this.#endOfInput());
    input.on('error', () => this.#endOfInput());
    output.on('drain', () => this.#link?.resume());
    output.on('error', () => this.end());
    return this.#ended.promise;
  }

  /** Ends now. */
  end(): void {
    this.#connection.end();
    this.#held.over();
    this.#ended.resolve();
  }

  get #link(): Link | null {
    return this.#phase.kind === 'away' ? null : this.#phase.link;
  }

  #fromClient(frames: readonly Frame[]): void {
    const passing = frames.filter((frame) => {
      this.#memory.fromClient(frame);
      if (this.#phase.kind === 'open') return this.#passes(frame);
      this.#hold(frame);
      return false;
    });
    if (this.#phase.kind === 'open' && passing.length > 0) this.#send(this.#phase.link, passing);
    else if (this.#held.hasRequests) this.#connection.hurry();
  }

  #send(link: Link, frames: readonly Frame[]): void {
    link.send(frames);
    if (link.congested) this.#options.input.pause();
  }

  /** Takes note of a frame on its way to the server; false when there it has no meaning any more. */
  #passes(frame: Frame): boolean {
    switch (frame.kind) {
      case 'request':
        this.#inFlight.set(frame.id, frame);
        return true;
      case 'response':
        return this.#asked.delete(frame.id);
      case 'notification':
        if (frame.method === 'notifications/cancelled') this.#inFlight.delete(cancelledId(frame) ?? null);
        return true;
      default:
        return frame satisfies never;
    }
  }

  #hold(frame: Frame): void {
    if (frame.kind === 'response') {
      // The new server may ask before the session is restored.
      if (this.#phase.kind === 'restoring' && this.#asked.delete(frame.id)) this.#send(this.#phase.link, [frame]);
    } else if (frame.kind === 'request') {
      // Whether we are there. A client that heard nothing for ten seconds might give the whole server up.
      if (frame.method === 'ping' && this.#memory.established) this.#toClient([emptyResult(frame)]);
      else this.#held.add(frame);
    } else if (frame.method === 'notifications/cancelled') {
      this.#held.remove(cancelledId(frame) ?? null);
    } else if (frame.method !== 'notifications/progress' && !this.#memory.established) {
      this.#held.add(frame);
    }
  }

  #opened(link: Link): void {
    this.#held.over();
    const { initialize, established } = this.#memory;
    if (!established || initialize === null) {
      this.#flow(link);
      return;
    }
    this.#phase = { kind: 'restoring', link };
    link.send([initialize]);
  }

  #flow(link: Link): void {
    this.#phase = { kind: 'open', link };
    this.#said = '';
    this.#isBroken = false;
    const frames = this.#held.take().filter((frame) => this.#passes(frame));
    if (frames.length > 0) this.#send(link, frames);
  }

  #fromServer(frames: readonly Frame[]): void {
    const passing = frames.filter((frame) => {
      switch (frame.kind) {
        case 'request':
          this.#asked.add(frame.id);
          return true;
        case 'notification':
          if (frame.method === 'notifications/cancelled') this.#asked.delete(cancelledId(frame) ?? null);
          return true;
        case 'response':
          return this.#answered(frame);
        default:
          return frame satisfies never;
      }
    });
    if (passing.length > 0) this.#toClient(passing);
    this.#endIfDone();
  }

  /** False for what only we have asked. */
  #answered(frame: ResponseFrame): boolean {
    if (this.#own.delete(frame.id)) return false;
    if (this.#phase.kind === 'restoring' && frame.id === this.#memory.initialize?.id) {
      this.#restored(this.#phase.link, frame);
      return false;
    }
    const request = this.#inFlight.get(frame.id);
    this.#inFlight.delete(frame.id);
    if (request?.method === 'initialize') this.#memory.accepted(frame.bytes);
    return true;
  }

  #restored(link: Link, answer: ResponseFrame): void {
    const { words } = this.#options;
    const memory = this.#memory;
    const isSame = memory.isSameRevision(answer.bytes);
    if (!isSame || !memory.accepted(answer.bytes)) {
      const error = parsedJson(memberOf(answer.bytes, 'error'));
      const reason = typeof Object(error).message === 'string' ? `${Object(error).message}` : words.otherRevision;
      this.#isBroken = true;
      this.#fail(unavailable(words.notRestored(reason)));
      this.#connection.drop();
      return;
    }
    const ownId = () => `mcp-gangway:${++this.#lastId}`;
    const again = framesOf(memory.afterHandshake(ownId));
    for (const frame of again) if (frame.kind === 'request') this.#own.add(frame.id);
    link.send(again);
    this.#say(words.reconnected);
    this.#toClient(framesOf(memory.news(words.reconnected)));
    this.#flow(link);
  }

  /** Whoever waits for an answer is told, whoever was asked need not answer, and a handshake under way begins anew. */
  #lost(): void {
    const { words, server } = this.#options;
    this.#phase = { kind: 'away' };
    this.#options.input.resume();
    this.#held.outage();
    this.#why = unavailable(words.notRunning(placeOf(this.#options.place())));
    const handshake = [...this.#inFlight.values()].find(({ method }) => method === 'initialize');
    if (handshake !== undefined && this.#inFlight.delete(handshake.id)) this.#held.addFirst(handshake);
    const requests = [...this.#inFlight.values()];
    this.#inFlight.clear();
    const reason = words.cancelled;
    const taken = [...this.#asked].map((requestId) => notification('notifications/cancelled', { requestId, reason }));
    this.#asked.clear();
    this.#own.clear();
    this.#toClient(framesOf(taken));
    this.#refuse(requests, { code: RPC.internalError, message: words.lost, data: { server } });
  }

  #refused(why: Refusal): void {
    const { words, place, starting } = this.#options;
    const where = placeOf(place());
    switch (why.kind) {
      case 'unreachable':
        this.#why = unavailable((starting ? words.starting : words.notRunning)(where), { cause: why.code });
        this.#say(this.#why.message);
        break;
      case 'answered':
        if (why.passing) this.#why = why.error;
        else this.#fail(why.error);
        break;
      case 'stranger':
        this.#fail(unavailable(words.stranger(where)));
        break;
      case 'token':
        this.#fail(unavailable(place().token === null ? words.tokenNeeded : words.tokenWrong));
        break;
      default:
        why satisfies never;
    }
  }

  /** Waiting does not help: those who wait are told at once. */
  #fail(why: JsonRpcError): void {
    this.#why = why;
    this.#say(why.message);
    this.#refuse(this.#held.takeRequests(), why);
  }

  #refuse(requests: readonly RequestFrame[], why: JsonRpcError): void {
    this.#toClient(requests.map(({ id }) => errorFrame(id, why)));
    this.#endIfDone();
  }

  #toClient(frames: readonly Frame[]): void {
    const { output } = this.#options;
    if (frames.length === 0 || !output.writable) return;
    writeLines(output, frames);
    if (output.writableNeedDrain) this.#link?.pause();
  }

  /** Each thing once, however often it is tried. */
  #say(sentence: string): void {
    if (sentence !== this.#said) this.#options.say(sentence);
    this.#said = sentence;
  }

  #endOfInput(): void {
    if (this.#inputEnded) return;
    this.#inputEnded = true;
    setTimeout(() => this.end(), this.#options.times.lastAnswers).unref();
    this.#endIfDone();
  }

  #endIfDone(): void {
    if (!this.#inputEnded || this.#held.hasRequests) return;
    if ([...this.#inFlight.values()].every(({ method }) => method === ENDLESS)) this.end();
  }
}

function placeOf({ host, port }: Place): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function unavailable(message: string, data?: object): JsonRpcError {
  return { code: RPC.badRequest, message, ...(data === undefined ? {} : { data }) };
}

function emptyResult({ bytes, id }: RequestFrame): ResponseFrame {
  const idText = memberOf(bytes, 'id') ?? Buffer.from('null');
  const text = Buffer.concat([Buffer.from('{"jsonrpc":"2.0","id":'), idText, Buffer.from(',"result":{}}')]);
  return { kind: 'response', id, bytes: text };
}

function framesOf(messages: readonly Buffer[]): readonly Frame[] {
  return messages.flatMap((bytes) => frameFrom(bytes) ?? []);
}
