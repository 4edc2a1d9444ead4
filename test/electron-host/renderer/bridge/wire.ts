/**
 * A value on its way from one JavaScript world of a page to the other. Functions and promises stay where they are and
 * are named by number; everything else is copied.
 */
export type Wire =
  | { readonly kind: 'plain'; readonly value: unknown }
  | { readonly kind: 'clone'; readonly value: unknown }
  | { readonly kind: 'error'; readonly message: string }
  | { readonly kind: 'function'; readonly id: number }
  | { readonly kind: 'promise'; readonly id: number }
  | { readonly kind: 'again'; readonly place: number }
  | { readonly kind: 'array'; readonly place: number; readonly items: readonly Wire[] }
  | { readonly kind: 'object'; readonly place: number; readonly items: readonly (readonly [string, Wire])[] };

export type Callable = (...args: unknown[]) => unknown;

/** What the writing side does with a value that stays behind: keeps it, and names it by number. */
export interface Keeper {
  keepFunction(value: Callable): number;
  keepPromise(value: Promise<unknown>): number;
}

/** What the reading side makes of such a number. */
export interface Finder {
  functionAt(id: number): Callable;
  promiseAt(id: number): Promise<unknown>;
}

/** Follows the rules of Electron's contextBridge: own enumerable members only, prototypes and symbols are lost. */
export class WireWriter {
  readonly #keeper: Keeper;
  readonly #places = new Map<object, number>();

  constructor(keeper: Keeper) {
    this.#keeper = keeper;
  }

  /** A tree of nothing but data is copied at once: member by member it takes seconds where it is large. */
  write(value: unknown): Wire {
    return isData(value, new Set()) ? { kind: 'clone', value } : this.#write(value);
  }

  #write(value: unknown): Wire {
    if (typeof value === 'symbol') return { kind: 'plain', value: undefined };
    if (isCallable(value)) return { kind: 'function', id: this.#keeper.keepFunction(value) };
    if (typeof value !== 'object' || value === null) return { kind: 'plain', value };
    if (value instanceof Promise) return { kind: 'promise', id: this.#keeper.keepPromise(value) };
    if (value instanceof Error) return { kind: 'error', message: String(value.message) };
    const known = this.#places.get(value);
    if (known !== undefined) return { kind: 'again', place: known };
    if (Array.isArray(value)) {
      const place = this.#take(value);
      return { kind: 'array', place, items: Array.from(value, (item) => this.#write(item)) };
    }
    if (Object.prototype.toString.call(value) === '[object Object]') {
      const place = this.#take(value);
      return { kind: 'object', place, items: Object.entries(value).map(([key, item]) => [key, this.#write(item)]) };
    }
    return { kind: 'clone', value: cloneForBridge(value) };
  }

  #take(value: object): number {
    const place = this.#places.size;
    this.#places.set(value, place);
    return place;
  }
}

export class WireReader {
  readonly #finder: Finder;
  readonly #made = new Map<number, unknown>();

  constructor(finder: Finder) {
    this.#finder = finder;
  }

  read(wire: Wire): unknown {
    switch (wire.kind) {
      case 'plain':
      case 'clone':
        return wire.value;
      case 'error':
        return new Error(wire.message);
      case 'function':
        return this.#finder.functionAt(wire.id);
      case 'promise':
        return this.#finder.promiseAt(wire.id);
      case 'again':
        return this.#made.get(wire.place);
      case 'array': {
        const array: unknown[] = [];
        this.#made.set(wire.place, array);
        for (const item of wire.items) array.push(this.read(item));
        return array;
      }
      case 'object': {
        const object: Record<string, unknown> = {};
        this.#made.set(wire.place, object);
        for (const [key, item] of wire.items) object[key] = this.read(item);
        return object;
      }
      default:
        return wire satisfies never;
    }
  }
}

/** Whether it is a tree of plain objects, full arrays and primitive values: what each way of copying makes the same of. */
function isData(value: unknown, met: Set<object>): boolean {
  if (typeof value === 'symbol' || typeof value === 'function') return false;
  if (typeof value !== 'object' || value === null) return true;
  if (met.has(value)) return false;
  met.add(value);
  const isPlain = Array.isArray(value)
    ? Object.keys(value).length === value.length
    : Object.getPrototypeOf(value) === Object.prototype && Object.getOwnPropertySymbols(value).length === 0;
  return isPlain && Object.values(value).every((item) => isData(item, met));
}

function isCallable(value: unknown): value is Callable {
  return typeof value === 'function';
}

function cloneForBridge(value: object): unknown {
  try {
    return structuredClone(value);
  } catch {
    throw new Error('This value cannot pass the context bridge: it cannot be cloned');
  }
}
