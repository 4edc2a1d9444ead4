import type { ForwardSetting, ServerSetting } from '../../settings/settings.ts';
import {
  type Format,
  json,
  type Parsed,
  type ParsedDocument,
  type SyntaxFault,
  strictMistake,
  toml,
  UneditableError,
  valueAt,
  yaml,
} from '../document/index.ts';
import { readEntries } from '../entry/entry.ts';
import type { Client, ClientId } from '../table/client.ts';
import type { Ground } from './ground.ts';
import { bytesOf, type Content, contentOf, digestOf, type FileRecord, type ModeChange, type Patch } from './record.ts';
import type { Refusal } from './refusal.ts';

/** A client's file as it was read, and our record of it. */
export interface ReadFile {
  readonly client: Client;
  readonly file: string;
  /** Which of the client's files it is: 0 for the likeliest, its path where there may be any number. */
  readonly fileIndex: number | string;
  readonly bytes: Uint8Array;
  readonly record: FileRecord | null;
  /** Permission bits; null when they are unknown, or have no meaning on this system. */
  readonly mode: number | null;
}

const FORMATS: Readonly<Record<Client['format'], Format>> = { json, yaml, toml };

export function formatOf({ format }: Pick<Client, 'format'>): Format {
  const own = FORMATS[format];
  return { ...own, read: (text) => shallow(own, text) };
}

/** What is nested deeper than the parsers go has been written to break them: no client reads it either. */
function shallow(format: Format, text: string): ParsedDocument {
  try {
    return format.read(text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { kind: 'broken', fault: { line: 1, column: 1 } };
  }
}

/** Why a text could not be read. One client takes a wider notation than any that is edited here. */
export function brokenRefusal({ id, title }: Client, file: string, fault: SyntaxFault): Refusal {
  return id === 'openclaw' ? { kind: 'json5', file, client: title, ...fault } : { kind: 'broken', file, ...fault };
}

/** Why a client would not read a file that others would; null when it does. */
export function strictRefusal({ client, file, bytes }: Pick<ReadFile, 'client' | 'file' | 'bytes'>): Refusal | null {
  const content = client.strict === undefined ? null : contentOf(bytes);
  if (content === null) return null;
  const at = { file, client: client.title };
  if (content.mark && client.strict === 'no-comments-no-mark') {
    return { kind: 'strict', ...at, line: 1, column: 1, mistake: 'mark' };
  }
  const mistake = strictMistake(content.text);
  return mistake === null ? null : { kind: 'strict', ...at, ...mistake };
}

/** A file's text and its value; refused when it is broken. */
export function opened({
  client,
  file,
  bytes,
}: ReadFile):
  | { readonly kind: 'open'; readonly content: Content; readonly parsed: Parsed }
  | { readonly kind: 'refused'; readonly refusal: Refusal } {
  const content = contentOf(bytes);
  if (content === null) return { kind: 'refused', refusal: { kind: 'not-utf8', file } };
  const { text } = content;
  const reading = formatOf(client).read(text);
  if (reading.kind === 'broken') return { kind: 'refused', refusal: brokenRefusal(client, file, reading.fault) };
  return { kind: 'open', content, parsed: { text, value: reading.value } };
}

/** What is made of a file; refused when it cannot be edited safely. */
export function editable<Made>(
  { file }: ReadFile,
  make: () => Made,
): Made | { readonly kind: 'refused'; readonly refusal: Refusal } {
  try {
    return make();
  } catch (error) {
    // A RangeError: nested deeper than it can be edited.
    if (!(error instanceof UneditableError) && !(error instanceof RangeError)) throw error;
    return { kind: 'refused', refusal: { kind: 'uneditable', file } };
  }
}

export type Plan =
  | {
      readonly kind: 'change';
      readonly client: ClientId;
      /** How the client writes its servers in this file. */
      readonly rule: Client;
      readonly file: string;
      /** Of the bytes the plan was made for. It is refused for any others. */
      readonly digest: string;
      readonly bytes: Uint8Array;
      /** Without a byte order mark, for a person to see what would change. They show the file's secrets: never log them. */
      readonly texts: { readonly before: string; readonly after: string };
      /** What to remember from then on; null when nothing of ours is left in the file. */
      readonly record: FileRecord | null;
      /** The server that the entry's definition moved to. It has to be among our servers before the file is written. */
      readonly server: ServerSetting | null;
      /** Servers whose definitions go back to the file: this entry does not refer to them in our settings any more. */
      readonly released: readonly string[];
      /** The TCP forward that the entry leads to from now on. It has to be among our settings before the file is written. */
      readonly forward: ForwardSetting | null;
      /** TCP forwards that the entry does not lead to any more. Others may use them: it is for the person to close them. */
      readonly releasedForwards: readonly ForwardSetting[];
      /** The proxy the person had for this server: it is bypassed unless we take it for our upstream. */
      readonly upstream: string | null;
      /** Targets their NO_PROXY keeps from us. */
      readonly exceptions: readonly string[];
      /** Whether the entry shows our token from then on. It has to be valid before the file is written. */
      readonly isSecret: boolean;
      /** How the permissions of the file change, because a token comes into it or the last one leaves; null when they stay. */
      readonly mode: ModeChange | null;
    }
  /** The file already has the desired content; only our record of it may change. */
  | {
      readonly kind: 'unchanged';
      readonly client: ClientId;
      readonly file: string;
      readonly digest: string;
      readonly record: FileRecord | null;
    }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** What the entries of a file say before and after a change, as it is written there. They show the file's secrets: never log them. */
export function entriesIn({ rule, texts }: Plan & { readonly kind: 'change' }): readonly unknown[] {
  return [texts.before, texts.after].flatMap((text) => {
    const reading = formatOf(rule).read(text);
    if (reading.kind === 'broken') return [];
    return readEntries(rule, reading.value).map(({ path }) => valueAt(reading.value, path));
  });
}

/** All but the bits of the group and of others. */
const OWNER_ONLY = 0o7700;

/** What a change of an entry leads to besides the file. */
export type Consequences = Pick<
  Plan & { kind: 'change' },
  'server' | 'released' | 'forward' | 'releasedForwards' | 'upstream' | 'exceptions' | 'isSecret'
>;

/** Nothing besides the file. */
export const NONE: Consequences = {
  server: null,
  released: [],
  forward: null,
  releasedForwards: [],
  upstream: null,
  exceptions: [],
  isSecret: false,
};

/** What it leads to when all that we did to a file is undone. */
export function undoing({ record }: ReadFile): Consequences {
  const patches = record?.patches ?? [];
  return { ...NONE, released: serversMovedBy(patches), releasedForwards: forwardsOf(patches) };
}

/** The servers that came to us by these patches. */
export function serversMovedBy(patches: readonly Patch[]): string[] {
  return patches.flatMap(({ kind, server }) => (kind === 'run' && server !== null ? [server] : []));
}

export function forwardsOf(patches: readonly Patch[]): ForwardSetting[] {
  return patches.flatMap(({ forward }) => (forward === undefined ? [] : [forward]));
}

/** The plan that leads to a text with these patches. */
export function planned(
  read: ReadFile,
  content: Content,
  { parsed: { text }, base, patches }: Ground,
  consequences: Consequences,
): Plan {
  const { client, file, bytes } = read;
  const after = bytesOf({ ...content, text });
  const { original, change } = modeFor(
    read,
    patches.some(({ isSecret }) => isSecret === true),
  );
  const remembered = original === null ? {} : { mode: original };
  const record =
    patches.length === 0 ? null : { client: client.id, base, written: digestOf(after), patches, ...remembered };
  const subject = { client: client.id, file, digest: digestOf(bytes), record };
  if (text === content.text) return { kind: 'unchanged', ...subject };
  return {
    kind: 'change',
    ...subject,
    rule: client,
    bytes: after,
    texts: { before: content.text, after: text },
    mode: change,
    server: consequences.server,
    released: consequences.released,
    forward: consequences.forward,
    releasedForwards: consequences.releasedForwards,
    upstream: consequences.upstream,
    exceptions: consequences.exceptions,
    isSecret: consequences.isSecret,
  };
}

/**
 * A file with a token of ours in it is for its owner alone. When the last one leaves, the bits from before come back, unless
 * the person has set others since. `original` is what is to be remembered of them.
 */
function modeFor(
  { mode, record }: ReadFile,
  hasSecret: boolean,
): { readonly original: number | null; readonly change: ModeChange | null } {
  const before = record?.mode ?? null;
  if (mode === null) return { original: before, change: null };
  const narrow = mode & OWNER_ONLY;
  if (hasSecret) {
    return narrow === mode
      ? { original: before, change: null }
      : { original: mode, change: { from: mode, to: narrow } };
  }
  const isOurs = before !== null && mode === (before & OWNER_ONLY);
  return { original: null, change: isOurs && before !== mode ? { from: mode, to: before } : null };
}
