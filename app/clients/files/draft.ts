import { type Plan, planEntry, planUndo, type ReadFile } from '../plan/plan.ts';
import { contentOf, type DesiredMode, digestOf, type EntryKey, type PlanEnvironment } from '../plan/record.ts';
import type { ClientId } from '../table/client.ts';

/** A client's file as it was read, with its path behind all links. */
export type FileAsRead = ReadFile & { readonly kind: 'read'; readonly real: string };

/** How files are read for a draft. */
export interface DraftSource {
  readonly read: (client: ClientId, file: string) => Promise<FileAsRead | (Plan & { readonly kind: 'refused' })>;
  /** Version of the Node that an entry runs on, where that matters; else null. */
  readonly nodeVersion: (read: ReadFile, key: EntryKey) => Promise<string | null>;
}

/** What becomes of one file, all steps together. */
export interface DraftedFile {
  readonly plan: Plan & { readonly kind: 'change' | 'unchanged' };
  /** What leads back at once, as long as the file is as `plan` leaves it. */
  readonly back: Plan & { readonly kind: 'change' | 'unchanged' };
  /** The clients' ways to the file that steps were taken by. */
  readonly ways: readonly string[];
}

interface State {
  readonly first: FileAsRead;
  now: FileAsRead;
  readonly done: Set<string>;
  readonly ways: Set<string>;
}

/**
 * A change of several entries in several files that is written in one go. Each step builds on the ones before it; a file that two
 * clients read is one file, and an entry in it is changed through the client that comes first. Nothing is written.
 */
export class Draft {
  readonly #source: DraftSource;
  readonly #states = new Map<string, State>();

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
  ): Promise<Plan | null> {
    return this.#step(client, file, [...key.holder, key.name].join('\0'), async (now) => {
      const nodeVersion = desired.kind === 'through' ? await this.#source.nodeVersion(now, key) : null;
      return planEntry(now, key, desired, nodeVersion, environment);
    });
  }

  /** Undoes everything in one more file; null for one that has been seen to already. */
  async undo(client: ClientId, file: string): Promise<Plan | null> {
    return this.#step(client, file, '', async (now) => planUndo(now));
  }

  /** The files that change, or of which something else is remembered, in the order of the steps. */
  files(): readonly DraftedFile[] {
    return [...this.#states.values()].flatMap(({ first, now, ways }) =>
      first === now ? [] : [{ plan: between(first, now), back: between(now, first), ways: [...ways] }],
    );
  }

  async #step(
    client: ClientId,
    file: string,
    what: string,
    make: (now: FileAsRead) => Promise<Plan>,
  ): Promise<Plan | null> {
    const read = await this.#source.read(client, file);
    if (read.kind === 'refused') return read;
    const state = this.#states.get(read.real) ?? { first: read, now: read, done: new Set(), ways: new Set() };
    if (state.done.has(what)) return null;
    // The bytes are those of the steps before, seen by this client.
    const { bytes, record, mode } = state.now;
    const plan = await make({ ...read, bytes, record, mode });
    if (plan.kind === 'refused') return plan;
    state.done.add(what);
    state.ways.add(file);
    this.#states.set(read.real, state);
    const changes = plan.kind === 'change' || JSON.stringify(plan.record) !== JSON.stringify(record);
    if (changes) state.now = { ...state.now, ...after(plan, state.now) };
    return plan;
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
    server: null,
    released: [],
    forward: null,
    releasedForwards: [],
    upstream: null,
    exceptions: [],
    isSecret: false,
  };
}
