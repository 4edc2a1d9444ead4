import type { Log } from '../base/log.ts';
import { launchSecrets, remoteSecrets } from '../log/index.ts';
import { isRemote, type ServerSetting } from '../settings/settings.ts';
import type { Condition } from './condition.ts';
import type { Peer, PeerEnd } from './peer.ts';
import type { Traffic } from './process/index.ts';
import type { SignInFacts } from './remote/sign-in/index.ts';

/** What a peer was opened for. A probe is asked for its revision and ended; a shared one serves one principal's stateless requests. */
export type ChildUse = 'session' | 'shared' | 'probe' | 'spare';

/** Why no peer is given out. */
export type ServerUnavailable =
  | { readonly kind: 'too-many-children'; readonly limit: number }
  /** It has failed several times at its start; `wait` is in milliseconds. */
  | { readonly kind: 'backing-off'; readonly wait: number; readonly last: PeerEnd }
  /** It leads back to a process that the client's requests have come through. */
  | { readonly kind: 'circle' }
  /** It was removed from the settings, or we are stopping. */
  | { readonly kind: 'stopped' };

export type Opened = { readonly child: Peer } | { readonly refusal: ServerUnavailable };

/** A living child, as a snapshot shows it. */
export interface ChildFacts {
  readonly pid: number | null;
  readonly use: ChildUse;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
}

/** How often children of a server ended, by the way they did. `asked` are those we ended ourselves, and probes. */
export interface Exits {
  asked: number;
  exited: number;
  killed: number;
  notStarted: number;
}

export interface ServerFacts {
  readonly name: string;
  /** `failing`: its last start failed, and none has succeeded since. */
  readonly state: 'ready' | 'failing' | 'stopped';
  readonly condition: Condition;
  /** Where it is reached, without the query; missing where it is a command. */
  readonly url?: string;
  /** Whether a person is signed in to it; missing where it has not asked for that. */
  readonly signIn?: SignInFacts;
  readonly children: readonly ChildFacts[];
  readonly spawns: number;
  readonly exits: Readonly<Exits>;
  readonly traffic: Readonly<Traffic>;
  /** The last end that we did not ask for. */
  readonly lastEnd: PeerEnd | null;
}

/** One named MCP server, whatever its source: a command that is run here, or a URL. Sessions and requests are the bridge's. */
export interface Server {
  readonly name: string;
  readonly log: Log;
  readonly setting: ServerSetting;
  /** Whether two peers can live side by side: processes of some servers cannot. */
  readonly allowsSeveral: boolean;
  /** Whether a probe would not cost a client its process; see Coexistence. */
  readonly mayProbe: boolean;
  readonly hasChildren: boolean;
  /** Whether clients on other machines may use it: not where it acts for its owner by credentials, unless the owner has said so. */
  readonly servesOthers: boolean;
  /** Milliseconds that its last peer needed until its first answer, as far as one was asked something while it started; else null. */
  readonly startTook: number | null;
  /** Milliseconds since a peer's own start, which may come later than it was opened; 0 before. */
  ageOf(peer: Peer): number;
  /** Bytes of messages that the server has not taken yet. */
  readonly waiting: number;
  /**
   * A peer of its own for the caller. It may not be connected yet; a start that fails is an end. `via` names the instances that the caller's
   * requests have passed.
   */
  open(use: Exclude<ChildUse, 'spare'>, via?: string): Opened;
  /** Whether requests that have passed these instances would come back to one of them. */
  leadsBack(via: string | undefined): boolean;
  /** A probe that speaks the wanted revision need not end: it serves stateless requests from now on. */
  keep(probe: Peer): void;
  /** Takes another definition of the same source over. True if it means something else, and so has to be restarted. */
  apply(setting: ServerSetting): boolean;
  /** Ends every peer; the next session gets a new one. Resolves when they are gone. */
  restart(): Promise<void>;
  /** Ends every peer and gives out no more. */
  stop(): Promise<void>;
  /** Gives peers out again after `stop`. */
  start(): void;
  /** This machine has slept, or is in another network. */
  forgetNetwork(): void;
  /** It was removed from the settings; its last peer has left. */
  discard(): void;
  facts(): ServerFacts;
}

/** What is secret of one server, for `Redactor.protect`. */
export function serverSecrets(server: ServerSetting): readonly string[] {
  return isRemote(server) ? remoteSecrets(server) : launchSecrets(server);
}
