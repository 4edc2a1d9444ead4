import type { ModernRequest } from '../request.ts';
import { askable, isInteractive } from '../server-requests.ts';

/** Tools and prompts remembered; a server that makes up names must not fill our memory. */
const LIMIT = 10_000;

/**
 * What is known of which requests make a server ask its client. Legacy stdio does not say which request a question belongs
 * to, so a request that may bring one should have its child to itself. One that was seen to end without a question need
 * not, which is nearly every one; the first time, nobody knows.
 */
export class InteractivityCache {
  readonly #asks = new Map<string, boolean>();

  mayAsk(request: ModernRequest): boolean {
    if (!isInteractive(request.method) || this.#asks.get(keyOf(request)) === false) return false;
    return Object.keys(askable(request.envelope.capabilities)).length > 0;
  }

  /** It has asked, or is among those of which one has asked. */
  asked(request: ModernRequest): void {
    this.#learn(request, true);
  }

  /** It has ended, and no question came while it was under way. */
  keptQuiet(request: ModernRequest): void {
    if (!this.#asks.has(keyOf(request))) this.#learn(request, false);
  }

  #learn(request: ModernRequest, asks: boolean): void {
    if (this.#asks.size >= LIMIT) this.#asks.clear();
    this.#asks.set(keyOf(request), asks);
  }
}

/**
 * What a server asks depends on what its client can do. Resources are told apart by URI, of which there may be any number:
 * they count as one.
 */
function keyOf({ method, params, envelope }: ModernRequest): string {
  const name = method === 'resources/read' ? null : params['name'];
  return JSON.stringify([method, name, Object.keys(askable(envelope.capabilities))]);
}
