import { type Frame, frameFrom, meantId, memberOf, type RequestFrame } from '../mcp/jsonrpc/index.ts';
import type { Peer, PeerEnd, PeerListener, Server } from '../servers/index.ts';
import type { OpenPeer } from './context.ts';
import {
  BackPressureGate,
  type Clock,
  claimsModern,
  errorText,
  faceFromDiscover,
  LegacyToModern,
  ModernToModern,
  methodNotFound,
  type NegotiatedRevision,
  resultIn,
  type ServerFace,
  systemClock,
  type Verdict,
} from './translate/index.ts';

/** Milliseconds a sibling gets to answer, its start included. Silence means legacy. */
const PATIENCE = 5000;

/**
 * Asks a sibling process whether it speaks the modern era, then ends it: a legacy server may answer `server/discover` with
 * anything, or end at it, so it is never sent to a child that is to be kept (2026-07-28, basic/transports/stdio, Backward
 * Compatibility). Null when it does not, and when no child can be had.
 */
export function probeModern(server: Server, clock: Clock): Promise<ServerFace | null> {
  const opened = server.open('probe');
  if ('refusal' in opened) return Promise.resolve(null);
  const { child } = opened;
  return new Promise((resolve) => {
    const settle = (face: ServerFace | null) => {
      stop();
      void child.close();
      resolve(face);
    };
    const stop = clock.after(PATIENCE, () => settle(null));
    const flow = new BackPressureGate(
      () => child.pause(),
      () => child.resume(),
    );
    const talk = new ModernToModern({
      write: (json) => child.write(json),
      flow,
      unexpected: () => undefined,
      stateIssued: () => undefined,
    });
    child.listen({
      frames: (frames) => talk.frames(frames),
      drained: () => undefined,
      ended: () => settle(null),
    });
    talk.ask('server/discover', {}, (response) => settle(faceFromDiscover(resultIn(response))));
  });
}

type Mode =
  /** The client has said nothing that tells how it wants to be understood. */
  | { readonly kind: 'fresh' }
  /** The client has begun in the modern era; a sibling is asked whether the child may see that. */
  | { readonly kind: 'asking'; readonly waiting: Buffer[] }
  /** `initialize` is with the child, of which nobody knows yet whether it takes it. */
  | { readonly kind: 'greeting'; readonly initialize: RequestFrame }
  /** It did not, and a sibling is asked whether it is of the modern era. */
  | {
      readonly kind: 'refused';
      readonly initialize: RequestFrame;
      readonly waiting: Buffer[];
      readonly refusal: readonly Frame[];
      end: PeerEnd | null;
    }
  /** Both speak the same era: frames pass as they are. */
  | { readonly kind: 'relaying' }
  | { readonly kind: 'translating'; readonly translator: LegacyToModern };

/** Bytes from which on a client has to wait with its next message while a sibling is asked. */
const WAITING_BYTES = 64 * 1024;

/**
 * The server's side of a session, whatever era its child is of. Frames are relayed untouched wherever the child speaks as the
 * client does, and translated where it knows the modern era only. The client's first message decides.
 */
export class SessionPeer implements Peer {
  readonly #server: Server;
  readonly #era: NegotiatedRevision;
  #child: Peer;
  #mode: Mode = { kind: 'fresh' };
  #listener: PeerListener | null = null;
  #paused = false;
  #closed = false;
  /** A sibling has shown that the child is not modern. */
  #notModern = false;
  /** Bytes of messages that wait until a sibling has answered. */
  #waitingBytes = 0;
  /** Frames of our own making on their way to the client. */
  #pending: Frame[] = [];
  /** The child is gone, and the listener still has to take what it said last. Node lets a pipe flow at the exit, paused or not. */
  #over: PeerEnd | null = null;

  constructor(server: Server, era: NegotiatedRevision, child: Peer) {
    this.#server = server;
    this.#era = era;
    this.#child = child;
  }

  get congested(): boolean {
    return this.#waitingBytes >= WAITING_BYTES || this.#child.congested;
  }

  get end(): PeerEnd | null {
    return this.#mode.kind === 'refused' ? null : this.#child.end;
  }

  write(json: Buffer): void {
    const mode = this.#mode;
    switch (mode.kind) {
      case 'relaying':
      case 'greeting':
        this.#child.write(json);
        break;
      case 'translating':
        mode.translator.fromClient(json);
        break;
      case 'asking':
      case 'refused':
        mode.waiting.push(json);
        this.#waitingBytes += json.length;
        break;
      case 'fresh':
        this.#begin(json);
        break;
      default:
        mode satisfies never;
    }
  }

  listen(listener: PeerListener): void {
    this.#listener = listener;
    this.#join(this.#child);
  }

  pause(): void {
    if (this.#closed) return;
    this.#paused = true;
    this.#child.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#flush();
    if (!this.#paused) this.#child.resume();
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#paused = false;
    queueMicrotask(() => this.#flush());
    return this.#child.close();
  }

  #begin(json: Buffer): void {
    const { verdict } = this.#era;
    const frame = frameFrom(json);
    if (frame !== null && claimsModern(json)) {
      if (verdict?.kind === 'legacy' || this.#notModern) {
        if (frame.kind === 'request') this.#send(errorText(idTextOf(frame), methodNotFound(frame.method)));
      } else if (verdict?.kind === 'modern') {
        this.#relay(json);
      } else {
        this.#mode = { kind: 'asking', waiting: [json] };
        void this.#askSibling();
      }
    } else if (verdict?.kind === 'modern' && verdict.legacyToo === false) {
      this.#translate([json]);
    } else if (isOpen(verdict) && frame?.kind === 'request' && frame.method === 'initialize') {
      this.#mode = { kind: 'greeting', initialize: frame };
      this.#child.write(json);
    } else {
      this.#relay(json);
    }
  }

  /**
   * A legacy child must not see a modern message: some end at it. A child that might not tolerate a sibling, and has heard
   * nothing yet, leaves before, and another one takes its place.
   */
  async #askSibling(): Promise<void> {
    const alone = !this.#server.allowsSeveral;
    if (alone) await this.#child.close();
    const face = await probeModern(this.#server, systemClock);
    const mode = this.#mode;
    if (mode.kind !== 'asking') return;
    if (alone && !this.#replaceChild()) return;
    this.#notModern = face === null;
    this.#mode = face === null ? { kind: 'fresh' } : { kind: 'relaying' };
    for (const json of mode.waiting) this.write(json);
    this.#taken();
  }

  /** Another child in place of one that has left; false when there is none, and the session is over. */
  #replaceChild(): boolean {
    const { end } = this.#child;
    const opened = this.#closed ? null : this.#server.open('session');
    if (opened === null || !('child' in opened)) {
      this.#mode = { kind: 'relaying' };
      if (end !== null) this.#ended(end);
      return false;
    }
    this.#child = opened.child;
    this.#join(opened.child);
    if (this.#paused) opened.child.pause();
    return true;
  }

  /** The child took `initialize` badly: a child of the modern era, or one with another fault. */
  async #refused(initialize: RequestFrame, refusal: readonly Frame[], end: PeerEnd | null): Promise<void> {
    const mode: Mode = { kind: 'refused', initialize, waiting: [], refusal, end };
    this.#mode = mode;
    const { verdict } = this.#era;
    const known = verdict?.kind === 'modern' ? verdict.face : null;
    const face = known ?? (await probeModern(this.#server, systemClock));
    // Where two cannot live side by side, the one that is of no use makes room.
    if (face !== null && !this.#server.allowsSeveral) await this.#child.close();
    if (face !== null) this.#era.learn({ kind: 'modern', face, legacyToo: false });
    const opened = face === null || this.#closed ? null : this.#server.open('session');
    if (opened !== null && 'child' in opened) {
      void this.#child.close();
      this.#child = opened.child;
      this.#join(opened.child);
      if (this.#paused) opened.child.pause();
      this.#translate([initialize.bytes, ...mode.waiting]);
      this.#taken();
      return;
    }
    this.#mode = { kind: 'relaying' };
    this.#deliver(refusal);
    for (const json of mode.waiting) this.#child.write(json);
    this.#taken();
    if (mode.end !== null) this.#ended(mode.end);
  }

  /** What waited for an answer of a sibling is with the child now. */
  #taken(): void {
    if (this.#waitingBytes === 0) return;
    this.#waitingBytes = 0;
    if (!this.congested) this.#listener?.drained();
  }

  #relay(json: Buffer): void {
    this.#mode = { kind: 'relaying' };
    this.#child.write(json);
  }

  #translate(waiting: readonly Buffer[]): void {
    const child = this.#child;
    const translator = new LegacyToModern({
      toChild: (json) => child.write(json),
      toClient: (json) => this.#send(json),
      clock: systemClock,
    });
    this.#mode = { kind: 'translating', translator };
    for (const json of waiting) translator.fromClient(json);
  }

  #join(child: Peer): void {
    child.listen({
      frames: (frames) => {
        if (child === this.#child) this.#frames(frames);
      },
      drained: () => {
        if (child === this.#child) this.#listener?.drained();
      },
      ended: (end) => {
        if (child === this.#child) this.#ended(end);
      },
    });
  }

  #frames(frames: readonly Frame[]): void {
    const mode = this.#mode;
    switch (mode.kind) {
      case 'translating':
        mode.translator.fromChild(frames);
        break;
      case 'greeting': {
        const { id } = mode.initialize;
        const answer = frames.find((frame) => {
          if (frame.kind !== 'response') return false;
          return frame.id === null || meantId(frame.id, (one) => one === id) !== undefined;
        });
        if (answer !== undefined && memberOf(answer.bytes, 'result') === undefined) {
          void this.#refused(mode.initialize, frames, null);
          break;
        }
        if (answer !== undefined) this.#mode = { kind: 'relaying' };
        const { verdict } = this.#era;
        if (answer !== undefined && verdict?.kind === 'modern') this.#era.learn({ ...verdict, legacyToo: true });
        this.#deliver(frames);
        break;
      }
      case 'refused':
        break;
      case 'fresh':
      case 'asking':
      case 'relaying':
        this.#deliver(frames);
        break;
      default:
        mode satisfies never;
    }
  }

  #ended(end: PeerEnd): void {
    if (this.#mode.kind === 'greeting' && !end.asked) void this.#refused(this.#mode.initialize, [], end);
    else if (this.#mode.kind === 'refused') this.#mode.end = end;
    else if (this.#mode.kind === 'asking' && end.asked && !this.#closed) {
      // It made room for the sibling that is asked now.
    } else {
      this.#over = end;
      this.#flush();
    }
  }

  /** In a later turn: whoever writes to us is not to be called back while it does. */
  #send(json: Buffer): void {
    const frame = frameFrom(json);
    if (frame === null) return;
    this.#pending.push(frame);
    if (this.#pending.length === 1) queueMicrotask(() => this.#flush());
  }

  #deliver(frames: readonly Frame[]): void {
    if (this.#closed) return;
    if (this.#pending.length === 0 && !this.#paused) {
      this.#listener?.frames(frames);
    } else {
      this.#pending.push(...frames);
      this.#flush();
    }
  }

  #flush(): void {
    if (this.#paused) return;
    const frames = this.#closed ? [] : this.#pending;
    this.#pending = [];
    if (frames.length > 0) this.#listener?.frames(frames);
    if (this.#over === null || this.#paused) return;
    const end = this.#over;
    this.#over = null;
    this.#listener?.ended(end);
  }
}

/** Whether nobody knows yet what the server does with `initialize`. */
function isOpen(verdict: Verdict | null): boolean {
  return verdict === null || (verdict.kind === 'modern' && verdict.legacyToo === null);
}

function idTextOf(frame: RequestFrame): Buffer {
  return memberOf(frame.bytes, 'id') ?? Buffer.from('null');
}

/** Opens sessions in front of a server whose era may still have to be found out. */
export function openSessionPeer(era: NegotiatedRevision): OpenPeer {
  return (server) => {
    const opened = server.open('session');
    return 'child' in opened ? { peer: new SessionPeer(server, era, opened.child) } : opened;
  };
}
