import { isRemote } from '../../settings/settings.ts';
import { edited, type Parsed, valueAt } from '../document/index.ts';
import type { Entry } from '../entry/entry.ts';
import { ownExceptions, ownProxy } from '../our-addresses.ts';
import type { Client } from '../table/client.ts';
import { draftFor } from './edits.ts';
import {
  type Consequences,
  editable,
  forwardsOf,
  NONE,
  opened,
  type Plan,
  planned,
  type ReadFile,
  serversMovedBy,
  strictRefusal,
  undoing,
} from './file-plan.ts';
import { PatchFinder, withDrafts, without } from './ground.ts';
import {
  type Content,
  type DesiredMode,
  type Draft,
  Entries,
  type EntryKey,
  isSameEntry,
  keyText,
  type Patch,
  type PlanEnvironment,
  sameOrBothMissing,
} from './record.ts';
import type { Refusal } from './refusal.ts';

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
    return {
      kind: this.#isChanged(key, entry === null ? undefined : valueAt(value, entry.path), draft)
        ? 'change'
        : 'unchanged',
      prior,
      draft,
      by: client,
      server: drafted?.server ?? null,
      released: serversMovedBy(priors).filter((server) => server !== draft?.server),
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
    const consequences = undoes === 'all' ? undoing(this.#read) : another === undefined ? (only ?? NONE) : NONE;
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
