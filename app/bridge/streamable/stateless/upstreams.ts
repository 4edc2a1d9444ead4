import type { Text } from '../../../i18n/index.ts';
import type { Server } from '../../../servers/index.ts';
import type { ServerSetting } from '../../../settings/settings.ts';
import type { BridgeContext } from '../../context.ts';
import {
  CODE,
  type Discovery,
  discover,
  faceFromDiscover,
  findEra,
  findEraAlone,
  InteractivityCache,
  type Introduction,
  isProvisional,
  isTelling,
  type NegotiatedRevision,
  patienceFor,
  remainingFor,
  resultIn,
  type ServerFace,
  SuspendedCalls,
  systemClock,
  type Verdict,
  type Waiting,
} from '../../translate/index.ts';
import { ChildPool, type Unserved, type Upstream } from './child-pool.ts';
import type { ModernWorker } from './modern-upstream.ts';
import { Principal } from './principal.ts';

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
    return discover(line.talk, () => this.#server.ageOf(line.child), patienceFor(this.#server.startTook), systemClock);
  }

  async #openModern(principal: Principal, known: ServerFace | null): Promise<Upstream | Unserved> {
    const line = principal.openModern('shared');
    if ('error' in line) return line;
    const face = known ?? (await faceOf(line));
    if (face === null) return this.#silent();
    return principal.modern ?? principal.adopt(line, face);
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
    line.talk.ask('server/discover', {}, (response) => resolve(faceFromDiscover(resultIn(response)))),
  );
}

function eraName(verdict: Verdict): ServerSetting['era'] {
  if (verdict.kind === 'legacy') return 'legacy';
  return verdict.legacyToo ? 'dual' : 'modern';
}
