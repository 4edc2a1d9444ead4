import type { CloneContent, CloneLeaf, CloneNode, CloneText } from './format.ts';
import { viewTypes } from './views.ts';

/** The opposite of encodeClone. */
export function decodeClone(text: CloneText): unknown {
  const content: CloneContent = JSON.parse(text);
  return 'plain' in content ? content.plain : new CloneReader(content.nodes).read(content.top);
}

class CloneReader {
  readonly #nodes: readonly CloneNode[];
  readonly #made = new Map<number, unknown>();

  constructor(nodes: readonly CloneNode[]) {
    this.#nodes = nodes;
  }

  read(leaf: CloneLeaf): unknown {
    if (leaf === null || typeof leaf !== 'object') return leaf;
    if ('undefined' in leaf) return undefined;
    if ('number' in leaf) return Number(leaf.number);
    if ('bigint' in leaf) return BigInt(leaf.bigint);
    const node = this.#nodes[leaf.at];
    if (!this.#made.has(leaf.at) && node !== undefined) this.#make(leaf.at, node);
    return this.#made.get(leaf.at);
  }

  /** Containers are kept before they are filled, so that a cycle finds them. */
  #make(at: number, node: CloneNode): void {
    switch (node.kind) {
      case 'array':
        this.#fill(this.#keep(at, new Array<unknown>(node.length)), node.items);
        return;
      case 'object':
        this.#fill(this.#keep(at, {}), node.items);
        return;
      case 'map': {
        const map = this.#keep(at, new Map<unknown, unknown>());
        for (const [key, item] of node.items) map.set(this.read(key), this.read(item));
        return;
      }
      case 'set': {
        const set = this.#keep(at, new Set<unknown>());
        for (const item of node.items) set.add(this.read(item));
        return;
      }
      case 'date':
        this.#keep(at, new Date(Number(this.read(node.time))));
        return;
      case 'regexp':
        this.#keep(at, new RegExp(node.source, node.flags));
        return;
      case 'error':
        this.#keep(at, makeError(node.name, node.message));
        return;
      case 'buffer':
        this.#keep(at, fromBase64(node.base64));
        return;
      case 'view':
        this.#keep(at, makeView(node.type, this.read(node.buffer), node.offset, node.bytes));
        return;
      default:
        node satisfies never;
    }
  }

  #keep<Made>(at: number, made: Made): Made {
    this.#made.set(at, made);
    return made;
  }

  #fill(target: object, items: readonly (readonly [string, CloneLeaf])[]): void {
    for (const [key, item] of items) {
      // Not an assignment, which would take a key named __proto__ for the prototype.
      const value = this.read(item);
      Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
    }
  }
}

const errorTypes = [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError];

function makeError(name: string, message: string): Error {
  const Type = errorTypes.find((type) => type.name === name) ?? Error;
  return new Type(message);
}

function makeView(type: string, buffer: unknown, offset: number, bytes: number): ArrayBufferView {
  const View = viewTypes[type];
  if (View === undefined || !(buffer instanceof ArrayBuffer)) throw new Error(`No typed array is called ${type}`);
  return new View(buffer, offset, bytes / View.BYTES_PER_ELEMENT);
}

function fromBase64(text: string): ArrayBuffer {
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0)).buffer;
}
