import { type SharedDocument, WorldLink } from './world-link.ts';

/** Runs in the page's own world: takes what the preload exposes, and makes it unchangeable. */
export function joinPageWorld(window: object, document: SharedDocument, mine: string, theirs: string): void {
  new WorldLink(document, mine, theirs, (key, value) => {
    if (Object.hasOwn(window, key)) throw new Error(`window.${key} exists already and cannot be exposed again`);
    Object.defineProperty(window, key, { value: deepFreeze(value), enumerable: true });
  });
}

function deepFreeze(value: unknown): unknown {
  if (typeof value === 'function') return Object.freeze(value);
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const member of Object.values(value)) deepFreeze(member);
  return value;
}
