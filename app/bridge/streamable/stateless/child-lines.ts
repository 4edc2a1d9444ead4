import { BoundedWarnings } from '../../../log/index.ts';
import type { Server } from '../../../servers/index.ts';
import { endError, warnUnexpected } from '../../child/index.ts';
import type { BridgeContext } from '../../context.ts';
import type { Conversation } from '../../eras/index.ts';
import { unavailable } from '../../http/index.ts';
import { Line, type LineEnd } from './line.ts';
import type { Unserved } from './upstream.ts';

/** Milliseconds after which a child that nobody uses is ended. */
const IDLE = 10 * 60_000;

/** How often idle children are looked for, in milliseconds. */
const LOOK = 30_000;

/** Whoever opens a line. */
export interface LineUser<Talk extends Conversation> {
  gone(line: Line<Talk>): void;
  /** See LineListener. */
  isNeeded(): boolean;
}

/** Opens the children that stateless requests share, and ends those that nobody has used for long. */
export class ChildLines {
  readonly #server: Server;
  readonly #context: BridgeContext;
  readonly #open = new Set<Line<Conversation>>();
  #timer: NodeJS.Timeout | undefined;

  constructor(server: Server, context: BridgeContext) {
    this.#server = server;
    this.#context = context;
  }

  open<Talk extends Conversation>(
    use: 'shared' | 'probe',
    begin: (end: LineEnd) => Talk,
    { gone, isNeeded }: LineUser<Talk>,
  ): Line<Talk> | Unserved {
    let opened = this.#server.open(use);
    const isFull = 'refusal' in opened && opened.refusal.kind === 'too-many-children';
    if (isFull && this.#context.makeRoom.evict(null)) opened = this.#server.open(use);
    if ('refusal' in opened) {
      return unavailable(this.#server.name, opened.refusal, this.#context.text());
    }
    const warnings = new BoundedWarnings(this.#server.log);
    const line: Line<Talk> = new Line(opened.child, begin, {
      unexpected: (answer) => warnUnexpected(warnings, answer),
      explain: (end) => endError(this.#server.name, end, this.#context.text()),
      tooBusy: () => this.#context.text().eras.tooBusy(this.#server.name),
      isNeeded,
      gone: () => {
        this.#open.delete(line);
        gone(line);
      },
    });
    this.#open.add(line);
    this.#timer ??= setInterval(() => this.#endIdle(), LOOK).unref();
    return line;
  }

  /** Ends all of them. */
  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    for (const line of this.#open) void line.close();
  }

  #endIdle(): void {
    const now = performance.now();
    for (const line of this.#open) if (line.idleFor(now) >= IDLE) void line.close();
  }
}
