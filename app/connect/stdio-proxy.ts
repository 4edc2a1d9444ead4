import { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { isCongested } from '../base/back-pressure.ts';
import { readRaw, sharedReadBuffer } from '../base/raw-reads.ts';
import { isObject } from '../base/schema/index.ts';
import { SERVER_ENDED } from '../base/stdio-upgrade.ts';
import type { Text } from '../i18n/index.ts';
import {
  CODE,
  editMembers,
  emptyResult,
  errorFrame,
  type Frame,
  frameFrom,
  type JsonRpcError,
  LineSplitter,
  memberOf,
  parsedJson,
  type RequestFrame,
  type ResponseFrame,
  writeLines,
} from '../mcp/jsonrpc/index.ts';
import type { Place } from './discovery-file.ts';
import { OutageQueue, type OutageTimes, Reconnector } from './outage.ts';
import { cancelledId, notification, OpenRequests, SessionState } from './session-state.ts';
import {
  type Absence,
  absentError,
  type ConnectFailure,
  type Dial,
  reasonFor,
  type Transport,
  unavailable,
} from './transport.ts';

export interface StdioProxyOptions {
  /** Name of the server; null is the default one. */
  readonly server: string | null;
  /** Opens a connection, at each attempt. */
  readonly dial: Dial;
  /** Where the app is, or should be, for what is said of it. */
  readonly place: () => Place;
  /** Whether the app runs and is switched off. */
  readonly isOff: () => boolean;
  /** Opens the app; null when that is not wanted. Called once at most, and never when the app has been there before. */
  readonly startApp: (() => void) | null;
  readonly input: Readable;
  readonly output: Writable;
  readonly words: Text['shim'];
  readonly times: StdioProxyTimes;
  /** One line for the client's log. */
  readonly say: (line: string) => void;
}

export interface StdioProxyTimes extends OutageTimes {
  /** How long answers may take after the end of the input, in milliseconds. */
  readonly lastAnswers: number;
}

export const SHIM_TIMES: StdioProxyTimes = { patience: 10_000, shortPatience: 1500, lastAnswers: 60_000 };

/** `unused`: there was no connection, and the client has asked for nothing, so that no answer of ours says why. */
export type Outcome = 'done' | 'unused';

type Phase =
  | { readonly kind: 'away' }
  /** There is a new server, to which the handshake is repeated. */
  | { readonly kind: 'restoring'; readonly link: Transport }
  | { readonly kind: 'open'; readonly link: Transport }
  /** Its server has ended, and what was asked of it is being answered: what the client says from now on is for the next one. */
  | { readonly kind: 'ended'; readonly link: Transport };

/** Bytes: as long as any limit that can be set in the app, which is the one to judge. */
const LINE_LIMIT = 1024 * 1024 * 1024;

/**
 * Milliseconds after a new server process in which its end brings no further one before the client asks for something. Two clients
 * of a server that allows one process of itself, and ends the older one, would else take it from each other for ever.
 */
const RESTORED_ONCE = 60_000;

/** Milliseconds between two looks at the output after the input has ended. */
const PROBE = 1000;

/**
 * client <- stdin, stdout -> us <- connection -> MCP Gangway -> child. Frames pass as they are. We know which requests are on their
 * way, so that none is left without an answer, and what the client has told its server, so that a restart of the app costs the
 * session nothing but what the old process kept in memory.
 */
export class StdioProxy {
  readonly #options: StdioProxyOptions;
  readonly #connection: Reconnector;
  readonly #held: OutageQueue;
  readonly #memory = new SessionState();
  readonly #lines: LineSplitter;
  readonly #open = new OpenRequests();
  readonly #ended = Promise.withResolvers<Outcome>();
  #phase: Phase = { kind: 'away' };
  #lastId = 0;
  #why: JsonRpcError;
  #said = '';
  #start: 'possible' | 'begun' | 'over' = 'possible';
  /** The new server did not take the session up. It is not asked again before the client has a reason to. */
  #isBroken = false;
  #inputEnded = false;
  /** What has come of the attempts to connect; null before the first has ended. */
  #found: 'gateway' | 'nothing' | null = null;
  /** The client has asked for something. */
  #wasAsked = false;
  #lastAnswers: NodeJS.Timeout | null = null;
  #probe: NodeJS.Timeout | null = null;
  /** Why the server of the last connection ended; null when the connection broke with no word of that. */
  #serverEnd: string | null = null;
  /** When a server that had ended was last followed by a new one, as performance.now() tells it. */
  #replacedAt = Number.NEGATIVE_INFINITY;
  /** The server has ended again soon after that: the next one is for a request. */
  #isSpent = false;

  constructor(options: StdioProxyOptions) {
    const { dial, place, server, times, words } = options;
    this.#options = options;
    this.#why = absentError(this.#absence(), place(), words);
    this.#held = new OutageQueue(times, (requests) => this.#refuse(requests, this.#why));
    this.#lines = new LineSplitter(
      () => LINE_LIMIT,
      {
        garbage: () => this.#toClient([errorFrame(null, { code: CODE.parseError, message: 'Parse error' })]),
        oversized: () => null,
      },
      { from: 'client', readsViews: true },
    );
    this.#connection = new Reconnector(dial, server, {
      opened: (link) => this.#opened(link),
      frames: (frames) => this.#fromServer(frames),
      drained: () => this.#options.input.resume(),
      lost: () => this.#lost(),
      refused: (why) => this.#refused(why),
      wanted: () => this.#held.hasRequests || (this.#memory.established && !this.#isBroken && !this.#isSpent),
    });
  }

  /** Resolves when there is nothing left to do: the input has ended and its requests are answered, or its output is closed. */
  run(): Promise<Outcome> {
    const { input, output } = this.#options;
    this.#held.outage();
    this.#connection.hurry();
    const take = (chunk: Buffer) => this.#fromClient(this.#lines.push(chunk));
    if (input instanceof Socket) {
      readRaw(input, {
        next: () => sharedReadBuffer,
        read: (bytes, buffer) => {
          take(buffer.subarray(0, bytes));
          return true;
        },
      });
    }
    input.on('data', take);
    input.once('end', () => this.#endOfInput());
    input.once('close', () => this.#endOfInput());
    input.on('error', () => this.#endOfInput());
    output.on('drain', () => this.#link?.resume());
    output.on('error', () => this.end());
    output.once('close', () => this.end());
    return this.#ended.promise;
  }

  /** Ends now. */
  end(): void {
    if (this.#lastAnswers !== null) clearTimeout(this.#lastAnswers);
    if (this.#probe !== null) clearInterval(this.#probe);
    this.#connection.end();
    this.#held.over();
    this.#ended.resolve(this.#found === 'nothing' && !this.#wasAsked ? 'unused' : 'done');
  }

  get #link(): Transport | null {
    return this.#phase.kind === 'away' ? null : this.#phase.link;
  }

  #fromClient(frames: readonly Frame[]): void {
    const passing = frames
      .map((frame) => this.#withoutStrayId(frame))
      .filter((frame) => {
        this.#memory.fromClient(frame);
        if (frame.kind === 'request') this.#wasAsked = true;
        if (this.#phase.kind === 'open') return this.#open.toServer(frame);
        this.#hold(frame);
        return false;
      });
    if (this.#phase.kind === 'open' && passing.length > 0) this.#send(this.#phase.link, passing);
    else if (this.#held.hasRequests) this.#connection.hurry();
  }

  /** A notification with an id is a request to the client that sent it: it is answered here, and the server gets it as it should be. */
  #withoutStrayId(frame: Frame): Frame {
    const id = frame.kind === 'notification' ? memberOf(frame.bytes, 'id') : undefined;
    if (id === undefined) return frame;
    const answer = emptyResult(id);
    if (answer.id !== null) this.#toClient([answer]);
    return { ...frame, bytes: editMembers(frame.bytes, new Map([['id', null]])) };
  }

  #send(link: Transport, frames: readonly Frame[]): void {
    link.send(frames);
    if (link.congested) this.#options.input.pause();
  }

  #hold(frame: Frame): void {
    if (frame.kind === 'response') {
      // The new server may ask before the session is restored.
      if (this.#phase.kind === 'restoring' && this.#open.toServer(frame)) this.#send(this.#phase.link, [frame]);
    } else if (frame.kind === 'request') {
      // Whether we are there. A client that heard nothing for ten seconds might give the whole server up.
      if (frame.method === 'ping' && this.#memory.established)
        this.#toClient([emptyResult(memberOf(frame.bytes, 'id') ?? Buffer.from('null'))]);
      else this.#held.add(frame);
    } else if (frame.method === 'notifications/cancelled') {
      this.#held.remove(cancelledId(frame) ?? null);
    } else if (frame.method !== 'notifications/progress' && !this.#memory.established) {
      this.#held.add(frame);
    }
  }

  #opened(link: Transport): void {
    this.#found = 'gateway';
    this.#held.over();
    this.#start = 'over';
    const { initialize, established } = this.#memory;
    if (!established || initialize === null) {
      this.#flow(link);
      this.#endIfDone();
      return;
    }
    this.#phase = { kind: 'restoring', link };
    link.send([initialize]);
  }

  #flow(link: Transport): void {
    this.#phase = { kind: 'open', link };
    this.#said = '';
    this.#isBroken = false;
    this.#isSpent = false;
    const frames = this.#held.take().filter((frame) => this.#open.toServer(frame));
    if (frames.length > 0) this.#send(link, frames);
  }

  #fromServer(frames: readonly Frame[]): void {
    const passing = frames.filter((frame) => {
      if (frame.kind === 'response') return this.#answered(frame);
      if (frame.kind === 'notification' && frame.method === SERVER_ENDED) {
        this.#serverEnd = endedMessage(frame.bytes);
        if (this.#phase.kind === 'open') this.#phase = { kind: 'ended', link: this.#phase.link };
        return false;
      }
      this.#open.toClient(frame);
      return true;
    });
    if (passing.length > 0) this.#toClient(passing);
    this.#endIfDone();
  }

  /** False for what only we have asked. */
  #answered(frame: ResponseFrame): boolean {
    if (this.#open.isOwn(frame.id)) return false;
    if (this.#phase.kind === 'restoring' && frame.id === this.#memory.initialize?.id) {
      this.#restored(this.#phase.link, frame);
      return false;
    }
    const request = this.#open.answered(frame.id);
    if (request?.method === 'initialize') this.#memory.accepted(frame.bytes);
    return true;
  }

  #restored(link: Transport, answer: ResponseFrame): void {
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
    for (const frame of again) if (frame.kind === 'request') this.#open.addOwn(frame.id);
    link.send(again);
    if (this.#serverEnd !== null) this.#replacedAt = performance.now();
    const news = this.#serverEnd === null ? words.reconnected : words.newServer(this.#serverEnd);
    this.#serverEnd = null;
    this.#say(news);
    this.#toClient(framesOf(memory.news(news)));
    this.#flow(link);
  }

  /** Waiting requests are answered with an error, requests of the server are withdrawn, and a handshake under way begins anew. */
  #lost(): void {
    const { words, server, place, input } = this.#options;
    this.#phase = { kind: 'away' };
    input.resume();
    const reason = this.#serverEnd ?? words.cancelled;
    this.#why = this.#serverEnd === null ? absentError(this.#absence(), place(), words) : unavailable(this.#serverEnd);
    this.#isSpent = this.#serverEnd !== null && performance.now() - this.#replacedAt < RESTORED_ONCE;
    if (this.#isSpent) this.#say(words.waitsForRequest(this.#why.message));
    this.#held.outage();
    const { handshake, unanswered, withdrawn } = this.#open.lost();
    if (handshake !== undefined) this.#held.addFirst(handshake);
    const notices = withdrawn.map((requestId) => notification('notifications/cancelled', { requestId, reason }));
    this.#toClient(framesOf(notices));
    this.#refuse(unanswered, { code: CODE.internalError, message: this.#serverEnd ?? words.lost, data: { server } });
  }

  #refused(refusal: ConnectFailure): void {
    const { words, place } = this.#options;
    this.#found ??= 'nothing';
    if (refusal.kind === 'unreachable') this.#tryToStart();
    const { error, passing } = reasonFor(refusal, this.#absence(), place(), words);
    if (passing) {
      this.#why = error;
      this.#say(error.message);
      this.#endIfDone();
    } else {
      this.#fail(error);
    }
  }

  #tryToStart(): void {
    const { startApp, isOff } = this.#options;
    if (startApp === null || this.#start !== 'possible' || isOff()) return;
    this.#start = 'begun';
    startApp();
  }

  #absence(): Absence {
    if (this.#options.isOff()) return 'off';
    return this.#start === 'begun' ? 'starting' : 'not-running';
  }

  /** Waiting does not help: held requests are refused at once. */
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
    if (isCongested(output)) this.#link?.pause();
  }

  /** Each thing once, however often it is tried. */
  #say(sentence: string): void {
    if (sentence !== this.#said) this.#options.say(sentence);
    this.#said = sentence;
  }

  #endOfInput(): void {
    if (this.#inputEnded) return;
    this.#inputEnded = true;
    this.#fromClient(this.#lines.end());
    this.#lastAnswers = setTimeout(() => this.#giveUp(), this.#options.times.lastAnswers);
    this.#probe = setInterval(() => this.#touchOutput(), PROBE);
    this.#endIfDone();
  }

  /** The client has had its time: every request of it gets an answer all the same. */
  #giveUp(): void {
    const { words, times, server } = this.#options;
    const { handshake, unanswered } = this.#open.lost();
    const requests = [...(handshake === undefined ? [] : [handshake]), ...unanswered, ...this.#held.takeRequests()];
    const message = words.noAnswerAfterEnd(Math.round(times.lastAnswers / 1000));
    this.#toClient(requests.map(({ id }) => errorFrame(id, { code: CODE.internalError, message, data: { server } })));
    this.end();
  }

  /**
   * Whether the client that ended its input still reads: a pipe tells only those who write to it. A space in front of the next message
   * is nothing to a reader of JSON.
   */
  #touchOutput(): void {
    const { output } = this.#options;
    if (output instanceof Socket && !('isTTY' in output && output.isTTY) && output.writableLength === 0)
      output.write(' ');
  }

  /** Not before it is known whether there is such a server: who has asked for nothing would else hear nothing. */
  #endIfDone(): void {
    if (this.#inputEnded && this.#found !== null && !this.#held.hasRequests && this.#open.idle) this.end();
  }
}

function framesOf(messages: readonly Buffer[]): readonly Frame[] {
  return messages.flatMap((bytes) => frameFrom(bytes) ?? []);
}

function endedMessage(notification: Buffer): string | null {
  const params = parsedJson(memberOf(notification, 'params'));
  const message = isObject(params) ? params['message'] : undefined;
  return typeof message === 'string' ? message : null;
}
