import type { ServerSetting } from '../../settings/settings.ts';
import { type Format, json, toml, UneditableError, valueIn, yaml } from '../document/index.ts';
import { ownExceptions, ownProxy } from '../launch/index.ts';
import type { Client } from '../table/index.ts';
import { bytesOf, type Content, contentOf, digestOf } from './content.ts';
import { unifiedDiff } from './diff.ts';
import { draftFor } from './draft.ts';
import { entryAt } from './entry-at.ts';
import { applied, type Draft, undone } from './patch.ts';
import { type EntryKey, type FileRecord, isSameEntry, type Patch } from './record.ts';
import type { Refusal } from './refusal.ts';
import type { Surroundings, Wish } from './wish.ts';

/** A client's file as it was read, and what we remember about it. */
export interface ReadFile {
  readonly client: Client;
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly record: FileRecord | null;
}

export type Plan =
  | {
      readonly kind: 'change';
      readonly file: string;
      /** Of the bytes the plan was made for. It is refused for any others. */
      readonly digest: string;
      readonly bytes: Uint8Array;
      /** What would change, for a person to read. It shows the file's secrets: never log it. */
      readonly diff: string;
      /** What to remember from then on; null when nothing of ours is left in the file. */
      readonly record: FileRecord | null;
      /** The server that the entry's definition moved to. It has to be among our servers before the file is written. */
      readonly server: ServerSetting | null;
      /** Our server that this entry no longer leads to. */
      readonly released: string | null;
      /** The proxy the person had for this server: it is bypassed unless we take it for our upstream. */
      readonly upstream: string | null;
      /** Targets their NO_PROXY keeps from us. */
      readonly exceptions: readonly string[];
    }
  /** The file is as it is wished already; only what we remember about it may have to follow. */
  | { readonly kind: 'unchanged'; readonly file: string; readonly record: FileRecord | null }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

const FORMATS: Readonly<Record<Client['format'], Format>> = { json, yaml, toml };

export function formatOf({ format }: Client): Format {
  return FORMATS[format];
}

/** What it takes to give one entry its wish. Pure: nothing is written. */
export function planEntry(
  read: ReadFile,
  key: EntryKey,
  wish: Wish,
  nodeVersion: string | null,
  around: Surroundings,
): Plan {
  return safely(read, (content) => {
    const { client, record } = read;
    const format = formatOf(client);
    const prior = record?.patches.find(({ entry }) => isSameEntry(entry, key)) ?? null;
    const { text, base, patches } = without(read, content, (patch) => patch === prior);
    const value = valueIn(format, text);
    const entry = entryAt(client, value, key);
    // What the patch had put in goes with the patch.
    const isDone = wish.kind === 'off' && prior !== null;
    const subject = { client, key, value, entry, nodeVersion };
    const drafted = isDone ? null : draftFor(subject, wish, around);
    if (drafted?.kind === 'refused') return drafted;
    const draft = drafted?.draft ?? null;
    const result = draft === null ? { text, patches } : withDraft(client, format, text, patches, draft);
    const launch = entry?.launch;
    const isThrough = draft?.kind === 'through' && launch?.kind === 'program';
    return changed(read, content, result.text, base, result.patches, {
      server: drafted?.server ?? null,
      released: prior?.server != null && prior.server !== draft?.server ? prior.server : null,
      upstream: isThrough ? ownProxy(launch.env, around.gateway) : null,
      exceptions: isThrough ? ownExceptions(launch.env) : [],
    });
  });
}

/** What it takes to undo everything we did to a file. */
export function planUndo(read: ReadFile): Plan {
  return safely(read, (content) => {
    const { text } = without(read, content, () => true);
    return changed(read, content, text, null, [], { server: null, released: null, upstream: null, exceptions: [] });
  });
}

interface Ground {
  readonly text: string;
  /** What to come back to once the last patch goes; null when that cannot be told. */
  readonly base: string | null;
  readonly patches: readonly Patch[];
}

/**
 * The file without some of its patches. As long as the file is as we left it, the text of before is taken and the other
 * patches are made again, so that it comes back to the byte whatever the order; else each patch is undone where it stands.
 */
function without({ client, bytes, record }: ReadFile, content: Content, leaves: (patch: Patch) => boolean): Ground {
  if (record === null) return { text: content.text, base: content.text, patches: [] };
  const format = formatOf(client);
  const staying = record.patches.filter((patch) => !leaves(patch));
  if (record.base !== null && record.written === digestOf(bytes)) {
    let text = record.base;
    const patches = staying.map((patch) => {
      const again = applied(client, format, text, patch);
      text = again.text;
      return again.patch;
    });
    return { text, base: record.base, patches };
  }
  const leaving = record.patches.filter(leaves);
  const text = leaving.reduceRight((done, patch) => undone(client, format, done, patch), content.text);
  return { text, base: staying.length === 0 ? text : null, patches: staying };
}

function withDraft(client: Client, format: Format, text: string, patches: readonly Patch[], draft: Draft) {
  const { text: done, patch } = applied(client, format, text, draft);
  return { text: done, patches: [...patches, patch] };
}

type Consequences = Pick<Plan & { kind: 'change' }, 'server' | 'released' | 'upstream' | 'exceptions'>;

function changed(
  { client, file, bytes }: ReadFile,
  content: Content,
  text: string,
  base: string | null,
  patches: readonly Patch[],
  consequences: Consequences,
): Plan {
  const after = bytesOf({ ...content, text });
  const record = patches.length === 0 ? null : { client: client.id, base, written: digestOf(after), patches };
  if (text === content.text) return { kind: 'unchanged', file, record };
  return {
    kind: 'change',
    file,
    digest: digestOf(bytes),
    bytes: after,
    diff: unifiedDiff(content.text, text, file),
    record,
    ...consequences,
  };
}

/** A file that is broken or that cannot be edited safely is left alone. */
function safely({ client, file, bytes }: ReadFile, make: (content: Content) => Plan): Plan {
  const content = contentOf(bytes);
  if (content === null) return { kind: 'refused', refusal: { kind: 'not-utf8', file } };
  const reading = formatOf(client).read(content.text);
  if (reading.kind === 'broken') return { kind: 'refused', refusal: { kind: 'broken', file, ...reading.fault } };
  try {
    return make(content);
  } catch (error) {
    if (!(error instanceof UneditableError)) throw error;
    return { kind: 'refused', refusal: { kind: 'uneditable', file } };
  }
}
