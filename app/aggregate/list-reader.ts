import type { ServerFace } from '../mcp/index.ts';
import {
  type AskList,
  type Elements,
  LIST_METHODS,
  LISTS,
  type ListMethod,
  NO_ELEMENTS,
  readList,
} from './member-lists.ts';

/** Milliseconds for which the list of tools waits for the others. A server may take minutes to go through its resources, or never do. */
const SLOW = 2000;

export interface ListReaderContext {
  readonly face: ServerFace;
  readonly ask: AskList;
  /** What counts where a list cannot be had, or is not there yet. */
  readonly before: () => Elements | undefined;
  /** All lists as they are known now. Called after each reading, and again for a list that came later. */
  readonly heard: (elements: Elements) => void;
}

/** Reads the lists of one server within one session: no list that its server does not answer keeps the others back. */
export class ListReader {
  readonly #context: ListReaderContext;
  /** Lists that the server has not answered yet. It is asked for each of them once at a time. */
  readonly #open = new Map<ListMethod, Promise<void>>();
  readonly #changedMeanwhile = new Set<ListMethod>();
  readonly #read: { -readonly [method in ListMethod]?: Elements[ListMethod] } = {};
  #isReading = false;
  #mustReadAgain = false;
  #isOver = false;

  constructor(context: ListReaderContext) {
    this.#context = context;
  }

  /** Reads them, also those that are being read: they may have changed since. */
  read(): void {
    if (this.#isReading) this.#mustReadAgain = true;
    else void this.#readAll();
  }

  end(): void {
    this.#isOver = true;
  }

  async #readAll(): Promise<void> {
    this.#isReading = true;
    do {
      this.#mustReadAgain = false;
      for (const method of this.#open.keys()) this.#changedMeanwhile.add(method);
      const lists = LIST_METHODS.map((method) => this.#open.get(method) ?? this.#begin(method));
      await withoutSlow(lists, this.#open.get('tools/list'));
      if (this.#isOver) return;
      this.#tell();
    } while (this.#mustReadAgain);
    this.#isReading = false;
  }

  #begin(method: ListMethod): Promise<void> {
    const list = this.#readOne(method).then((elements) => {
      this.#open.delete(method);
      if (elements !== null) this.#read[method] = elements;
      const isStale = this.#changedMeanwhile.delete(method);
      if (this.#isOver) return;
      if (!this.#isReading) this.#tell();
      if (isStale) this.read();
    });
    this.#open.set(method, list);
    return list;
  }

  async #readOne(method: ListMethod): Promise<Elements[ListMethod] | null> {
    const { face, ask } = this.#context;
    // Some servers have tools and do not declare them.
    if (face.capabilities[LISTS[method].capability] === undefined && method !== 'tools/list') return [];
    return readList(method, ask);
  }

  #tell(): void {
    this.#context.heard({ ...(this.#context.before() ?? NO_ELEMENTS), ...this.#read });
  }
}

/** Resolves when all are there, or, when they are late, as soon as the one that counts is. */
function withoutSlow(lists: readonly Promise<void>[], counting: Promise<void> | undefined): Promise<unknown> {
  const all = Promise.all(lists);
  if (counting === undefined) return all;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, SLOW).unref();
  });
  return Promise.race([all, Promise.all([counting, late])]).finally(() => clearTimeout(timer));
}
