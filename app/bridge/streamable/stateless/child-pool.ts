import { systemClock } from '../../../base/clock.ts';
import type { Text } from '../../../i18n/index.ts';
import { faceFromDiscover, type ServerFace } from '../../../mcp/index.ts';
import { CODE, resultIn } from '../../../mcp/jsonrpc/index.ts';
import { endError, type Server } from '../../../servers/index.ts';
import type { ServerSetting } from '../../../settings/settings.ts';
import type { BridgeContext } from '../../context.ts';
import { Ways } from '../../hops.ts';
import {
  type Discovery,
  discover,
  InteractivityCache,
  type Introduction,
  isProvisional,
  isTelling,
  type NegotiatedRevision,
  negotiate,
  negotiateAlone,
  patienceFor,
  remainingFor,
  SuspendedCalls,
  type Verdict,
  within,
} from '../../translate/index.ts';
import { ChildConnections, type Unserved, type Upstream } from './child-connection.ts';
import { type ModernWorker, PrincipalChildren } from './upstream.ts';

/** Milliseconds until a server that has not answered in the modern revision is asked again: it may have been away, or is a newer one. */
const ASK_AGAIN = 5 * 60_000;

/** Who a request comes from, as far as it decides which child serves it. */
export interface Client {
  readonly principal: string;
  /** See Scope.via. */
  readonly via: string | undefined;
  readonly introduction: Introduction;
  /** Of its request, if there is one. */
  readonly requestState?: unknown;
}

/**
 * Finds the children that serve a modern client: the first request finds out what revision the server's children speak, all
 * later ones rely on it until the server is defined differently.
 */
export class ChildPool {
  readonly #suspended: SuspendedCalls;
  readonly #server: Server;
  readonly #text: () => Text;
  readonly #negotiated: NegotiatedRevision;
  readonly #connections: ChildConnections;
  #setting: ServerSetting;
  #interactivity = new InteractivityCache();
  readonly #ways = new Ways();
  #principals = new Map<string, PrincipalChildren>();
  #finding: Promise<Verdict | Unserved> | null = null;
  #asking: Promise<boolean> | null = null;
  /** When the server has last not answered in the modern revision, in milliseconds of performance.now(). */
  #lastAsked = Number.NEGATIVE_INFINITY;

  constructor(server: Server, negotiated: NegotiatedRevision, context: BridgeContext) {
    this.#server = server;
    this.#text = context.text;
    this.#negotiated = negotiated;
    this.#setting = server.setting;
    this.#connections = new ChildConnections(server, context);
    this.#suspended = new SuspendedCalls(() => context.limits().parkedCalls, systemClock);
  }

  async of(client: Client): Promise<Upstream | Unserved> {
    this.#forgetIfRedefined();
    const principal = this.#principal(client);
    // A call that waits in a legacy child goes on there, also when its server has turned out to be modern since.
    if (this.isSuspended(client.requestState)) return principal.legacy(client.introduction);
    if (this.#asking !== null) await this.#asking;
    const verdict = this.#verdict ?? (await this.#find(principal, client));
    if ('error' in verdict) return verdict;
    if (verdict.kind === 'legacy') return this.#legacy(principal, verdict, client);
    return principal.modern ?? this.#openModern(principal, verdict.face);
  }

  /** Whether a call waits in a legacy child under this `requestState`. */
  isSuspended(requestState: unknown): boolean {
    return requestState !== undefined && this.#suspended.holds(requestState);
  }

  /**
   * Whether the server speaks the modern revision. Where that is not known, one process is asked, which serves the principal from then
   * on if it does. Nothing is learnt from its silence: others speak with the server already, by sessions.
   */
  isModern(client: Pick<Client, 'principal' | 'via'>): Promise<boolean> {
    this.#forgetIfRedefined();
    if (this.#asking !== null) return this.#asking;
    const verdict = this.#verdict;
    if (verdict !== null && !isProvisional(verdict)) return Promise.resolve(verdict.kind === 'modern');
    if (!this.#server.mayProbe || performance.now() - this.#lastAsked < ASK_AGAIN) return Promise.resolve(false);
    this.#asking = this.#ask(this.#principal(client)).finally(() => {
      this.#asking = null;
    });
    return this.#asking;
  }

  /** The modern children that already serve a principal. */
  modernOf(client: Pick<Client, 'principal' | 'via'>): PrincipalChildren['modern'] {
    return this.#principals.get(this.#keyOf(client).key)?.modern ?? null;
  }

  /** The server was met speaking so. Where it is known to speak otherwise, it is another one since it was asked. */
  speaks(era: 'legacy' | 'modern'): void {
    const { verdict } = this.#negotiated;
    if (verdict === null || verdict.kind === era) return;
    this.#server.log.info('The era of the server is another one since it was started', { era });
    this.close();
  }

  /** Ends all children. The next request finds out everything anew. */
  close(): void {
    this.#negotiated.forget();
    for (const principal of this.#principals.values()) principal.close();
    this.#connections.close();
  }

  /** Requests that have come different ways share no child: each child's own requests say which way. */
  #keyOf({ principal, via }: Pick<Client, 'principal' | 'via'>): {
    readonly key: string;
    readonly via: string | undefined;
  } {
    // Most have come straight to us.
    if (via === undefined || !via.includes(',')) return { key: principal, via };
    const way = this.#ways.of(via);
    return { key: `${principal}\n${way}`, via: way };
  }

  #principal(client: Pick<Client, 'principal' | 'via'>): PrincipalChildren {
    const shared = { suspended: this.#suspended, interactivity: this.#interactivity };
    const { key, via } = this.#keyOf(client);
    const known = this.#principals.get(key) ?? new PrincipalChildren(this.#connections, shared, this.#text, via);
    this.#principals.set(key, known);
    return known;
  }

  /** One that time alone has brought about holds only as long as the children that were started on it. */
  get #verdict(): Verdict | null {
    if (isProvisional(this.#negotiated.verdict) && !this.#server.hasChildren) this.#negotiated.forget();
    return this.#negotiated.verdict;
  }

  async #legacy(
    principal: PrincipalChildren,
    verdict: Verdict,
    { introduction }: Client,
  ): Promise<Upstream | Unserved> {
    const upstream = await principal.legacy(introduction);
    if ('error' in upstream && isProvisional(verdict)) this.#negotiated.forget();
    return upstream;
  }

  #find(principal: PrincipalChildren, client: Client): Promise<Verdict | Unserved> {
    this.#finding ??= this.#probe(principal, client).finally(() => {
      this.#finding = null;
    });
    return this.#finding;
  }

  async #ask(principal: PrincipalChildren): Promise<boolean> {
    const { setting } = this.#server;
    const connection = principal.openModern('probe');
    if ('error' in connection) return false;
    const asked = this.#discover(connection);
    // It has a sibling that has started: by how long that took, this one is there by then.
    const patience = remainingFor(this.#server.startTook, this.#server.ageOf(connection.child));
    const discovery = await within(asked, patience, systemClock);
    if (this.#server.setting !== setting || discovery?.kind !== 'modern') {
      this.#lastAsked = performance.now();
      await this.#keep(principal, connection, { kind: 'otherwise' });
      return false;
    }
    await this.#keep(principal, connection, discovery);
    this.#learn({ kind: 'modern', face: discovery.face, legacyToo: null });
    return true;
  }

  /** The child that answers in its own revision is kept, its sibling ends. */
  async #probe(principal: PrincipalChildren, client: Client): Promise<Verdict | Unserved> {
    if (!this.#server.allowsSeveral) return this.#probeAlone(principal, client);
    const { introduction } = client;
    const connection = principal.openModern('probe');
    if ('error' in connection) return connection;
    const discovery = this.#discover(connection);
    const legacy = principal.legacy(introduction);
    const probes = {
      modern: () => discovery,
      legacy: async () => !('error' in (await legacy)),
    };
    const remaining = () => remainingFor(this.#server.startTook, this.#server.ageOf(connection.child));
    const verdict = await negotiate(probes, remaining, systemClock);
    const outcome = await Promise.race([legacy, null]);
    if (verdict?.kind === 'modern') await this.#keep(principal, connection, await discovery);
    else if (isProvisional(verdict)) void this.#await(principal, connection, discovery);
    else void connection.close();
    if (verdict === null) return outcome !== null && 'error' in outcome ? outcome : this.#silent();
    if (verdict.kind === 'modern') principal.dropLegacy();
    this.#learn(verdict);
    return verdict;
  }

  /** The process that was too slow may still answer. What it says then is final. */
  async #await(principal: PrincipalChildren, connection: ModernWorker, asked: Promise<Discovery>): Promise<void> {
    const setting = this.#server.setting;
    const discovery = await asked;
    if (this.#server.setting !== setting || !isProvisional(this.#negotiated.verdict)) {
      await connection.close();
    } else if (discovery.kind === 'modern') {
      await this.#keep(principal, connection, discovery);
      this.#learn({ kind: 'modern', face: discovery.face, legacyToo: true });
    } else {
      await connection.close();
      if (isTelling(discovery, this.#server.startTook)) this.#learn({ kind: 'legacy' });
    }
  }

  /** One process at a time: a second could fail for what the first holds, or end it, and with it the call it is for. */
  async #probeAlone(principal: PrincipalChildren, { introduction }: Client): Promise<Verdict | Unserved> {
    let refusal: Unserved | null = null;
    const probes = {
      modern: async (): Promise<Discovery> => {
        if (!this.#server.mayProbe) return { kind: 'silent', age: 0 };
        const connection = principal.openModern('probe');
        if ('error' in connection) {
          refusal = connection;
          return { kind: 'otherwise' };
        }
        const discovery = await this.#discover(connection);
        await this.#keep(principal, connection, discovery);
        return discovery;
      },
      legacy: async () => {
        if (refusal !== null) return false;
        const legacy = await principal.legacy(introduction);
        if ('error' in legacy) refusal = legacy;
        return !('error' in legacy);
      },
    };
    const verdict = await negotiateAlone(probes, () => this.#server.startTook);
    if (verdict === null) return refusal ?? this.#silent();
    this.#learn(verdict);
    return verdict;
  }

  /** A process that has been asked: it serves if it is modern and was asked nothing else, else it ends. */
  async #keep(principal: PrincipalChildren, connection: ModernWorker, discovery: Discovery): Promise<void> {
    if (discovery.kind === 'modern' && !discovery.greeted && !connection.ended) {
      this.#server.keep(connection.child);
      principal.adopt(connection, discovery.face);
    } else if (this.#server.allowsSeveral) {
      void connection.close();
    } else {
      await connection.close();
    }
  }

  #learn(verdict: Verdict): void {
    this.#negotiated.learn(verdict);
    const provisional = isProvisional(verdict) ? { provisional: true } : {};
    this.#server.log.info('The era of the server is known', { era: revisionName(verdict), ...provisional });
  }

  async #discover({ translator, child }: ModernWorker): Promise<Discovery> {
    const age = () => this.#server.ageOf(child);
    const discovery = await discover(translator, age, patienceFor(this.#server.startTook), systemClock);
    return discovery.kind === 'otherwise' && child.isUnheard === true ? { kind: 'silent', age: age() } : discovery;
  }

  async #openModern(principal: PrincipalChildren, known: ServerFace | null): Promise<Upstream | Unserved> {
    const connection = principal.openModern('shared');
    if ('error' in connection) return connection;
    const face = known ?? (await faceOf(connection));
    if (face === null) return this.#unlikeItsSetting(connection);
    return principal.modern ?? principal.adopt(connection, face);
  }

  /** A person has set the revision, and the server does not answer in it: it has ended, or speaks another. */
  #unlikeItsSetting({ child }: ModernWorker): Unserved {
    const { end } = child;
    if (end !== null) return { error: endError(this.#server.name, end, this.#text()), status: 200 };
    const message = this.#text().bridge.notModern(this.#server.name);
    return { error: { code: CODE.internalError, message }, status: 200 };
  }

  #silent(): Unserved {
    const message = this.#text().bridge.speaksNeither(this.#server.name);
    return { error: { code: CODE.internalError, message }, status: 200 };
  }

  #forgetIfRedefined(): void {
    if (this.#server.setting === this.#setting) return;
    this.#setting = this.#server.setting;
    this.#finding = null;
    this.#lastAsked = Number.NEGATIVE_INFINITY;
    this.#interactivity = new InteractivityCache();
    this.#principals = new Map();
  }
}

function faceOf(connection: ModernWorker): Promise<ServerFace | null> {
  return new Promise((resolve) =>
    connection.translator.request('server/discover', {}, (response) => resolve(faceFromDiscover(resultIn(response)))),
  );
}

function revisionName(verdict: Verdict): ServerSetting['era'] {
  if (verdict.kind === 'legacy') return 'legacy';
  return verdict.legacyToo ? 'dual' : 'modern';
}
