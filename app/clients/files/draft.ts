import type { Launch } from '../entry/entry.ts';
import type { ReadFile } from '../plan/ground.ts';
import { NONE, type OpenFile, openFile, type Plan, planUndo, type Step } from '../plan/plan.ts';
import { contentOf, type DesiredMode, digestOf, type EntryKey, keyText, type PlanEnvironment } from '../plan/record.ts';
import type { ClientId } from '../table/client.ts';

/** A client's file as it was read, with its path behind all links. */
export type FileAsRead = ReadFile & { readonly kind: 'read'; readonly real: string };

type Refused = Plan & { readonly kind: 'refused' };

/** How files are read for a draft. */
export interface DraftSource {
  readonly read: (client: ClientId, file: string) => Promise<FileAsRead | Refused>;
  /** Version of the Node that a program runs on, where that matters; else null. */
  readonly nodeVersion: (read: ReadFile, launch: Launch) => Promise<string | null>;
}

/** What becomes of one file, all steps together. */
export interface DraftedFile {
  readonly plan: Plan & { readonly kind: 'change' | 'unchanged' };
  /** What leads back at once, as long as the file is as `plan` leaves it. */
  readonly back: Plan & { readonly kind: 'change' | 'unchanged' };
  /** The clients' ways to the file that steps were taken by. */
  readonly ways: readonly string[];
}

/** A file behind the ways of all its clients. */
interface State {
  readonly first: FileAsRead;
  readonly done: Set<string>;
  readonly steps: Step[];
  /** Whether all that was done to it before leaves it. */
  undoes: 'all' | 'theirs';
  /** By the way of the last step. */
  last: OpenFile;
  readonly ways: Set<string>;
}

/** A client's way to a file. */
interface Way {
  readonly read: FileAsRead;
  readonly file: OpenFile;
}

/**
 * A change of several entries in several files that is written in one go. Each step builds on the ones before it; a file that two
 * clients read is one file, and an entry in it is changed through the client that comes first. A file is edited once, for all its steps.
 * Nothing is written.
 */
export class Draft {
  readonly #source: DraftSource;
  readonly #ways = new Map<string, Way | Refused>();
  readonly #states = new Map<string, State>();
  #uneditable: ReadonlySet<Step> = new Set();

  constructor(source: DraftSource) {
    this.#source = source;
  }

  /** Gives one more entry its mode. The answer tells of this step alone; null for an entry that has been seen to already. */
  async set(
    client: ClientId,
    file: string,
    key: EntryKey,
    desired: DesiredMode,
    environment: PlanEnvironment,
  ): Promise<Step | Refused | null> {
    const way = await this.#way(client, file);
    if (way.kind === 'refused') return way;
    const launch = desired.kind === 'through' ? way.file.entry(key)?.launch : undefined;
    const nodeVersion = launch === undefined ? null : await this.#source.nodeVersion(way.read, launch);
    return this.#set(way, key, (opened) => opened.step(key, desired, nodeVersion, environment));
  }

  #set(way: Way, key: EntryKey, make: (file: OpenFile) => Step | Refused): Step | Refused | null {
    const state = this.#stateOf(way);
    if (state.done.has(keyText(key))) return null;
    const step = make(way.file);
    if (step.kind === 'refused') return step;
    this.#took(state, way, keyText(key));
    state.steps.push(step);
    return step;
  }

  /** Undoes everything in one more file; null for one that has been seen to already. */
  async undo(client: ClientId, file: string): Promise<Plan | null> {
    const way = await this.#way(client, file);
    if (way.kind === 'refused') return way;
    const state = this.#stateOf(way);
    if (state.done.has('')) return null;
    const plan = planUndo(way.read);
    if (plan.kind === 'refused') return plan;
    this.#took(state, way, '');
    state.steps.splice(0);
    state.undoes = 'all';
    return plan;
  }

  /** The files that change, or of which something else is remembered, in the order of the steps. */
  files(): readonly DraftedFile[] {
    const uneditable = new Set<Step>();
    const files = [...this.#states.values()].flatMap((state): readonly DraftedFile[] => {
      const { first, steps, undoes, last, ways } = state;
      if (steps.length === 0 && undoes !== 'all') return [];
      const { plan, uneditable: left } = last.plan(steps, undoes);
      for (const step of left) uneditable.add(step);
      if (plan.kind === 'refused') return [];
      const changes = plan.kind === 'change' || JSON.stringify(plan.record) !== JSON.stringify(first.record);
      if (!changes) return [];
      const now = { ...first, ...after(plan, first) };
      return [{ plan: between(first, now), back: between(now, first), ways: [...ways] }];
    });
    this.#uneditable = uneditable;
    return files;
  }

  /** Whether the text of its file could not be edited for a step, once `files` has been asked for. */
  isUneditable(step: Step): boolean {
    return this.#uneditable.has(step);
  }

  async #way(client: ClientId, file: string): Promise<(Way & { readonly kind: 'way' }) | Refused> {
    const id = `${client}\0${file}`;
    const way = this.#ways.get(id) ?? (await this.#opened(client, file));
    this.#ways.set(id, way);
    return 'kind' in way ? way : { kind: 'way', ...way };
  }

  async #opened(client: ClientId, file: string): Promise<Way | Refused> {
    const read = await this.#source.read(client, file);
    if (read.kind === 'refused') return read;
    const opened = openFile(read);
    return opened.kind === 'refused' ? opened : { read, file: opened };
  }

  #stateOf({ read, file }: Way): State {
    return (
      this.#states.get(read.real) ?? {
        first: read,
        done: new Set(),
        steps: [],
        undoes: 'theirs',
        last: file,
        ways: new Set(),
      }
    );
  }

  #took(state: State, { read, file }: Way, what: string): void {
    state.done.add(what);
    state.ways.add(read.file);
    state.last = file;
    this.#states.set(read.real, state);
  }
}

function after(
  plan: Plan & { readonly kind: 'change' | 'unchanged' },
  { bytes, mode }: FileAsRead,
): Pick<FileAsRead, 'bytes' | 'record' | 'mode'> {
  if (plan.kind === 'unchanged') return { bytes, record: plan.record, mode };
  return { bytes: plan.bytes, record: plan.record, mode: plan.mode?.to ?? mode };
}

function between(from: FileAsRead, to: FileAsRead): DraftedFile['plan'] {
  const { client, file } = from;
  const subject = { client: client.id, file, digest: digestOf(from.bytes), record: to.record };
  if (digestOf(to.bytes) === subject.digest) return { kind: 'unchanged', ...subject };
  const mode =
    from.mode === null || to.mode === null || from.mode === to.mode ? null : { from: from.mode, to: to.mode };
  return {
    kind: 'change',
    ...subject,
    rule: client,
    bytes: to.bytes,
    texts: { before: contentOf(from.bytes)?.text ?? '', after: contentOf(to.bytes)?.text ?? '' },
    mode,
    // What the steps lead to besides the file is told by the steps.
    ...NONE,
  };
}
