import type { ServerRecorder } from '../inspect/index.ts';
import type { JsonRpcError } from '../mcp/jsonrpc/index.ts';
import type { Peer, Thing } from '../servers/index.ts';
import type { MemberLists } from './member-lists.ts';

/** Milliseconds that lists which are not known are waited for, from when they were first asked for. */
const PATIENCE = 3000;

/** Milliseconds until a server that could not be asked is asked again. */
const ASK_AGAIN = 5000;

/** One server behind an address that it shares with others. */
export interface Member {
  /** As in the settings. */
  readonly name: string;
  readonly alias: string;
  /** A person has stopped it: nothing of it is shown. */
  readonly isStopped: () => boolean;
  /** A session with it of one's own, or why there is none. */
  readonly open: (via: string | undefined) => { readonly peer: Peer } | { readonly error: JsonRpcError };
  /** Whether requests that have passed these instances would come back to one of them: nothing of it is shown to their client. */
  readonly leadsBack: (via: string | undefined) => boolean;
  /** Why a client may not use the tool or prompt that has this name towards it, where that is listed and switched off; else null. */
  readonly denied: (thing: 'tools' | 'prompts', exposed: string) => JsonRpcError | null;
  /** Why a request that waits may not go on with what has this name or address with the server itself; null where it may. */
  readonly forbids: (thing: Thing, name: string) => JsonRpcError | null;
  readonly recorder: ServerRecorder;
  readonly known: KnownMember;
}

/** Why a client may not use what has this name, where one of the servers has it switched off; else null. */
export function denialBy(members: readonly Member[], thing: 'tools' | 'prompts', exposed: string): JsonRpcError | null {
  for (const member of members) {
    const denied = member.isStopped() ? null : member.denied(thing, exposed);
    if (denied !== null) return denied;
  }
  return null;
}

/** Why a request that waits may not go on, by the rules of any of these; null where it may. */
export function forbiddenBy(members: readonly Member[], thing: Thing, name: string): JsonRpcError | null {
  return members.map((member) => member.forbids(thing, name)).find((error) => error !== null) ?? null;
}

/**
 * What is known of one server by all sessions: its lists, as last heard by any of them, and why it is not there. The lists of a server
 * that is not running are still those it had.
 */
export class KnownMember {
  readonly #changed: () => void;
  #lists: MemberLists | null;
  #absence: string | null = null;
  /** It was asked since this process runs. */
  isFresh = false;
  #askedSince: number | null = null;
  /** Sessions that ask it and have no answer yet. */
  #askers = 0;
  #lastFailure = Number.NEGATIVE_INFINITY;
  /** It has let a deadline pass: nothing waits for it again until it has answered. */
  #wasLate = false;
  #waiting: (() => void)[] = [];

  /** `known` is from before; `changed` hears of everything that sessions show. */
  constructor(known: MemberLists | null, changed: () => void) {
    this.#lists = known;
    this.#changed = changed;
  }

  /** Null while they are not known. */
  get lists(): MemberLists | null {
    return this.#lists;
  }

  /** Why it is not there, as a sentence; null while nothing is known against it. */
  get absence(): string | null {
    return this.#absence;
  }

  /** Whether it is worth asking now. */
  mayAsk(now: number): boolean {
    return now - this.#lastFailure >= ASK_AGAIN;
  }

  /** A session asks it just now. */
  get isAsked(): boolean {
    return this.#askers > 0;
  }

  asking(now: number): void {
    this.#askedSince ??= now;
    this.#askers++;
  }

  /** A session that asked it is over. One that does not answer is not started anew for each of the next. */
  abandoned(now: number): void {
    this.#askers = Math.max(0, this.#askers - 1);
    if (this.#askers > 0) return;
    if (this.#wasLate) this.#lastFailure = now;
    this.#askedSince = null;
    this.#settled();
  }

  /** Lists as one session has heard them; the very object that is known already where they are the same. */
  heard(lists: MemberLists): MemberLists {
    const isSame = this.#lists !== null && this.#lists.hash === lists.hash && isSameFace(this.#lists, lists);
    const was = this.#absence;
    this.isFresh = true;
    this.#askedSince = null;
    this.#askers = 0;
    this.#wasLate = false;
    this.#absence = null;
    if (!isSame) this.#lists = lists;
    this.#settled();
    if (!isSame || was !== null) this.#changed();
    return this.#lists ?? lists;
  }

  /** It could not be asked, or does not answer; `why` is a sentence. */
  failed(why: string, now: number): void {
    const isNew = this.#absence !== why;
    this.#absence = why;
    this.#askedSince = null;
    this.#askers = 0;
    this.#lastFailure = now;
    this.#settled();
    if (isNew) this.#changed();
  }

  /** Resolves when its lists are known, or could not be had, or are no longer worth waiting for. */
  settled(now: number): Promise<void> {
    if (this.#lists !== null || this.#askedSince === null || this.#wasLate) return Promise.resolve();
    const left = this.#askedSince + PATIENCE - now;
    return new Promise((resolve) => {
      const timer = setTimeout(
        () => {
          this.#wasLate = true;
          resolve();
        },
        Math.max(0, left),
      );
      this.#waiting.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  #settled(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const done of waiting) done();
  }
}

function isSameFace(one: MemberLists, other: MemberLists): boolean {
  return JSON.stringify(one.face) === JSON.stringify(other.face);
}
