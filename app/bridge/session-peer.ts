import { systemClock } from '../base/clock.ts';
import type { Text } from '../i18n/index.ts';
import type { ServerRecorder, ServerWire } from '../inspect/index.ts';
import { claimsModern, errorText, faceFromDiscover, methodNotFound, type ServerFace } from '../mcp/index.ts';
import { type Frame, frameFrom, meantId, memberOf, type RequestFrame, resultIn } from '../mcp/jsonrpc/index.ts';
import type { KnownRequest, ModernTurn, Peer, PeerEnd, PeerListener, Policy, Scope, Server } from '../servers/index.ts';
import { isRemote } from '../settings/settings.ts';
import type { OpenPeer } from './context.ts';
import { isWatched, type Policies, SessionGuard } from './policy/index.ts';
import { GONE, probeModern, translatorFor } from './probe-modern.ts';
import {
  isProvisional,
  LegacyToModern,
  type ModernToModern,
  type NegotiatedRevision,
  remainingFor,
  type Verdict,
} from './translate/index.ts';

/** Milliseconds a child that has answered `initialize` gets for `server/discover`. */
const ANSWER = 5000;

type Mode =
  /** The client has said nothing that tells how it wants to be understood. */
  | { readonly kind: 'fresh' }
  /** The client has begun in the modern revision; a sibling is asked whether the child may see that. */
  | { readonly kind: 'probing'; readonly waiting: Buffer[] }
  /** `initialize` is with the child, of which it is not known yet whether it takes it. */
  | { readonly kind: 'greeting'; readonly initialize: RequestFrame; readonly stopClock: () => void }
  /** It did not. It is asked whether it is modern; if it has ended, a sibling is. */
  | {
      readonly kind: 'refused';
      readonly initialize: RequestFrame;
      readonly waiting: Buffer[];
      readonly refusal: readonly Frame[];
      end: PeerEnd | null;
      probe: ModernToModern | null;
    }
  /** Both speak the same revision: frames pass as they are. */
  | { readonly kind: 'relaying' }
  | { readonly kind: 'translating'; readonly translator: LegacyToModern; readonly wire: ServerWire };

/** Bytes from which on a client has to wait with its next message while a sibling is asked. */
const WAITING_BYTES = 64 * 1024;

/**
 * The server's side of a session, whatever revision its child speaks. Frames are relayed untouched wherever the child speaks as the
 * client does, and translated where it knows the modern revision only. The client's first message decides.
 */
class SessionPeer implements Peer {
  readonly #server: Server;
  readonly #negotiated: NegotiatedRevision;
  readonly #text: () => Text;
  readonly #recorder: ServerRecorder;
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
  /** Null while nothing has to be judged or looked at: then every frame passes it by. */
  #guard: SessionGuard | null = null;
  #isInitialized = false;
  readonly #watch: ReturnType<Policies['watch']>;
  readonly #guarding: Guarding;
  /** The child is gone, and the listener still has to take what it said last. Node lets a pipe flow at the exit, paused or not. */
  #over: PeerEnd | null = null;

  constructor(
    server: Server,
    negotiated: NegotiatedRevision,
    child: Peer,
    recorder: ServerRecorder,
    text: () => Text,
    guarding: Guarding,
  ) {
    this.#recorder = recorder;
    this.#text = text;
    this.#server = server;
    this.#negotiated = negotiated;
    this.#child = child;
    this.#guarding = guarding;
    this.#watch = guarding.policies.watch(server.name, guarding.scope, (policy, things) => {
      this.#guard ??= this.#newGuard(policy);
      for (const news of this.#guard.apply(policy, things, this.#isInitialized)) this.#send(news);
    });
    if (this.#watch.policy !== null) this.#guard = this.#newGuard(this.#watch.policy);
  }

  get congested(): boolean {
    return this.#waitingBytes >= WAITING_BYTES || this.#child.congested;
  }

  get end(): PeerEnd | null {
    return this.#mode.kind === 'refused' ? null : this.#child.end;
  }

  write(json: Buffer, method: string | null = null, known?: KnownRequest): void {
    if (method === 'notifications/initialized') this.#isInitialized = true;
    if (this.#guard === null && (method === null || !isWatched(method))) return this.#write(json, known);
    this.#guard ??= this.#newGuard(null);
    const { toServer, toClient } = this.#guard.fromClient(json);
    if (toClient !== null) this.#send(toClient);
    if (toServer !== null) this.#write(toServer);
  }

  #newGuard(policy: Policy | null): SessionGuard {
    const { name } = this.#server;
    return new SessionGuard(policy, { server: name, text: this.#text, saw: this.#guarding.saw });
  }

  #write(json: Buffer, known?: KnownRequest): void {
    const mode = this.#mode;
    switch (mode.kind) {
      case 'relaying':
      case 'greeting':
        this.#child.write(json, null, known);
        break;
      case 'translating':
        mode.translator.fromClient(json);
        break;
      case 'probing':
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
    this.#watch.stop();
    this.#paused = false;
    queueMicrotask(() => this.#flush());
    return this.#child.close();
  }

  #begin(json: Buffer): void {
    const { verdict } = this.#negotiated;
    const frame = frameFrom(json);
    if (frame !== null && claimsModern(json)) {
      if ((verdict?.kind === 'legacy' && !isProvisional(verdict)) || this.#notModern) {
        if (frame.kind === 'request') this.#send(errorText(idTextOf(frame), methodNotFound(frame.method)));
      } else if (verdict?.kind === 'modern' || isRemote(this.#server.setting)) {
        // A message that a server with a URL does not know does it no harm; a process may end at one.
        this.#relay(json);
      } else {
        this.#mode = { kind: 'probing', waiting: [json] };
        void this.#probeSibling();
      }
    } else if (verdict?.kind === 'modern' && verdict.legacyToo === false) {
      this.#translate([json]);
    } else if ((isOpen(verdict) || this.#mayBeReplaced) && frame?.kind === 'request' && frame.method === 'initialize') {
      this.#greet(frame);
    } else {
      this.#relay(json);
    }
  }

  /** A server with a URL is started anew, and by another version, without our knowledge; its owner may have said what it speaks. */
  get #mayBeReplaced(): boolean {
    const { setting } = this.#server;
    return isRemote(setting) && setting.era === 'auto';
  }

  /** A server that is known to be modern may ignore what it does not know: its silence is a refusal, once it must have started. */
  #greet(initialize: RequestFrame): void {
    const child = this.#child;
    const { verdict } = this.#negotiated;
    const stopClock =
      verdict?.kind === 'modern' && verdict.face !== null
        ? systemClock.after(remainingFor(this.#server.startTook, this.#server.ageOf(child)), () => {
            if (!this.#closed && this.#child === child) void this.#refused(initialize, [], null);
          })
        : () => undefined;
    this.#mode = { kind: 'greeting', initialize, stopClock };
    child.write(initialize.bytes);
  }

  /**
   * A legacy child must not see a modern message: some end at it. A child that might not tolerate a sibling, and has heard
   * nothing yet, leaves before, and another one takes its place.
   */
  async #probeSibling(): Promise<void> {
    const alone = !this.#server.allowsSeveral;
    if (alone) await this.#child.close();
    const face = await probeModern(this.#server, this.#text, systemClock, this.#guarding.scope.via);
    const mode = this.#mode;
    if (mode.kind !== 'probing') return;
    if (alone && !this.#replaceChild()) return;
    this.#notModern = face === null;
    if (face !== null && isOpen(this.#negotiated.verdict))
      this.#negotiated.learn({ kind: 'modern', face, legacyToo: null });
    this.#mode = face === null ? { kind: 'fresh' } : { kind: 'relaying' };
    for (const json of mode.waiting) this.#write(json);
    this.#taken();
  }

  /** Another child in place of one that has left; false when there is none, and the session is over. */
  #replaceChild(): boolean {
    const { end } = this.#child;
    if (this.#takeAnother()) return true;
    this.#mode = { kind: 'relaying' };
    if (end !== null) this.#ended(end);
    return false;
  }

  #takeAnother(): boolean {
    const opened = this.#closed ? null : this.#server.open('session', this.#guarding.scope.via);
    if (opened === null || !('child' in opened)) return false;
    this.#child = opened.child;
    this.#join(opened.child);
    if (this.#paused) opened.child.pause();
    return true;
  }

  /** The child took `initialize` badly: a modern child, or one with another fault. */
  async #refused(initialize: RequestFrame, refusal: readonly Frame[], end: PeerEnd | null): Promise<void> {
    if (this.#mode.kind === 'greeting') this.#mode.stopClock();
    const mode: Extract<Mode, { kind: 'refused' }> = {
      kind: 'refused',
      initialize,
      waiting: [],
      refusal,
      end,
      probe: null,
    };
    this.#mode = mode;
    const asked = end === null && refusal.length > 0 ? await this.#probeAgain(mode) : null;
    if (asked !== null && asked !== 'silent' && mode.end === null && !this.#closed) {
      this.#negotiated.learn({ kind: 'modern', face: asked, legacyToo: false });
      this.#translate([initialize.bytes, ...mode.waiting]);
      this.#taken();
      return;
    }
    const { verdict } = this.#negotiated;
    const known = verdict?.kind === 'modern' ? verdict.face : null;
    const face =
      known ??
      (mode.end === null || this.#closed
        ? null
        : await probeModern(this.#server, this.#text, systemClock, this.#guarding.scope.via));
    if (face !== null) this.#negotiated.learn({ kind: 'modern', face, legacyToo: false });
    // A server that refuses the one, and cannot be asked the other for now, is not known to speak neither.
    if (face === null && asked === null && this.#child.standIn?.(initialize) === true) {
      this.#mode = { kind: 'relaying' };
      for (const json of mode.waiting) this.#child.write(json);
      this.#taken();
      return;
    }
    // A child that ended at our question, or may still answer it, makes room for one that was asked nothing.
    const mustReplace = asked === 'silent' || (end === null && mode.end !== null);
    let isNew = false;
    if (face !== null || mustReplace) {
      await this.#leave();
      isNew = this.#takeAnother();
      if (isNew) mode.end = null;
    }
    if (face !== null && isNew) {
      this.#translate([initialize.bytes, ...mode.waiting]);
    } else {
      this.#mode = { kind: 'relaying' };
      this.#deliver(refusal);
      for (const json of mode.waiting) this.#child.write(json);
    }
    this.#taken();
    if (mode.end !== null) this.#ended(mode.end);
  }

  /**
   * A child that has refused `initialize` has nothing to lose: probed itself, it answers at once, where a sibling would have to start,
   * and could end it or fail beside it. Null when it is not modern.
   */
  #probeAgain(mode: Extract<Mode, { kind: 'refused' }>): Promise<ServerFace | null | 'silent'> {
    const probe = translatorFor(this.#child, this.#text);
    mode.probe = probe;
    return new Promise((resolve) => {
      const stop = systemClock.after(ANSWER, () => resolve('silent'));
      probe.request('server/discover', {}, (response) => {
        stop();
        resolve(faceFromDiscover(resultIn(response)));
      });
    });
  }

  /** The child is of no use any more; where two cannot live side by side, it has gone when this resolves. */
  async #leave(): Promise<void> {
    const gone = this.#child.close();
    if (!this.#server.allowsSeveral) await gone;
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
    this.#child.translated?.();
    const translator = this.#startTranslating();
    for (const json of waiting) translator.fromClient(json);
  }

  /** The server was stood in for so far. */
  #modern({ face, handshake, news, waiting }: ModernTurn): void {
    if (isOpen(this.#negotiated.verdict)) this.#negotiated.learn({ kind: 'modern', face, legacyToo: false });
    const translator = this.#startTranslating();
    this.#deliver(news);
    translator.resume(handshake, face);
    for (const json of waiting) translator.fromClient(json);
  }

  #startTranslating(): LegacyToModern {
    const child = this.#child;
    const wire = this.#recorder.translation();
    const translator = new LegacyToModern({
      text: this.#text,
      toChild: (json) => {
        wire.wrote(json);
        child.write(json);
      },
      toClient: (json) => this.#send(json),
      clock: systemClock,
      standIn: (initialize, since) => {
        if (child.standIn?.(initialize) === true) {
          this.#mode = { kind: 'relaying' };
        } else if (this.#mayBeReplaced) {
          this.#negotiated.forget();
          this.#greet(initialize);
        } else {
          return false;
        }
        for (const json of since) child.write(json);
        return true;
      },
    });
    this.#mode = { kind: 'translating', translator, wire };
    return translator;
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
      modern: (turn) => {
        if (child === this.#child) this.#modern(turn);
      },
    });
  }

  #frames(frames: readonly Frame[]): void {
    const mode = this.#mode;
    switch (mode.kind) {
      case 'translating':
        mode.wire.read(frames);
        mode.translator.fromChild(frames);
        break;
      case 'greeting': {
        const { id } = mode.initialize;
        // An error without an id answers no handshake: a server may complain of anything before it.
        const answer = frames.find(
          (frame) => frame.kind === 'response' && meantId(frame.id, (one) => one === id) !== undefined,
        );
        if (answer !== undefined && memberOf(answer.bytes, 'result') === undefined) {
          void this.#refused(mode.initialize, frames, null);
          break;
        }
        if (answer !== undefined) {
          mode.stopClock();
          this.#mode = { kind: 'relaying' };
        }
        const { verdict } = this.#negotiated;
        if (answer !== undefined && verdict?.kind === 'modern') this.#negotiated.learn({ ...verdict, legacyToo: true });
        this.#deliver(frames);
        break;
      }
      case 'refused':
        mode.probe?.frames(frames);
        break;
      case 'fresh':
      case 'probing':
      case 'relaying':
        this.#deliver(frames);
        break;
      default:
        mode satisfies never;
    }
  }

  #ended(end: PeerEnd): void {
    if (this.#mode.kind === 'greeting' && !end.asked) void this.#refused(this.#mode.initialize, [], end);
    else if (this.#mode.kind === 'refused') {
      this.#mode.end ??= end;
      this.#mode.probe?.ended(GONE);
    } else if (this.#mode.kind === 'probing' && end.asked && !this.#closed) {
      // It made room for the sibling that is asked now.
    } else {
      if (this.#mode.kind === 'translating') this.#mode.wire.ended();
      this.#over = end;
      this.#flush();
    }
  }

  /** In a later microtask: a caller of `write` must not be called back while it writes. */
  #send(json: Buffer): void {
    const frame = frameFrom(json);
    if (frame === null) return;
    this.#pending.push(frame);
    if (this.#pending.length === 1) queueMicrotask(() => this.#flush());
  }

  #deliver(frames: readonly Frame[]): void {
    if (this.#closed) return;
    if (this.#pending.length === 0 && !this.#paused) {
      this.#hand(frames);
    } else {
      this.#pending.push(...frames);
      this.#flush();
    }
  }

  #hand(frames: readonly Frame[]): void {
    const guard = this.#guard;
    if (guard === null) return this.#listener?.frames(frames);
    const passed = guard.fromServer(frames);
    if (guard.isIdle) this.#guard = null;
    if (passed.length > 0) this.#listener?.frames(passed);
  }

  #flush(): void {
    if (this.#paused) return;
    const frames = this.#closed ? [] : this.#pending;
    this.#pending = [];
    if (frames.length > 0) this.#hand(frames);
    if (this.#over === null || this.#paused) return;
    const end = this.#over;
    this.#over = null;
    this.#watch.stop();
    this.#listener?.ended(end);
  }
}

/** Whether it is not known for certain what the server does with `initialize`. */
function isOpen(verdict: Verdict | null): boolean {
  return verdict === null || isProvisional(verdict) || (verdict.kind === 'modern' && verdict.legacyToo === null);
}

function idTextOf(frame: RequestFrame): Buffer {
  return memberOf(frame.bytes, 'id') ?? Buffer.from('null');
}

/** What a session needs to judge what passes. */
export interface Guarding {
  readonly policies: Policies;
  readonly scope: Scope;
  /** See SessionGuardOptions. */
  readonly saw: (method: string, params: Buffer | undefined, result: Buffer) => void;
}

/** Opens sessions in front of a server whose revisions may still have to be negotiated. */
export function openSessionPeer(
  negotiated: NegotiatedRevision,
  recorder: ServerRecorder,
  text: () => Text,
  guarding: Omit<Guarding, 'scope'>,
): OpenPeer {
  return (server, scope) => {
    const opened = server.open('session', scope.via);
    if (!('child' in opened)) return opened;
    return { peer: new SessionPeer(server, negotiated, opened.child, recorder, text, { ...guarding, scope }) };
  };
}
