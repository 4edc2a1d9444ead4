import { hash } from 'node:crypto';
import type { ForwardSetting, ServerSetting } from '../../settings/settings.ts';
import type { Edit, Path } from '../document/index.ts';
import type { Gateway } from '../our-addresses.ts';
import type { ClientId } from '../table/client.ts';

/** A file's text, and what it takes to write it back as it was. */
export interface Content {
  readonly text: string;
  /** Whether the file begins with a byte order mark, as Windows' editors leave it. */
  readonly mark: boolean;
}

const MARK = '\ufeff';

/** Null when the bytes are not UTF-8: editing them would ruin them. */
export function contentOf(bytes: Uint8Array): Content | null {
  const whole = Buffer.from(bytes).toString('utf8');
  if (!Buffer.from(whole, 'utf8').equals(bytes)) return null;
  const mark = whole.startsWith(MARK);
  return { text: mark ? whole.slice(MARK.length) : whole, mark };
}

export function bytesOf({ text, mark }: Content): Buffer {
  return Buffer.from(mark ? `${MARK}${text}` : text, 'utf8');
}

/** SHA-256, in hex. */
export function digestOf(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'hex');
}

/** What a person wants of one entry of a client's file. */
export type DesiredMode =
  /** As they wrote it. */
  | { readonly kind: 'off' }
  | { readonly kind: 'through' }
  /** `by` a program that connects to us, or by our address where the client can dial one. */
  | { readonly kind: 'run'; readonly by: 'shim' | 'address' }
  /** By a TCP forward of ours, in place of the address it stands for. */
  | { readonly kind: 'forward'; readonly forward: ForwardSetting }
  /** A new entry that leads to a server of ours. */
  | { readonly kind: 'add'; readonly server: string; readonly by: 'shim' | 'address' };

/** What a plan depends on besides the file. */
export interface PlanEnvironment {
  readonly gateway: Gateway;
  /** The program that connects a client's stdio to a server of ours, by absolute path; the server's name is added to `args`. */
  readonly shim: { readonly command: string; readonly args: readonly string[] };
  /** The servers we have. */
  readonly servers: readonly ServerSetting[];
  /** Name of the one behind `/mcp`. */
  readonly defaultServer: string | null;
  /** The environment that the client would fill variables in from. */
  readonly env: NodeJS.ProcessEnv;
}

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

/** The text that a patch changed. `offset` counts UTF-16 units from the start of the entry. */
export interface TextChange {
  readonly offset: number;
  readonly before: string;
  readonly after: string;
}

/** What we did to one entry, with all that is needed to undo it. */
export interface Patch {
  readonly entry: EntryKey;
  /** `cleared`: variables that led to our port were taken out of an entry that the person had edited by hand. */
  readonly kind: 'through' | 'run' | 'added' | 'cleared' | 'forward';
  /** Below the entry. */
  readonly edits: readonly Edit[];
  readonly changes: readonly Change[];
  /** Maps and lists that were made for the edits. */
  readonly made: readonly Path[];
  /** Stored in the journal under this name. */
  readonly stretch: TextChange;
  /** The server of ours that `run` leads to; null for the others. */
  readonly server: string | null;
  /** The TCP forward that `forward` leads to. */
  readonly forward?: ForwardSetting;
  /** Set when it puts a token of ours into the file. */
  readonly isSecret?: true;
  /** In whose notation it was made; that of the record where it is missing. Two clients may read one file. */
  readonly client?: ClientId;
}

/** What we did to one file. */
export interface FileRecord {
  /** Through which it was changed last. */
  readonly client: ClientId;
  /** The text before our first patch; null once another program has changed the file in between. */
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

/** The patches of a record, each with the client that it was made for. */
export function patchesOf(record: FileRecord | null): readonly (Patch & { readonly client: ClientId })[] {
  return record === null ? [] : record.patches.map((patch) => ({ ...patch, client: patch.client ?? record.client }));
}

export function isSameEntry(left: EntryKey, right: EntryKey): boolean {
  return left.name === right.name && left.holder.join('\0') === right.holder.join('\0');
}
