import type { CloneLeaf, CloneNode, CloneText } from './format.ts';
import { viewTypes } from './views.ts';

/**
 * Structured clone over a channel that carries text only, as the DevTools protocol does.
 * @throws Error when the platform would refuse to clone the value, or when Electron's IPC would
 */
export function encodeClone(value: unknown): CloneText {
  const cloned = platformClone(value);
  return JSON.stringify(isPlain(cloned, new Set()) ? { plain: cloned } : new CloneWriter().write(cloned));
}

/** Whether JSON says all of it: a tree of plain objects and full arrays. Most of what an app sends is, and the rest is slow. */
function isPlain(value: unknown, met: Set<object>): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true;
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0);
    case 'object': {
      if (value === null) return true;
      if (met.has(value)) return false;
      met.add(value);
      const fits = Array.isArray(value) ? isFull(value) : Object.getPrototypeOf(value) === Object.prototype;
      return fits && Object.values(value).every((item) => isPlain(item, met));
    }
    default:
      return false;
  }
}

/** The platform's own rules: no functions, no symbols, no promises; prototypes are lost. */
function platformClone(value: unknown): unknown {
  try {
    return structuredClone(value);
  } catch {
    return refuseToClone();
  }
}

function refuseToClone(): never {
  throw new Error('This value cannot leave its process: something in it cannot be cloned');
}

/** Without holes and without members of its own, which are listed behind the indices. */
function isFull(array: readonly unknown[]): boolean {
  const keys = Object.keys(array);
  return keys.length === array.length && (keys.length === 0 || keys.at(-1) === String(array.length - 1));
}

class CloneWriter {
  readonly #nodes: CloneNode[] = [];
  readonly #places = new Map<object, number>();

  write(value: unknown): { top: CloneLeaf; nodes: readonly CloneNode[] } {
    return { top: this.#leaf(value), nodes: this.#nodes };
  }

  #leaf(value: unknown): CloneLeaf {
    switch (typeof value) {
      case 'string':
      case 'boolean':
        return value;
      case 'undefined':
        return { undefined: true };
      case 'bigint':
        return { bigint: String(value) };
      case 'number':
        if (Object.is(value, -0)) return { number: '-0' };
        return Number.isFinite(value) ? value : { number: String(value) };
      case 'object':
        return value === null ? null : { at: this.#place(value) };
      default:
        return refuseToClone();
    }
  }

  #place(object: object): number {
    const known = this.#places.get(object);
    if (known !== undefined) return known;
    // The place is taken before the object is described, so that a cycle finds it.
    const place = this.#nodes.push({ kind: 'set', items: [] }) - 1;
    this.#places.set(object, place);
    this.#nodes[place] = this.#describe(object);
    return place;
  }

  #describe(object: object): CloneNode {
    if (Array.isArray(object)) return { kind: 'array', length: object.length, items: this.#entries(object) };
    if (object instanceof Map) {
      return { kind: 'map', items: [...object].map(([key, item]) => [this.#leaf(key), this.#leaf(item)]) };
    }
    if (object instanceof Set) return { kind: 'set', items: [...object].map((item) => this.#leaf(item)) };
    if (object instanceof Date) return { kind: 'date', time: this.#leaf(object.getTime()) };
    if (object instanceof RegExp) return { kind: 'regexp', source: object.source, flags: object.flags };
    if (object instanceof Error) return { kind: 'error', name: object.name, message: object.message };
    if (object instanceof ArrayBuffer) return { kind: 'buffer', base64: toBase64(object) };
    const tag = Object.prototype.toString.call(object).slice('[object '.length, -1);
    if (ArrayBuffer.isView(object) && tag in viewTypes) {
      return {
        kind: 'view',
        type: tag,
        buffer: this.#leaf(object.buffer),
        offset: object.byteOffset,
        bytes: object.byteLength,
      };
    }
    // Blob, File, ImageData, …: Electron's IPC refuses them as well.
    return tag === 'Object' ? { kind: 'object', items: this.#entries(object) } : refuseToClone();
  }

  #entries(object: object): (readonly [string, CloneLeaf])[] {
    return Object.entries(object).map(([key, item]) => [key, this.#leaf(item)]);
  }
}

function toBase64(buffer: ArrayBuffer): string {
  let text = '';
  for (const byte of new Uint8Array(buffer)) text += String.fromCharCode(byte);
  return btoa(text);
}
