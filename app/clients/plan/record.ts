import type { ForwardSetting } from '../../settings/settings.ts';
import type { Edit, Path } from '../document/index.ts';
import type { ClientId } from '../table/index.ts';

/** Which entry, whatever else moves around it: the map or list it is in, and its name. */
export interface EntryKey {
  readonly holder: Path;
  readonly name: string;
}

/** One value that a patch changed, below its entry. A missing `before` or `after` means that nothing was or is there. */
export interface Change {
  readonly path: Path;
  readonly before?: unknown;
  readonly after?: unknown;
}

/** The stretch of the text that a patch changed. `offset` counts from the start of the entry. */
export interface Stretch {
  readonly offset: number;
  readonly before: string;
  readonly after: string;
}

/** What we did to one entry, with all that is needed to undo it. */
export interface Patch {
  readonly entry: EntryKey;
  /** `cleared` is what we took out of an entry that somebody had led to us by hand. */
  readonly kind: 'through' | 'run' | 'added' | 'cleared' | 'forward';
  /** Below the entry. */
  readonly edits: readonly Edit[];
  readonly changes: readonly Change[];
  /** Maps and lists that were made for the edits. */
  readonly made: readonly Path[];
  readonly stretch: Stretch;
  /** The server of ours that `run` leads to; null for the others. */
  readonly server: string | null;
  /** The TCP forward that `forward` leads to. */
  readonly forward?: ForwardSetting;
  /** Set when it puts a token of ours into the file. */
  readonly isSecret?: true;
}

/** What we did to one file. */
export interface FileRecord {
  readonly client: ClientId;
  /** The text before our first patch; null once somebody else has changed the file in between. */
  readonly base: string | null;
  /** SHA-256, in hex, of the bytes we wrote last. */
  readonly written: string;
  /** In the order in which they were made. One at most for an entry. */
  readonly patches: readonly Patch[];
  /** Permission bits from before a token came into the file, to be given back when the last one leaves. */
  readonly mode?: number;
}

/** Permission bits of a file before and after a change. */
export interface ModeChange {
  readonly from: number;
  readonly to: number;
}

export function isSameEntry(left: EntryKey, right: EntryKey): boolean {
  return left.name === right.name && left.holder.join('\0') === right.holder.join('\0');
}
