import { type ForwardSetting, isRemote, type ServerSetting } from '../../settings/settings.ts';
import { edited, type Parsed, valueAt } from '../document/index.ts';
import { type Entry, readEntries } from '../entry/entry.ts';
import { ownExceptions, ownProxy } from '../our-addresses.ts';
import type { Client, ClientId } from '../table/client.ts';
import { draftFor } from './edits.ts';
import {
  editable,
  formatOf,
  type Ground,
  opened,
  PatchFinder,
  type ReadFile,
  strictRefusal,
  withDrafts,
  without,
} from './ground.ts';
import {
  bytesOf,
  type Content,
  type DesiredMode,
  type Draft,
  digestOf,
  Entries,
  type EntryKey,
  type FileRecord,
  isSameEntry,
  keyText,
  type ModeChange,
  type Patch,
  type PlanEnvironment,
  sameOrBothMissing,
} from './record.ts';
import type { Refusal } from './refusal.ts';

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

type Refused = Plan & { readonly kind: 'refused' };

/** What becomes of one entry, before the text is edited. */
export interface Step extends Consequences {
  /** Whether the entry says something else from then on. */
  readonly kind: 'change' | 'unchanged';
  /** The patch that goes with it; null when the entry has none. */
  readonly prior: Patch | null;
  readonly draft: Draft | null;
  /** The rule of the client that the step was made for. */
  readonly by: Client;
}

/** What several steps come to in one file. */
export interface PlannedSteps {
  readonly plan: Plan;
  /** Those that the text cannot be edited for. The plan is without them. */
  readonly uneditable: readonly Step[];
}

/** A client's file with its value, for any number of steps; refused when it is broken. */
export function openFile(read: ReadFile): OpenFile | Refused {
  const file = opened(read);
  return file.kind === 'refused' ? file : new OpenFile(read, file.content, file.parsed);
}

/** A file that is planned for: each step knows the file without what we did to it, and the text is edited for all steps at once. */
export class OpenFile {
  readonly kind = 'open';
  readonly #read: ReadFile;
  readonly #content: Content;
  readonly #parsed: Parsed;
  readonly #patches: PatchFinder;
  #strict: { readonly refusal: Refusal | null } | null = null;
  /** Undefined until it is asked for; null when it cannot be had. */
  #bare: Bare | null | undefined;

  constructor(read: ReadFile, content: Content, parsed: Parsed) {
    this.#read = read;
    this.#content = content;
    this.#parsed = parsed;
    this.#patches = new PatchFinder(read, parsed.value);
  }

  /** An entry as its person wrote it; null when there is none, or our patch cannot be taken out of it. */
  entry(key: EntryKey): Entry | null {
    const bare = editable(this.#read, () => this.#without(this.#patches.of(key)));
    return 'entries' in bare ? bare.entries.at(key) : null;
  }

  step(key: EntryKey, desired: DesiredMode, nodeVersion: string | null, environment: PlanEnvironment): Step | Refused {
    return editable(this.#read, () => this.#step(key, desired, nodeVersion, environment));
  }

  #step(key: EntryKey, desired: DesiredMode, nodeVersion: string | null, environment: PlanEnvironment): Step | Refused {
    const { client, fileIndex } = this.#read;
    // What the client itself does not read is left as it is; taking ours out of it again is always possible.
    const strict = desired.kind === 'off' ? null : this.#strictRefusal();
    if (strict !== null) return { kind: 'refused', refusal: strict };
    const prior = this.#patches.of(key);
    const { value, entries } = this.#without(prior);
    const entry = entries.at(key);
    // What the patch had put in goes with the patch.
    const isDone = desired.kind === 'off' && prior !== null;
    const subject = { client, fileIndex, key, value, entry, nodeVersion, isAmbiguous: entries.isAmbiguous(key) };
    const drafted = isDone ? null : draftFor(subject, desired, environment);
    if (drafted?.kind === 'refused') return drafted;
    const draft = drafted?.draft ?? null;
    const launch = entry?.launch;
    // Behind a bridge, the proxy of its environment was the way to the server.
    const isOnItsWay = draft?.kind === 'through' || (drafted?.server != null && isRemote(drafted.server));
    const isThrough = isOnItsWay && launch?.kind === 'program';
    const priors = prior === null ? [] : [prior];
    const found = this.#patches.found.filter((patch) => patch === prior);
    return {
      kind: this.#isChanged(key, entry === null ? undefined : valueAt(value, entry.path), draft)
        ? 'change'
        : 'unchanged',
      prior,
      draft,
      by: client,
      server: drafted?.server ?? null,
      released: serversMovedBy(found).filter((server) => server !== draft?.server),
      forward: draft?.forward ?? null,
      releasedForwards: forwardsOf(priors).filter(({ port }) => port !== draft?.forward?.port),
      upstream: isThrough ? ownProxy(launch.env, environment.gateway) : null,
      exceptions: isThrough ? ownExceptions(launch.env) : [],
      isSecret: draft?.isSecret === true,
    };
  }

  /** @param bare the entry without what we did to it */
  #isChanged(key: EntryKey, bare: unknown, draft: Draft | null): boolean {
    const now = this.#patches.entries.of(this.#read.client).at(key);
    const wanted = (draft?.edits ?? []).reduce(edited, bare);
    return !sameOrBothMissing(now === null ? undefined : valueAt(this.#parsed.value, now.path), wanted);
  }

  /**
   * The file that all steps together lead to. What they lead to besides the file is told by each of them.
   * @param undoes what leaves the file: all that we did to it, or what the steps take the place of
   */
  plan(steps: readonly Step[], undoes: 'all' | 'theirs' = 'theirs'): PlannedSteps {
    const made = editable(this.#read, () => this.#plan(steps, undoes));
    if ('plan' in made && made.uneditable.length === 0) return made;
    const uneditable = 'plan' in made ? made.uneditable : this.#notUndone(steps, undoes);
    if (uneditable.length === steps.length) {
      return { plan: { kind: 'refused', refusal: { kind: 'uneditable', file: this.#read.file } }, uneditable };
    }
    const rest = this.plan(
      steps.filter((step) => !uneditable.includes(step)),
      undoes,
    );
    return { plan: rest.plan, uneditable: [...uneditable, ...rest.uneditable] };
  }

  #plan(steps: readonly Step[], undoes: 'all' | 'theirs'): PlannedSteps {
    const { client } = this.#read;
    const gone = new Set(steps.flatMap(({ prior }) => (prior === null ? [] : [keyText(prior.entry)])));
    const ground = without(this.#read, this.#parsed, ({ entry }) => undoes === 'all' || gone.has(keyText(entry)));
    const drafts = steps.flatMap((step) => {
      const { draft, by } = step;
      return draft === null ? [] : [{ by, of: { ...draft, client: by.id }, step }];
    });
    const { ground: after, uneditable } = withDrafts(client, ground, drafts);
    const [only, another] = steps;
    const consequences =
      undoes === 'all' ? undoing(this.#read, this.#patches.found) : another === undefined ? (only ?? NONE) : NONE;
    return {
      plan: planned(this.#read, this.#content, after, consequences),
      uneditable: uneditable.map(({ step }) => step),
    };
  }

  /** The steps whose patches cannot be taken out of the text: the halves tell which. */
  #notUndone(steps: readonly Step[], undoes: 'all' | 'theirs'): readonly Step[] {
    if (steps.length < 2 || undoes === 'all') return steps;
    const half = Math.ceil(steps.length / 2);
    const parts = [steps.slice(0, half), steps.slice(half)];
    const found = parts.flatMap((part) => this.plan(part, undoes).uneditable);
    // Each half can be had, but not both.
    return found.length === 0 ? steps : found;
  }

  #strictRefusal(): Refusal | null {
    this.#strict ??= { refusal: strictRefusal(this.#read) };
    return this.#strict.refusal;
  }

  /** The file without a patch. All of them are taken out at once, for the steps to come, where none of them is in the way of that. */
  #without(patch: Patch | null): Bare {
    const { client } = this.#read;
    if (patch === null) return { value: this.#parsed.value, entries: this.#patches.entries.of(client) };
    const bare = (leaves: (patch: Patch) => boolean): Bare => {
      const { value } = without(this.#read, this.#parsed, leaves).parsed;
      return { value, entries: new Entries(client, value) };
    };
    if (this.#bare === undefined) {
      const all = editable(this.#read, () => bare(() => true));
      this.#bare = 'entries' in all ? all : null;
    }
    return this.#bare ?? bare(({ entry }) => isSameEntry(entry, patch.entry));
  }
}

interface Bare {
  readonly value: unknown;
  readonly entries: Entries;
}

/** The plan that gives one entry its desired mode. Pure: nothing is written. */
export function planEntry(
  read: ReadFile,
  key: EntryKey,
  desired: DesiredMode,
  nodeVersion: string | null,
  environment: PlanEnvironment,
): Plan {
  const file = openFile(read);
  if (file.kind === 'refused') return file;
  const step = file.step(key, desired, nodeVersion, environment);
  return step.kind === 'refused' ? step : file.plan([step]).plan;
}

/** What it takes to undo everything we did to a file. */
export function planUndo(read: ReadFile): Plan {
  const file = openFile(read);
  return file.kind === 'refused' ? file : file.plan([], 'all').plan;
}

/** An entry as its person wrote it, without what we did to it; null when there is none, or the file cannot be read. */
export function entryWithoutUs(read: ReadFile, key: EntryKey): Entry | null {
  const file = openFile(read);
  return file.kind === 'refused' ? null : file.entry(key);
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

/**
 * What it leads to when all that we did to a file is undone.
 * @param found the patches whose entries are still there, to which definitions go back
 */
function undoing({ record }: ReadFile, found: readonly Patch[]): Consequences {
  return { ...NONE, released: serversMovedBy(found), releasedForwards: forwardsOf(record?.patches ?? []) };
}

/** The servers that came to us by these patches. */
function serversMovedBy(patches: readonly Patch[]): string[] {
  return patches.flatMap(({ kind, server }) => (kind === 'run' && server !== null ? [server] : []));
}

function forwardsOf(patches: readonly Patch[]): ForwardSetting[] {
  return patches.flatMap(({ forward }) => (forward === undefined ? [] : [forward]));
}

/** The plan that leads to a text with these patches. */
function planned(
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
