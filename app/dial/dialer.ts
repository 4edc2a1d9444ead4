import { type LookupAddress, lookup as systemLookup } from 'node:dns';
import type { Socket } from 'node:net';
import { authorityOf, hasBothEndsHere, isLinkLocal, isOnLink, isThisMachine, type Target } from '../base/address.ts';
import { Deadlines, timeLimit } from '../base/deadlines.ts';
import { PROXY_NAME } from '../base/host.ts';
import { directTargets, type ParentRoute, parseParent } from '../base/upstream.ts';
import { type Connected, type ConnectFault, connectFirst, type DialDeadlines } from './happy-eyeballs.ts';
import { connectThroughParent, secureParent } from './parent-connect.ts';
import { type Lookup, type Resolved, Resolver } from './resolve.ts';

/** How a target is reached: on a connection of our own, or through the parent proxy of the settings. */
export type Route = { readonly kind: 'direct' } | ParentRoute;

/** Why a connection could not be made, for programs; failure.ts has the sentences. */
export type DialFault =
  /** The system's own errno name, such as `ECONNREFUSED`, from connect or the resolver. */
  | { readonly kind: 'system'; readonly errno: string }
  /** Nothing came back within the connect timeout. */
  | { readonly kind: 'timeout'; readonly seconds: number }
  /** The target is this machine, which clients on other machines may not reach, nor what another machine has named. */
  | { readonly kind: 'this-machine' }
  /** The target's address is our own listener. */
  | { readonly kind: 'loop' }
  /** The parent proxy itself could not be reached. */
  | { readonly kind: 'parent-unreachable'; readonly parent: string; readonly errno: string }
  /** The parent proxy did not accept the connection or did not answer the CONNECT in time. */
  | { readonly kind: 'parent-timeout'; readonly parent: string; readonly seconds: number }
  /** The parent proxy answered the CONNECT with something other than 2xx; 0 when it closed the connection or spoke no HTTP. */
  | { readonly kind: 'parent-refused'; readonly parent: string; readonly status: number }
  /** TLS to the parent proxy failed; `reason` is OpenSSL's code, such as `CERT_HAS_EXPIRED`. */
  | { readonly kind: 'parent-tls'; readonly parent: string; readonly reason: string }
  /** The client went away, or we are stopping: no answer is needed. */
  | { readonly kind: 'cancelled' };

/** A connection that could not be made: the fault, and the circumstances that distinguish its causes. */
export class DialError extends Error {
  override readonly name = 'DialError';
  readonly fault: DialFault;
  readonly target: Target;
  /** Milliseconds from the first attempt to the last fault. An immediate EHOSTUNREACH is a local verdict, a late one is not. */
  readonly elapsed: number;
  /** Whether the last address tried lies in the subnet of one of this machine's interfaces. */
  readonly onLink: boolean;
  /** Whether its name leads to the unspecified address, 0.0.0.0: what a name server that filters answers for a name that it blocks. */
  readonly leadsNowhere: boolean;

  constructor(
    fault: DialFault,
    target: Target,
    circumstances: { readonly elapsed: number; readonly onLink: boolean; readonly leadsNowhere?: boolean },
  ) {
    super(`${target.host}:${target.port}: ${fault.kind === 'system' ? fault.errno : fault.kind}`);
    this.fault = fault;
    this.target = target;
    this.elapsed = circumstances.elapsed;
    this.onLink = circumstances.onLink;
    this.leadsNowhere = circumstances.leadsNowhere ?? false;
  }
}

/** An attempt under way. */
export interface Dialling {
  /** The connected socket: `noDelay` and `allowHalfOpen` are set. Rejects with DialError only. */
  readonly socket: Promise<Socket>;
  /** Gives up: frees every descriptor and timer of the attempt at once. Harmless once it has settled. */
  cancel(): void;
}

/** Where the request behind a dial came from. */
export interface DialSource {
  /** Ports on this machine that would lead back to the request. */
  readonly avoided?: readonly number[];
  /** Whether it comes from another machine. */
  readonly isRemote?: boolean;
  /**
   * The host that has named the target: unless it is on this machine itself, by all of its addresses, the target may not be, nor at a link-local
   * address that is not its own, where we connect directly.
   */
  readonly namedBy?: string;
  /** The Via value it came with; a parent is sent it with our own name added, so that a loop is noticed. */
  readonly via?: string | undefined;
}

/** Makes every outbound connection of the product. */
export interface Dialer {
  /** Our name in Via, this process's own. */
  readonly pseudonym: string;
  /** Whether a request with this Via value has passed this process before (RFC 9110 section 7.6.3). */
  hasPassed(via: string | undefined): boolean;
  /** The route to `target` under the present settings. */
  route(target: Target): Route;
  /** A byte stream that ends at `target`, through the parent's CONNECT if that is the route. */
  dial(target: Target, source?: DialSource): Dialling;
  /** A byte stream to the parent proxy of `route` itself, for an absolute-form request for `target` that it is to fetch. */
  dialParent(route: ParentRoute, target: Target, source?: DialSource): Dialling;
  /** Every name is looked up anew: in another network the answers are others. */
  forgetNames(): void;
  /** New settings, for the next dial. */
  apply(settings: { readonly upstream: string | null; readonly noProxy: string }): void;
}

export interface DialerOptions {
  readonly upstream: string | null;
  readonly noProxy: string;
  /** Ports we listen on ourselves: dialling one of them on this machine would go round for ever. */
  readonly ownPorts: ReadonlySet<number>;
  /** Whether clients on other machines may reach this port of this machine; none unless given. */
  lends?(port: number): boolean;
  /** Whether there are descriptors for another connection; yes if left out. */
  readonly mayOpen?: () => boolean;
  /** For the whole of looking up, connecting and passing the parent, in ms. */
  readonly timeoutMs?: number;
  readonly lookup?: Lookup;
  /** How many look-ups may run at a time: half of the threads of libuv's pool. */
  readonly lookupSlots?: number;
  /** The monotonic clock, in ms. */
  readonly now?: () => number;
}

export function createDialer(options: DialerOptions): Dialer {
  const {
    ownPorts,
    mayOpen = () => true,
    lends = () => false,
    timeoutMs = 30_000,
    lookup = lookUpAll,
    lookupSlots = 2,
    now = () => performance.now(),
  } = options;
  const resolver = new Resolver(lookup, now, lookupSlots);
  const deadlines: DialDeadlines = new Deadlines(timeoutMs, (passed) => passed());
  const pseudonym = newPseudonym();
  let route = createRouter(options.upstream, options.noProxy);

  return {
    route: (target) => route(target),
    pseudonym,
    hasPassed: (via) => via?.includes(pseudonym) ?? false,
    dial: (target, source = {}) => begin(target, route(target), true, source),
    dialParent: (parentRoute, target, source = {}) => begin(target, parentRoute, false, source),
    forgetNames() {
      resolver.forget();
    },
    apply(settings) {
      route = createRouter(settings.upstream, settings.noProxy);
    },
  };

  /** One dial from name to usable stream; `through` sends the parent a CONNECT for `target`. */
  function begin(target: Target, routed: Route, through: boolean, source: DialSource): Dialling {
    const { avoided = [], isRemote = false, via, namedBy } = source;
    const isLent = !isRemote || lends(target.port);
    /** The addresses of a host elsewhere that has named the target; null where none has. */
    let namer: readonly LookupAddress[] | null = null;
    let started = performance.now();
    const first = routed.kind === 'parent' ? routed.parent : target;
    /** Whether it would come to this process again, if it is to this machine. */
    const leadsBack = ownPorts.has(first.port) || avoided.includes(first.port);
    let settled = false;
    let release: (() => void) | null = null;
    let lastAddress = first.host;
    let found: readonly LookupAddress[] = [];
    const { promise, resolve: succeed, reject } = Promise.withResolvers<Socket>();

    // The parent looks the name up itself, and may run on this machine: then its `localhost` is this machine.
    if (!isLent && routed.kind === 'parent') {
      lookUp(target.host, (_error, addresses) => {
        if (isBarred(addresses)) fail({ kind: 'this-machine' });
        else dialFirst();
      });
    } else if (namedBy !== undefined && routed.kind === 'direct') {
      lookUp(namedBy, (_error, addresses) => {
        const isHere = addresses.length > 0 && addresses.every(({ address }) => isThisMachine(address));
        namer = isHere ? null : addresses;
        dialFirst();
      });
    } else dialFirst();
    return { socket: promise, cancel: () => fail({ kind: 'cancelled' }) };

    /** All of them: a name that leads here and elsewhere is not to be trusted with the choice. */
    function isBarred(addresses: readonly LookupAddress[]): boolean {
      if ((!isLent || namer !== null) && addresses.some(({ address }) => isThisMachine(address))) return true;
      if (namer === null) return false;
      const own = new Set(namer.map(({ address }) => address));
      return addresses.some(({ address }) => isLinkLocal(address) && !own.has(address));
    }

    function dialFirst(): void {
      if (!settled) lookUp(first.host, dialAddresses);
    }

    /** getaddrinfo has no timeout of its own. An address, and a name that is remembered, are answered at once and need none. */
    function lookUp(host: string, then: Resolved): void {
      let stopTimer: (() => void) | null = null;
      let isAnswered = false;
      const answered: Resolved = (error, addresses) => {
        isAnswered = true;
        stopTimer?.();
        release = null;
        if (!settled) then(error, addresses);
      };
      const leave = resolver.resolve(host, answered);
      if (isAnswered) return;
      const stopWaiting = timeLimit(timeoutMs, () => {
        leave();
        answered(Object.assign(new Error('the resolver is silent'), { code: 'EAI_AGAIN' }), []);
      });
      stopTimer = stopWaiting;
      release = () => {
        stopWaiting();
        leave();
      };
    }

    function dialAddresses(error: NodeJS.ErrnoException | null, addresses: readonly LookupAddress[]): void {
      if (settled) return;
      if (error !== null) return fail(systemFault(error.code ?? 'EAI_FAIL'));
      if (leadsBack && addresses.some(({ address }) => isThisMachine(address))) {
        return fail({ kind: 'loop' });
      }
      if (routed.kind === 'direct' && isBarred(addresses)) return fail({ kind: 'this-machine' });
      if (!mayOpen()) return fail({ kind: 'system', errno: 'EMFILE' });
      // A slow look-up must not make a refusal by this machine look like silence.
      started = performance.now();
      found = addresses;
      release = connectFirst(resolver.inOrder(first, addresses), first.port, deadlines, connected);
    }

    function connected(fault: ConnectFault | null, attempt: Connected | null): void {
      release = null;
      if (attempt === null) {
        if (fault === 'timeout') return fail(timeoutFault());
        lastAddress = fault?.address ?? lastAddress;
        return fail(systemFault(fault?.errno ?? 'ENOTFOUND'));
      }
      // The system knows of addresses that it does not list.
      const isBarredHere = routed.kind === 'direct' && (!isLent || namer !== null);
      if ((isBarredHere || leadsBack) && hasBothEndsHere(attempt.socket)) {
        attempt.socket.destroy();
        return fail({ kind: leadsBack ? 'loop' : 'this-machine' });
      }
      resolver.answered(first, found, attempt.address);
      if (routed.kind === 'direct') return settle(attempt.socket);
      passParent(attempt.socket, routed);
    }

    function passParent(socket: Socket, parentRoute: ParentRoute): void {
      const stopTimer = timeLimit(timeoutMs, () => fail(timeoutFault()));
      release = () => {
        stopTimer();
        socket.destroy();
      };
      if (!parentRoute.tls) return askParent(socket, parentRoute);
      secureParent(socket, parentRoute, (reason, secured) => {
        if (settled) return;
        if (reason === null) return askParent(secured, parentRoute);
        fail({ kind: 'parent-tls', parent: authorityOf(parentRoute.parent), reason });
      });

      function askParent(stream: Socket, asked: ParentRoute): void {
        const passed = () => {
          stopTimer();
          settle(stream);
        };
        if (!through) return passed();
        const chain = `${via === undefined ? '' : `${via}, `}1.1 ${pseudonym}`;
        connectThroughParent(stream, asked, target, chain, (status) => {
          if (settled) return;
          if (status >= 200 && status < 300) return passed();
          fail({ kind: 'parent-refused', parent: authorityOf(asked.parent), status });
        });
      }
    }

    function timeoutFault(): DialFault {
      const seconds = Math.round(timeoutMs / 1000);
      return routed.kind === 'direct'
        ? { kind: 'timeout', seconds }
        : { kind: 'parent-timeout', parent: authorityOf(routed.parent), seconds };
    }

    function systemFault(errno: string): DialFault {
      // Want of descriptors is no fault of the parent's.
      return routed.kind === 'direct' || errno === 'EMFILE' || errno === 'ENFILE'
        ? { kind: 'system', errno }
        : { kind: 'parent-unreachable', parent: authorityOf(routed.parent), errno };
    }

    function settle(socket: Socket): void {
      settled = true;
      succeed(socket);
    }

    function fail(fault: DialFault): void {
      if (settled) return;
      settled = true;
      release?.();
      const circumstances = {
        elapsed: performance.now() - started,
        onLink: isOnLink(lastAddress),
        leadsNowhere: routed.kind === 'direct' && lastAddress !== first.host && UNSPECIFIED.has(lastAddress),
      };
      reject(new DialError(fault, target, circumstances));
    }
  }
}

function lookUpAll(host: string, done: Parameters<Lookup>[1]): void {
  systemLookup(host, { all: true, order: 'verbatim' }, (error, addresses) =>
    done(error, error === null ? addresses : []),
  );
}

const UNSPECIFIED = new Set(['0.0.0.0', '::']);

const DIRECT: Route = { kind: 'direct' };

/** Decides for each target under one set of settings. */
function createRouter(upstream: string | null, noProxy: string): (target: Target) => Route {
  const parent = upstream === null ? null : parseParent(upstream);
  if (parent === null) return () => DIRECT;
  const direct = directTargets(noProxy);
  return (target) => (direct.includes(target) ? DIRECT : parent);
}

/**
 * The name of one process in Via: with a tag of eight hexadecimal digits, so that two instances in a row are no loop.
 * The tag is no secret, and loading crypto for it at the start costs an idle instance a megabyte.
 */
function newPseudonym(): string {
  const tag = Math.floor(Math.random() * 2 ** 32)
    .toString(16)
    .padStart(8, '0');
  return `${PROXY_NAME}-${tag}`;
}
