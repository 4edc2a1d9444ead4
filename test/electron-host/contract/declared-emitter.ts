import { EventEmitter } from 'node:events';
import type { SimulatedType } from './table.ts';
import { declaresEvent } from './unsimulated.ts';

/** An emitter of the events that electron.d.ts declares for a type, and of no others. */
export class DeclaredEmitter extends EventEmitter {
  readonly #type: SimulatedType;

  constructor(type: SimulatedType) {
    super();
    this.#type = type;
    this.setMaxListeners(0);
  }

  /** Emits on Electron's behalf. */
  fire(event: string, ...args: readonly unknown[]): void {
    if (!declaresEvent(this.#type, event))
      throw new Error(`electron.d.ts declares no event '${event}' for ${this.#type}`);
    this.emit(event, ...args);
  }
}
