import type { TunnelView } from '../engine/index.ts';
import { type AppDelta, type AppRest, applyDelta } from '../ipc/index.ts';

/** Tells listeners what has changed, and knows which tunnels they have been told of. */
export class AppFeed {
  readonly #listeners = new Set<(delta: AppDelta) => void>();
  #tunnels: readonly TunnelView[] = [];

  /** Those the deltas have told of, so that a state and the deltas after it always fit. */
  get tunnels(): readonly TunnelView[] {
    return this.#tunnels;
  }

  /** Returns the unsubscribe. */
  subscribe(listener: (delta: AppDelta) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  pass(tunnels: Omit<AppDelta, 'rest'>, rest: AppRest): void {
    const delta = { ...tunnels, rest };
    this.#tunnels = applyDelta({ ...rest, tunnels: this.#tunnels }, delta).tunnels;
    for (const listener of this.#listeners) listener(delta);
  }

  /** Nothing has happened to the tunnels. */
  tell(rest: AppRest): void {
    this.pass({ opened: [], closed: [], moved: [] }, rest);
  }

  /** There is no engine any more that could tell of the end of its tunnels. */
  forgetTunnels(rest: AppRest): void {
    this.pass({ opened: [], closed: this.#tunnels.map(({ id }) => id), moved: [] }, rest);
  }
}
