import { systemClock } from '../../../base/clock.ts';
import type { Text } from '../../../i18n/index.ts';
import { faceFromDiscover, type ServerFace } from '../../../mcp/index.ts';
import { CODE, type JsonRpcError, resultIn } from '../../../mcp/jsonrpc/index.ts';
import { endError, type Server } from '../../../servers/index.ts';
import type { ServerSetting } from '../../../settings/settings.ts';
import type { BridgeContext } from '../../context.ts';
import {
  type Discovery,
  discover,
  findEra,
  findEraAlone,
  InteractivityCache,
  type Introduction,
  isProvisional,
  isTelling,
  ModernToLegacy,
  ModernToModern,
  type NegotiatedRevision,
  patienceFor,
  remainingFor,
  Subscriptions,
  SuspendedCalls,
  type Verdict,
  type Waiting,
} from '../../translate/index.ts';
import { ChildPool, type Unserved, type Upstream } from './child-connection.ts';
import { LegacyUpstream, type LegacyWorker, ModernUpstream, type ModernWorker } from './upstream.ts';

/** What all principals of a server have in common. */
export interface SharedByPrincipals {
  readonly parking: SuspendedCalls<Waiting>;
  readonly habits: InteractivityCache;
}

/**
 * The children of one server that belong to one principal, and to no other: modern ones for all its clients together,
 * and a legacy one for each client program, by what it declares and who it says it is.
 */
export class Principal {
  readonly #lines: ChildPool;
  readonly #shared: SharedByPrincipals;
  readonly #subscriptions = new Subscriptions();
  readonly #legacy = new Map<string, Promise<LegacyUpstream | Unserved>>();
  readonly #legacyLines = new Set<LegacyWorker>();
  #modern: ModernUpstream | null = null;

  constructor(lines: ChildPool, shared: SharedByPrincipals) {
    this.#lines = lines;
    this.#shared = shared;
  }

  get modern(): ModernUpstream | null {
    return this.#modern;
  }

  openModern(use: 'shared' | 'probe', stateIssued: (state: string) => void = () => undefined): ModernWorker | Unserved {
    return this.#lines.open(use, (end) => new ModernToModern({ ...end, stateIssued }), {
      gone: () => undefined,
      isNeeded: () => false,
    });
  }

  /** Serves modern requests from now on, by a child that is open already. */
  adopt(line: ModernWorker, face: ServerFace): ModernUpstream {
    this.#modern = new ModernUpstream(face, line, (stateIssued) => this.openModern('shared', stateIssued));
    return this.#modern;
  }

  /** The legacy child for a client that introduces itself so, after the handshake. */
  legacy(introduction: Introduction): Promise<LegacyUpstream | Unserved> {
    const key = JSON.stringify([introduction.capabilities, introduction.clientInfo]);
    const known = this.#legacy.get(key);
    if (known !== undefined) return known;
    const opening = this.#openLegacy(introduction, () => this.#legacy.delete(key));
    this.#legacy.set(key, opening);
    return opening;
  }

  /** The server turned out to be modern: what was opened to find that out goes. */
  dropLegacy(): void {
    for (const line of this.#legacyLines) void line.close();
  }

  close(): void {
    this.#subscriptions.close();
  }

  async #openLegacy(introduction: Introduction, gone: () => void): Promise<LegacyUpstream | Unserved> {
    const greeted = await this.#greet(introduction, gone, () => this.#subscriptions.size > 0);
    if ('error' in greeted) {
      gone();
      return greeted;
    }
    const openLane = async () => {
      const lane = await this.#greet(
        introduction,
        () => undefined,
        () => false,
      );
      return 'error' in lane ? lane : lane.line;
    };
    const { line: main, face } = greeted;
    return new LegacyUpstream({ face, main, openLane, subscriptions: this.#subscriptions, ...this.#shared });
  }

  /** A legacy child after its handshake. */
  #greet(introduction: Introduction, gone: () => void, isNeeded: () => boolean): Promise<Greeted | Unserved> {
    return new Promise((resolve) => {
      const changed = (method: string, uri: string | null, notification: Buffer) =>
        this.#subscriptions.changed(method, uri, notification);
      const greeting = {
        greeted: (face: ServerFace) => {
          if ('error' in line) return;
          this.#subscriptions.attach(line.translator);
          resolve({ line, face });
        },
        refused: (error: JsonRpcError) => {
          const refused: Unserved = { error, status: 200 };
          // Where two processes cannot live side by side, the next one starts when this one has gone.
          if ('error' in line) resolve(refused);
          else void line.close().then(() => resolve(refused));
        },
      };
      const line: LegacyWorker | Unserved = this.#lines.open(
        'shared',
        (end) => new ModernToLegacy({ ...end, ...this.#shared, clock: systemClock, introduction, changed }, greeting),
        {
          isNeeded,
          gone: (ended) => {
            gone();
            this.#legacyLines.delete(ended);
            this.#subscriptions.detach(ended.translator);
          },
        },
      );
      if ('error' in line) resolve(line);
      else this.#legacyLines.add(line);
    });
  }
}

interface Greeted {
  readonly line: LegacyWorker;
  readonly face: ServerFace;
}

/** Who a request comes from, as far as it decides which child serves it. */
export interface Client {
  readonly principal: string;
  readonly introduction: Introduction;
  /** Of its request, if there is one. */
  readonly requestState?: unknown;
}

/**
 * Finds the children that serve a modern client: the first request finds out what era the server's children are of, all
 * later ones rely on it until the server is defined differently.
 */
export class Upstreams {
  readonly #parking: SuspendedCalls<Waiting>;
  readonly #server: Server;
  readonly #text: () => Text;
  readonly #era: NegotiatedRevision;
  readonly #lines: ChildPool;
  #setting: ServerSetting;
  #habits = new InteractivityCache();
  #principals = new Map<string, Principal>();
  #finding: Promise<Verdict | Unserved> | null = null;

  constructor(server: Server, era: NegotiatedRevision, context: BridgeContext) {
    this.#server = server;
    this.#text = context.text;
    this.#era = era;
    this.#setting = server.setting;
    this.#lines = new ChildPool(server, context);
    this.#parking = new SuspendedCalls(() => context.limits().parkedCalls, systemClock);
  }

  async of(client: Client): Promise<Upstream | Unserved> {
    this.#forgetIfRedefined();
    const principal = this.#principal(client.principal);
    // A call that waits in a legacy child goes on there, also when its server has turned out to be modern since.
    if (this.#parking.holds(client.requestState)) return principal.legacy(client.introduction);
    const verdict = this.#verdict ?? (await this.#find(principal, client));
    if ('error' in verdict) return verdict;
    if (verdict.kind === 'legacy') return this.#legacy(principal, verdict, client);
    return principal.modern ?? this.#openModern(principal, verdict.face);
  }

  /** The modern children that already serve a principal. */
  modernOf(principal: string): Principal['modern'] {
    return this.#principals.get(principal)?.modern ?? null;
  }

  /** Ends all children. The next request finds out everything anew. */
  close(): void {
    this.#era.forget();
    for (const principal of this.#principals.values()) principal.close();
    this.#lines.close();
  }

  #principal(name: string): Principal {
    const shared = { parking: this.#parking, habits: this.#habits };
    const known = this.#principals.get(name) ?? new Principal(this.#lines, shared);
    this.#principals.set(name, known);
    return known;
  }

  /** One that time alone has brought about holds only as long as the children that were started on it. */
  get #verdict(): Verdict | null {
    if (isProvisional(this.#era.verdict) && !this.#server.hasChildren) this.#era.forget();
    return this.#era.verdict;
  }

  async #legacy(principal: Principal, verdict: Verdict, { introduction }: Client): Promise<Upstream | Unserved> {
    const upstream = await principal.legacy(introduction);
    if ('error' in upstream && isProvisional(verdict)) this.#era.forget();
    return upstream;
  }

  #find(principal: Principal, client: Client): Promise<Verdict | Unserved> {
    this.#finding ??= this.#probe(principal, client).finally(() => {
      this.#finding = null;
    });
    return this.#finding;
  }

  /** The child that answers in its own era is kept, its sibling ends. */
  async #probe(principal: Principal, client: Client): Promise<Verdict | Unserved> {
    if (!this.#server.allowsSeveral) return this.#probeAlone(principal, client);
    const { introduction } = client;
    const line = principal.openModern('probe');
    if ('error' in line) return line;
    const discovery = this.#discover(line);
    const legacy = principal.legacy(introduction);
    const probes = {
      modern: () => discovery,
      legacy: async () => !('error' in (await legacy)),
    };
    const remaining = () => remainingFor(this.#server.startTook, this.#server.ageOf(line.child));
    const verdict = await findEra(probes, remaining, systemClock);
    const outcome = await Promise.race([legacy, null]);
    if (verdict?.kind === 'modern') await this.#keep(principal, line, await discovery);
    else if (isProvisional(verdict)) void this.#await(principal, line, discovery);
    else void line.close();
    if (verdict === null) return outcome !== null && 'error' in outcome ? outcome : this.#silent();
    if (verdict.kind === 'modern') principal.dropLegacy();
    this.#learn(verdict);
    return verdict;
  }

  /** The process that was too slow may still answer. What it says then is final. */
  async #await(principal: Principal, line: ModernWorker, asked: Promise<Discovery>): Promise<void> {
    const setting = this.#server.setting;
    const discovery = await asked;
    if (this.#server.setting !== setting || !isProvisional(this.#era.verdict)) {
      await line.close();
    } else if (discovery.kind === 'modern') {
      await this.#keep(principal, line, discovery);
      this.#learn({ kind: 'modern', face: discovery.face, legacyToo: true });
    } else {
      await line.close();
      if (isTelling(discovery, this.#server.startTook)) this.#learn({ kind: 'legacy' });
    }
  }

  /** One process at a time: a second could fail for what the first holds, or end it, and with it the call it is for. */
  async #probeAlone(principal: Principal, { introduction }: Client): Promise<Verdict | Unserved> {
    let refusal: Unserved | null = null;
    const probes = {
      modern: async (): Promise<Discovery> => {
        if (!this.#server.mayProbe) return { kind: 'silent', age: 0 };
        const line = principal.openModern('probe');
        if ('error' in line) {
          refusal = line;
          return { kind: 'otherwise' };
        }
        const discovery = await this.#discover(line);
        await this.#keep(principal, line, discovery);
        return discovery;
      },
      legacy: async () => {
        if (refusal !== null) return false;
        const legacy = await principal.legacy(introduction);
        if ('error' in legacy) refusal = legacy;
        return !('error' in legacy);
      },
    };
    const verdict = await findEraAlone(probes, () => this.#server.startTook);
    if (verdict === null) return refusal ?? this.#silent();
    this.#learn(verdict);
    return verdict;
  }

  /** A process that has been asked: it serves if it is modern and was asked nothing else, else it ends. */
  async #keep(principal: Principal, line: ModernWorker, discovery: Discovery): Promise<void> {
    if (discovery.kind === 'modern' && !discovery.greeted && !line.ended) {
      this.#server.keep(line.child);
      principal.adopt(line, discovery.face);
    } else if (this.#server.allowsSeveral) {
      void line.close();
    } else {
      await line.close();
    }
  }

  #learn(verdict: Verdict): void {
    this.#era.learn(verdict);
    const provisional = isProvisional(verdict) ? { provisional: true } : {};
    this.#server.log.info('The era of the server is known', { era: eraName(verdict), ...provisional });
  }

  #discover(line: ModernWorker): Promise<Discovery> {
    return discover(
      line.translator,
      () => this.#server.ageOf(line.child),
      patienceFor(this.#server.startTook),
      systemClock,
    );
  }

  async #openModern(principal: Principal, known: ServerFace | null): Promise<Upstream | Unserved> {
    const line = principal.openModern('shared');
    if ('error' in line) return line;
    const face = known ?? (await faceOf(line));
    if (face === null) return this.#unlikeItsEra(line);
    return principal.modern ?? principal.adopt(line, face);
  }

  /** A person has set the era, and the server shows no face of it: it has ended, or speaks otherwise. */
  #unlikeItsEra({ child }: ModernWorker): Unserved {
    const { end } = child;
    if (end !== null) return { error: endError(this.#server.name, end, this.#text()), status: 200 };
    const message = this.#text().eras.notModern(this.#server.name);
    return { error: { code: CODE.internalError, message }, status: 200 };
  }

  #silent(): Unserved {
    const message = this.#text().eras.speaksNeither(this.#server.name);
    return { error: { code: CODE.internalError, message }, status: 200 };
  }

  #forgetIfRedefined(): void {
    if (this.#server.setting === this.#setting) return;
    this.#setting = this.#server.setting;
    this.#finding = null;
    this.#habits = new InteractivityCache();
    this.#principals = new Map();
  }
}

function faceOf(line: ModernWorker): Promise<ServerFace | null> {
  return new Promise((resolve) =>
    line.translator.ask('server/discover', {}, (response) => resolve(faceFromDiscover(resultIn(response)))),
  );
}

function eraName(verdict: Verdict): ServerSetting['era'] {
  if (verdict.kind === 'legacy') return 'legacy';
  return verdict.legacyToo ? 'dual' : 'modern';
}
