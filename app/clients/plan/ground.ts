import { type Parsed, readText, sameValue, UneditableError, valueAt } from '../document/index.ts';
import type { Client, ClientId } from '../table/client.ts';
import { clientOf } from '../table/clients.ts';
import { formatOf, type ReadFile } from './file-plan.ts';
import {
  type Draft,
  digestOf,
  EntriesByClient,
  type EntryKey,
  type FileRecord,
  isSameEntry,
  type Patch,
  patchesOf,
} from './record.ts';
import { appliedAll, type ByClient, undoneAll } from './several.ts';

/** A file with some of its patches. */
export interface Ground {
  readonly parsed: Parsed;
  /** The text to restore once the last patch is undone; null when it is unknown. */
  readonly base: string | null;
  readonly patches: readonly Patch[];
}

type OwnedPatch = ReturnType<typeof patchesOf>[number];

/** Whether a file is as we left it, with the text of before known. */
function isAsWritten({ bytes, record }: ReadFile): boolean {
  return record !== null && record.base !== null && record.written === digestOf(bytes);
}

/**
 * The file without some of its patches. As long as the file is as we left it, the text of before is taken and the other
 * patches are made again, so that it comes back to the byte whatever the order; else each patch is undone where it stands.
 */
export function without(read: ReadFile, parsed: Parsed, leaves: (patch: Patch) => boolean): Ground {
  const { client, record } = read;
  if (record === null) return { parsed, base: parsed.text, patches: [] };
  const format = formatOf(client);
  const patches = patchesOf(record);
  const staying = patches.filter((patch) => !leaves(patch));
  if (record.base !== null && isAsWritten(read)) {
    const { base } = record;
    // Made again they would be what they are.
    if (staying.length === patches.length && patches.length > 0) return { parsed, base, patches };
    const bare: Ground = { parsed: readText(format, base), base, patches: [] };
    const again = staying.map((patch) => byRule(client, patch));
    const { ground, uneditable } = withDrafts(client, bare, again);
    if (uneditable.length > 0) throw new UneditableError('not a second time');
    return ground;
  }
  const leaving = patches.filter(leaves).map((patch) => byRule(client, patch));
  const left = undoneAll(format, parsed, leaving);
  return { parsed: left, base: staying.length === 0 ? left.text : null, patches: staying };
}

function byRule(client: Client, patch: OwnedPatch): ByClient<OwnedPatch> {
  return { by: clientOf(patch.client, client), of: patch };
}

type OwnedDraft = ByClient<Draft & { readonly client: ClientId }>;

/**
 * With further drafts. Those that the text cannot be edited for are left out.
 * @param client whose notation the file is read in
 */
export function withDrafts<Each extends OwnedDraft>(
  client: Client,
  ground: Ground,
  drafts: readonly Each[],
): { readonly ground: Ground; readonly uneditable: readonly Each[] } {
  const { parsed, patches } = appliedAll(formatOf(client), ground.parsed, drafts);
  const made = drafts.flatMap(({ of }, at) => {
    const patch = patches[at] ?? null;
    return patch === null ? [] : [{ ...patch, client: of.client }];
  });
  const uneditable = drafts.filter((_, at) => (patches[at] ?? null) === null);
  return { ground: { ...ground, parsed, patches: [...ground.patches, ...made] }, uneditable };
}

/** Finds the patches of a file's entries. */
export class PatchFinder {
  /** Of the file as it is. */
  readonly entries: EntriesByClient;
  readonly #client: Client;
  readonly #patches: readonly OwnedPatch[];
  readonly #byPath: ReadonlyMap<string, Patch>;

  constructor({ client, record }: ReadFile, value: unknown) {
    this.entries = new EntriesByClient(value);
    this.#client = client;
    this.#patches = patchesOf(record);
    const found = new Map<string, Patch>();
    for (const patch of this.#patches) {
      const path = this.entries.of(clientOf(patch.client, client)).patched(patch)?.path.join('\0');
      if (path !== undefined && !found.has(path)) found.set(path, patch);
    }
    this.#byPath = found;
  }

  /** By the entry's path, its steps joined by NUL. */
  get byPath(): ReadonlyMap<string, Patch> {
    return this.#byPath;
  }

  /** The patch that an entry has, which may have been made under another name or in another place; null when it has none. */
  of(key: EntryKey): Patch | null {
    const path = this.entries.of(this.#client).at(key)?.path.join('\0');
    const here = path === undefined ? undefined : this.#byPath.get(path);
    return here ?? this.#patches.find(({ entry }) => isSameEntry(entry, key)) ?? null;
  }
}

/** Whether every patch of a record can still be seen in a file. */
export function isHeld(client: Client, text: string, record: FileRecord): boolean {
  const reading = formatOf(client).read(text);
  if (reading.kind !== 'value') return false;
  const entries = new EntriesByClient(reading.value);
  return patchesOf(record).every((patch) => isSeen(entries, clientOf(patch.client, client), reading.value, patch));
}

function isSeen(entries: EntriesByClient, client: Client, value: unknown, patch: Patch): boolean {
  const { kind, changes } = patch;
  const path = entries.of(client).patched(patch)?.path;
  if (path === undefined) return false;
  return (
    kind === 'added' ||
    changes.some(({ path: below, before, after }) => {
      const now = valueAt(value, [...path, ...below]);
      return !sameValue(before, after) && sameValue(now, after);
    })
  );
}
