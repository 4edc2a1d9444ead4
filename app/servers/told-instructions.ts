import type { Log } from '../base/log.ts';
import type { KnownLists } from './known-lists.ts';
import { hashOf, signsIn } from './tool-shape.ts';

/** Characters of instructions that are looked through. */
const LONGEST = 64 * 1024;
/** Texts that are remembered as told. */
const MOST_TOLD = 1024;

/**
 * Tells in the log of instructions that differ from those that the server gave last: models read them as they read tools. Each text is told of
 * once, without its words. They may differ from start to start, by a date in them, and so are never held back. Returns what ends that.
 */
export function tellOfInstructions(lists: KnownLists, log: Log): () => void {
  const told = new Set<string>();
  return lists.subscribe({
    face(server, { instructions }) {
      const known = lists.of(server).face;
      if (known === undefined) return;
      const [before, now] = [known.instructions ?? '', instructions ?? ''];
      const key = before === now ? '' : `${server}\n${hashOf(now)}`;
      if (key === '' || told.has(key)) return;
      told.add(key);
      const [oldest] = told;
      if (told.size > MOST_TOLD && oldest !== undefined) told.delete(oldest);
      const had = new Set(signsIn(before.slice(0, LONGEST)));
      const signs = signsIn(now.slice(0, LONGEST)).filter((sign) => !had.has(sign));
      const message = 'The instructions that a server gives to models have changed';
      if (signs.length === 0) log.info(message, { server });
      else log.warn(message, { server, signs: signs.join(', ') });
    },
  });
}
