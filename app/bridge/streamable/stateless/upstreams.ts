import type { Text } from '../../../i18n/index.ts';
import type { Server } from '../../../servers/index.ts';
import type { ServerSetting } from '../../../settings/settings.ts';
import type { BridgeContext } from '../../context.ts';
import {
  CODE,
  faceFromDiscover,
  findEra,
  findEraAlone,
  InteractivityCache,
  type Introduction,
  type NegotiatedRevision,
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

/** Milliseconds a server gets to answer `server/discover`, its start included, where only one process may be asked. */
const DISCOVER_PATIENCE = 5000;

/** Who a request comes from, as far as it decides which child serves it. */
export interface Client {
  readonly principal: string;
  readonly introduction: Introduction;
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
    const verdict = this.#era.verdict ?? (await this.#find(principal, client));
    if ('error' in verdict) return verdict;
    if (verdict.kind === 'legacy') return principal.legacy(client.introduction);
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
    const legacy = principal.legacy(introduction);
    const probes = {
      modern: () => discover(line),
      legacy: async () => !('error' in (await legacy)),
    };
    const verdict = await findEra(probes, systemClock);
    if (verdict?.kind === 'modern' && verdict.face !== null) {
      this.#server.keep(line.child);
      principal.adopt(line, verdict.face);
    } else {
      void line.close();
    }
    const outcome = await Promise.race([legacy, null]);
    if (verdict === null) return outcome !== null && 'error' in outcome ? outcome : this.#silent();
    if (verdict.kind === 'modern') principal.dropLegacy();
    this.#era.learn(verdict);
    this.#server.log.info('The era of the server is known', { era: eraName(verdict) });
    return verdict;
  }

  /** One process at a time: a second could fail for what the first holds, or end it, and with it the call it is for. */
  async #probeAlone(principal: Principal, { introduction }: Client): Promise<Verdict | Unserved> {
    const line = principal.openModern('probe');
    if ('error' in line) return line;
    let refusal: Unserved | null = null;
    const probes = {
      modern: () => discover(line),
      legacy: async () => {
        await line.close();
        const legacy = await principal.legacy(introduction);
        if ('error' in legacy) refusal = legacy;
        return !('error' in legacy);
      },
    };
    const verdict = await findEraAlone(probes, DISCOVER_PATIENCE, systemClock);
    if (verdict === null) return refusal ?? this.#silent();
    if (verdict.kind === 'modern' && verdict.face !== null) {
      this.#server.keep(line.child);
      principal.adopt(line, verdict.face);
    }
    this.#era.learn(verdict);
    this.#server.log.info('The era of the server is known', { era: eraName(verdict) });
    return verdict;
  }

  async #openModern(principal: Principal, known: ServerFace | null): Promise<Upstream | Unserved> {
    const line = principal.openModern('shared');
    if ('error' in line) return line;
    const face = known ?? (await discover(line));
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

function discover(line: ModernWorker): Promise<ServerFace | null> {
  return new Promise((resolve) =>
    line.talk.ask('server/discover', {}, (response) => resolve(faceFromDiscover(resultIn(response)))),
  );
}

function eraName(verdict: Verdict): ServerSetting['era'] {
  if (verdict.kind === 'legacy') return 'legacy';
  return verdict.legacyToo ? 'dual' : 'modern';
}
