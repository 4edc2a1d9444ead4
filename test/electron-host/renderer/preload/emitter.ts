type Listener = (...args: unknown[]) => void;

interface Entry {
  readonly listener: Listener;
  readonly once: boolean;
}

/** The part of node:events that a sandboxed preload needs; the page has no Node to take it from. */
export class PreloadEmitter {
  readonly #entries = new Map<string, readonly Entry[]>();

  on(event: string, listener: Listener): this {
    return this.#add(event, { listener, once: false });
  }

  once(event: string, listener: Listener): this {
    return this.#add(event, { listener, once: true });
  }

  addListener(event: string, listener: Listener): this {
    return this.on(event, listener);
  }

  off(event: string, listener: Listener): this {
    const entries = this.#of(event);
    const last = entries.findLastIndex((entry) => entry.listener === listener);
    if (last >= 0) this.#entries.set(event, entries.toSpliced(last, 1));
    return this;
  }

  removeListener(event: string, listener: Listener): this {
    return this.off(event, listener);
  }

  removeAllListeners(event: string): this {
    this.#entries.delete(event);
    return this;
  }

  listenerCount(event: string): number {
    return this.#of(event).length;
  }

  emit(event: string, ...args: unknown[]): boolean {
    const entries = this.#of(event);
    for (const { listener, once } of entries) {
      if (once) this.off(event, listener);
      listener(...args);
    }
    return entries.length > 0;
  }

  #add(event: string, entry: Entry): this {
    if (typeof entry.listener !== 'function') throw new TypeError(`The listener of '${event}' is not a function`);
    this.#entries.set(event, [...this.#of(event), entry]);
    return this;
  }

  #of(event: string): readonly Entry[] {
    return this.#entries.get(event) ?? [];
  }
}
