import { type Callable, type Finder, type Keeper, type Wire, WireReader, WireWriter } from './wire.ts';

/** The part of a document that both worlds of a page share and that this needs. */
export interface SharedDocument {
  addEventListener(type: string, listener: (event: unknown) => void): void;
  dispatchEvent(event: unknown): void;
}

type LinkMessage =
  | { readonly op: 'expose'; readonly key: string; readonly value: Wire }
  | { readonly op: 'call'; readonly id: number; readonly args: readonly Wire[] }
  | { readonly op: 'answer'; readonly failed: boolean; readonly value: Wire }
  | { readonly op: 'settle'; readonly id: number; readonly failed: boolean; readonly value: Wire };

type Answer = Extract<LinkMessage, { op: 'answer' }>;

interface Settle {
  resolve(value: unknown): void;
  reject(reason: unknown): void;
}

/**
 * One end of the link between a page's own world and the preload's isolated world. The worlds share nothing but the
 * DOM, so messages are custom events on the document: Blink clones their `detail` as it crosses, and delivers them
 * before dispatchEvent returns, which makes a synchronous call possible.
 */
export class WorldLink implements Keeper, Finder {
  readonly #document: SharedDocument;
  readonly #theirs: string;
  readonly #onExpose: (key: string, value: unknown) => void;
  readonly #functions: Callable[] = [];
  readonly #pending = new Map<number, Settle>();
  #lastPromise = 0;
  #answer: Answer | undefined;

  /** @param mine and @param theirs the event names of the two ends; secret, or the page could join in */
  constructor(document: SharedDocument, mine: string, theirs: string, onExpose: (key: string, value: unknown) => void) {
    this.#document = document;
    this.#theirs = theirs;
    this.#onExpose = onExpose;
    document.addEventListener(mine, (event) => {
      if (event instanceof CustomEvent) this.#receive(event.detail);
    });
  }

  /** Makes a value a member of the other world's window. */
  expose(key: string, value: unknown): void {
    this.#ask({ op: 'expose', key, value: this.#write(value) });
  }

  keepFunction(value: Callable): number {
    const known = this.#functions.indexOf(value);
    return known >= 0 ? known : this.#functions.push(value) - 1;
  }

  keepPromise(value: Promise<unknown>): number {
    const id = ++this.#lastPromise;
    value.then(
      (result) => this.#post({ op: 'settle', id, failed: false, value: this.#write(result) }),
      (reason) => this.#post({ op: 'settle', id, failed: true, value: this.#write(reason) }),
    );
    return id;
  }

  functionAt(id: number): Callable {
    return (...args) => this.#ask({ op: 'call', id, args: args.map((arg) => this.#write(arg)) });
  }

  promiseAt(id: number): Promise<unknown> {
    return new Promise((resolve, reject) => this.#pending.set(id, { resolve, reject }));
  }

  #ask(message: LinkMessage): unknown {
    this.#post(message);
    const answer = this.#answer;
    this.#answer = undefined;
    if (answer === undefined) throw new Error('The other world of the page did not answer');
    const value = this.#read(answer.value);
    if (answer.failed) throw value;
    return value;
  }

  #post(detail: LinkMessage): void {
    this.#document.dispatchEvent(new CustomEvent(this.#theirs, { detail }));
  }

  #receive(message: LinkMessage): void {
    switch (message.op) {
      case 'answer':
        this.#answer = message;
        return;
      case 'settle': {
        const pending = this.#pending.get(message.id);
        this.#pending.delete(message.id);
        const value = this.#read(message.value);
        if (message.failed) pending?.reject(value);
        else pending?.resolve(value);
        return;
      }
      case 'expose':
      case 'call':
        this.#post(this.#serve(message));
        return;
      default:
        message satisfies never;
    }
  }

  #serve(message: Extract<LinkMessage, { op: 'expose' | 'call' }>): Answer {
    try {
      return { op: 'answer', failed: false, value: this.#write(this.#perform(message)) };
    } catch (error) {
      return { op: 'answer', failed: true, value: this.#write(error) };
    }
  }

  #perform(message: Extract<LinkMessage, { op: 'expose' | 'call' }>): unknown {
    if (message.op === 'expose') return this.#onExpose(message.key, this.#read(message.value));
    return this.#functions[message.id]?.(...message.args.map((arg) => this.#read(arg)));
  }

  #write(value: unknown): Wire {
    return new WireWriter(this).write(value);
  }

  #read(wire: Wire): unknown {
    return new WireReader(this).read(wire);
  }
}
