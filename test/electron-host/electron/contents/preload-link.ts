import type { CdpSession } from '../../chromium/index.ts';
import { type FromPreload, isolatedWorld, receiveName, sendName, type ToPreload } from '../../renderer/index.ts';

/** A script context of the isolated world, and the frame it belongs to. */
interface World {
  readonly frameId: string;
  /** Chromium's name for it, never used twice; evaluating there fails once the document is gone. */
  readonly uniqueId: string;
}

/** Where a message came from, and the way back to that very document. */
export interface Origin {
  readonly frameId: string;
  reply(message: ToPreload): void;
}

/** The main process's line to the preload scripts of one page. */
export class PreloadLink {
  readonly #worlds = new Map<number, World>();
  readonly #onMessage: (message: FromPreload, origin: Origin) => void;

  constructor(onMessage: (message: FromPreload, origin: Origin) => void) {
    this.#onMessage = onMessage;
  }

  follow(cdp: CdpSession): void {
    cdp.on('Runtime.executionContextCreated', ({ context }) => {
      const { frameId } = context.auxData ?? {};
      if (context.name === isolatedWorld && frameId !== undefined) {
        this.#worlds.set(context.id, { frameId, uniqueId: context.uniqueId });
      }
    });
    cdp.on('Runtime.executionContextDestroyed', ({ executionContextId }) => this.#worlds.delete(executionContextId));
    cdp.on('Runtime.executionContextsCleared', () => this.#worlds.clear());
    cdp.on('Runtime.bindingCalled', ({ name, payload, executionContextId }) => {
      const world = this.#worlds.get(executionContextId);
      if (name !== sendName || world === undefined) return;
      const origin = { frameId: world.frameId, reply: (message: ToPreload) => deliver(cdp, world, message) };
      this.#onMessage(JSON.parse(payload), origin);
    });
  }

  /** Says something to the document shown now; without one, or without a preload, it is dropped. */
  post(cdp: CdpSession, frameId: string, message: ToPreload): void {
    const world = [...this.#worlds.values()].findLast((one) => one.frameId === frameId);
    if (world !== undefined) deliver(cdp, world, message);
  }
}

function deliver(cdp: CdpSession, world: World, message: ToPreload): void {
  const expression = `${receiveName}(${JSON.stringify(message)})`;
  // A document that has been left hears nothing any more.
  cdp.send('Runtime.evaluate', { expression, uniqueContextId: world.uniqueId }).catch(() => undefined);
}
