import { sep } from 'node:path';
import type { Target } from '../../base/address.ts';
import { codeOf } from '../../base/errno.ts';
import { Mutex } from '../../base/mutex.ts';
import type { ForwardSetting } from '../../settings/settings.ts';
import { isTable, type Table, valueAt } from '../document/index.ts';
import { type Entry, type Launch, readEntries } from '../entry/entry.ts';
import { isMcpRemote, launched, type Probes } from '../launch/launcher.ts';
import { type Proposal, proposeMode, proposeRemote } from '../launch/propose.ts';
import {
  hasOldToken,
  isRefused,
  type Mode,
  modeOf,
  type OurMarks,
  ownLabel,
  serverVariables,
} from '../our-addresses.ts';
import { brokenRefusal, formatOf, PatchFinder, type ReadFile, strictRefusal } from '../plan/ground.ts';
import { entryWithoutUs, type Plan, planEntry, planUndo } from '../plan/plan.ts';
import {
  contentOf,
  type DesiredMode,
  digestOf,
  type EntryKey,
  keyOf,
  type Patch,
  type PlanEnvironment,
} from '../plan/record.ts';
import type { Refusal } from '../plan/refusal.ts';
import { chosenForward, type ForwardCandidate, forwardCandidates } from '../plan/tcp-forward.ts';
import type { Client, ClientId, Home } from '../table/client.ts';
import { clientOf } from '../table/clients.ts';
import { type Copy, KeyError, Sealing } from './copies.ts';
import { Draft, type FileAsRead } from './draft.ts';
import { type Applied, FileWriter, type FileWriterContext, Journal, keyRefusal } from './journal.ts';
import {
  type Candidate,
  type ChosenPlace,
  type Extension,
  extensionsFolder,
  MOST_BYTES,
  Places,
  readExtensions,
} from './places.ts';

/** One server in a client's file, as a person would want to see it. */
export interface FoundServer {
  readonly key: EntryKey;
  /** Counts on from 2 for further entries of the same key, which a list may have; left out for the first. */
  readonly occurrence?: number;
  /** Its environment is full of secrets: it goes to no log. */
  readonly entry: Entry;
  /** The entry as it is written; as secret as its environment. */
  readonly raw?: Table;
  readonly mode: Mode;
  /** Under which its requests are found among the last requests; null when they do not come through our proxy by a name. */
  readonly label: string | null;
  /** What we did to it; null when nothing, and there is nothing to undo then. */
  readonly patch: Patch['kind'] | null;
  /** Whether our patch has no effect any more: our port or token has changed, or the patch was removed by hand. */
  readonly isStale: boolean;
}

const MODES: Readonly<Record<Patch['kind'], Mode>> = {
  through: 'through',
  run: 'run',
  added: 'run',
  cleared: 'off',
  forward: 'off',
};

/** A client that has a file on this machine. */
export interface FoundClient {
  readonly client: Client;
  readonly file: string;
  /** Which of the client's files it is: 0 for the likeliest, its path where there may be any number. */
  readonly fileIndex: number | string;
  /** Where a person has chosen it; left out for the client's own places. Others may have written what stands there. */
  readonly place?: ChosenPlace;
  /** Other clients that read the same file by another way; left out where there are none. */
  readonly others?: readonly Client[];
  /** Why it cannot be told what we did to the file, nor undone; left out where it can. Its servers show no patches then. */
  readonly locked?: Refusal;
  readonly content:
    | { readonly kind: 'servers'; readonly servers: readonly FoundServer[] }
    | { readonly kind: 'refused'; readonly refusal: Refusal };
}

/** A copy of a client's file. */
export type CopyAsRead =
  | { readonly kind: 'read'; readonly bytes: Uint8Array }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** What it takes to lead a server to a TCP forward. */
export type ForwardPlan = Plan | { readonly kind: 'choose'; readonly candidates: readonly ForwardCandidate[] };

export interface ClientFilesContext extends FileWriterContext {
  readonly home: Home;
  readonly probes: Probes;
}

/** Every place that was looked at, by client and path: what may be planned for. */
type KnownPlaces = Map<ClientId, Map<string, Candidate>>;

interface Shared {
  readonly known: KnownPlaces;
  readonly places: Places;
}

/**
 * The files of the MCP clients on this machine: found, shown, planned for and, when a person says so, changed. Nothing is
 * written but by `apply`, and no file is touched again by itself.
 */
export class ClientFiles {
  readonly #context: ClientFilesContext;
  readonly #journal: Journal;
  readonly #places: Places;
  readonly #known: KnownPlaces;
  readonly #mutex = new Mutex();
  readonly #writer: FileWriter;

  /** @param shared what a snapshot has in common with the files that it is of */
  constructor(
    context: ClientFilesContext,
    shared: Shared = { known: new Map(), places: new Places(context.disk, context.folder, context.home) },
  ) {
    this.#context = context;
    this.#journal = new Journal(context.disk, context.folder, context.log, new Sealing(context.cipher ?? null));
    this.#places = shared.places;
    this.#known = shared.known;
    // What was changed is found again, so that it can be undone with everything else.
    this.#writer = new FileWriter(context, this.#journal, async (client, file) => {
      const place = this.#known.get(client)?.get(file)?.place ?? null;
      if (place !== null) await this.#places.remember(place);
    });
  }

  /**
   * Every client that has a file here, and its servers, with what a person has chosen besides.
   * @param only a place to look at in place of all others
   */
  async list(environment: OurMarks, only: ChosenPlace | null = null): Promise<FoundClient[]> {
    const found = await this.#listFiles(environment, only);
    const extensions = only === null ? await readExtensions(this.#context.disk, this.#context.home) : [];
    return extensions.length === 0 ? found : [...found, this.#foundExtensions(extensions)];
  }

  /** Remembers a place for the lists to come. */
  choose(place: ChosenPlace): Promise<void> {
    return this.#mutex.run(() => this.#places.remember(place));
  }

  /** Lists a chosen place no more. What was changed there stays. */
  forget(place: ChosenPlace): Promise<void> {
    return this.#mutex.run(() => this.#places.forget(place));
  }

  async #listFiles(environment: OurMarks, only: ChosenPlace | null): Promise<FoundClient[]> {
    const candidates = only === null ? await this.#places.all() : await this.#places.of(only);
    for (const candidate of candidates) this.#know(candidate);
    const looked = await Promise.all(candidates.map((candidate) => this.#look(candidate, environment)));
    const all = withoutRepeatedRefusals(looked.filter((each) => each !== null));
    return all.map(({ found, real }) => {
      const same = all.filter((other) => real !== null && other.real === real && other.found.client !== found.client);
      return same.length === 0 ? found : { ...found, others: same.map((other) => other.found.client) };
    });
  }

  /**
   * A change of several entries in several files, to be applied file by file.
   * @param asksVersions whether programs are asked for their versions, which takes a while; for what is only judged they need not be: no
   * version is a reason to leave an entry alone
   */
  draft(asksVersions = true): Draft {
    return new Draft({
      read: (id, file) => this.#readOf(id, file),
      nodeVersion: async (read, launch) => (asksVersions ? this.#nodeVersion(read, launch) : null),
    });
  }

  #foundExtensions(extensions: readonly Extension[]): FoundClient {
    const servers = extensions.map(({ name, command, isEnabled }): FoundServer => {
      const launch = { kind: 'foreign', extension: command } as const;
      const entry: Entry = { name, path: [name], project: null, enabled: isEnabled, launch, outside: null };
      return { key: { holder: [], name }, entry, mode: 'off', label: null, patch: null, isStale: false };
    });
    const file = extensionsFolder(this.#context.home);
    return { client: clientOf('claude-desktop'), file, fileIndex: file, content: { kind: 'servers', servers } };
  }

  /** Where files of clients are looked for, whether or not there is one. */
  async places(): Promise<readonly { readonly client: Client; readonly file: string }[]> {
    const all = await this.#places.all();
    return all.filter(({ isOptional }) => !isOptional);
  }

  /** The mode that fits a server, and why; null for one that needs none. No program that a chosen file names is started. */
  async propose(
    { launch }: Entry,
    environment: Pick<PlanEnvironment, 'gateway'>,
    { place }: Pick<FoundClient, 'place'> = {},
  ): Promise<Proposal | null> {
    if (launch.kind === 'address') return proposeRemote(launch);
    const probes = place === undefined ? this.#context.probes : ownRuntimes(this.#context.probes);
    return launch.kind === 'program' ? proposeMode(launch, isRefused(environment.gateway, ''), probes) : null;
  }

  /**
   * The files as they are now, each read once at most: what is listed and what is planned come from the same bytes. To be
   * used at once and let go; a plan that is applied later is checked against the file again.
   */
  snapshot(): Pick<ClientFiles, 'list' | 'plan' | 'planForward' | 'planUndo' | 'draft'> {
    const { disk } = this.#context;
    const known = new Map<string, Promise<Buffer>>();
    const read = (path: string): Promise<Buffer> => {
      const bytes = known.get(path) ?? disk.read(path);
      known.set(path, bytes);
      return bytes;
    };
    const shared = { known: this.#known, places: this.#places };
    return new ClientFiles({ ...this.#context, disk: { ...disk, read } }, shared);
  }

  /** Copies of the files that have something of ours in them, each from before a change; oldest first. */
  copies(): Promise<readonly Copy[]> {
    return this.#journal.copies.list();
  }

  /** What one of the copies says; null when there is none of this name. */
  async copy(name: string): Promise<CopyAsRead | null> {
    try {
      const bytes = await this.#journal.copies.read(name);
      return bytes === null ? null : { kind: 'read', bytes };
    } catch (error) {
      if (!(error instanceof KeyError)) throw error;
      return {
        kind: 'refused',
        refusal: { kind: 'copy-locked', file: error.kept, isElsewhere: error.kind === 'elsewhere' },
      };
    }
  }

  /** Ends undos that were interrupted, and encrypts what is remembered in clear where the system keeps a key. Faults are logged. */
  tidyUp(): Promise<void> {
    return this.#mutex.run(() => this.#writer.tidyUp());
  }

  /** What it takes to give an entry the desired mode. */
  async plan(
    client: ClientId,
    file: string,
    key: EntryKey,
    desired: DesiredMode,
    environment: PlanEnvironment,
  ): Promise<Plan> {
    return this.#planned(client, file, (read) => this.#planEntry(read, key, desired, environment));
  }

  /**
   * What it takes to lead a server to a TCP forward in place of an address in its settings, for what no proxy can carry.
   * `target` is that address; null when the person has not chosen, which is fine as long as there is only one. A forward
   * that leads there already is used; else the plan brings one with a port that is free now.
   */
  async planForward(
    client: ClientId,
    file: string,
    key: EntryKey,
    target: Target | null,
    environment: PlanEnvironment & { readonly forwards: readonly ForwardSetting[] },
  ): Promise<ForwardPlan> {
    return this.#planned<ForwardPlan>(client, file, async (read) => {
      const launch = entryWithoutUs(read, key)?.launch;
      // What is no program, or cannot be read, is refused for the same reasons as it is for the proxy.
      if (launch?.kind !== 'program') return this.#planEntry(read, key, { kind: 'through' }, environment);
      const { forwards, gateway } = environment;
      const chosen = await chosenForward(key, forwardCandidates(launch), target, forwards, [gateway.port]);
      return chosen.kind === 'forward' ? this.#planEntry(read, key, chosen, environment) : chosen;
    });
  }

  /** What it would take to undo everything in a file. */
  async planUndo(client: ClientId, file: string): Promise<Plan> {
    return this.#planned(client, file, (read) => Promise.resolve(planUndo(read)));
  }

  /** Writes what was planned, unless the file has changed since. One at a time. */
  apply(plan: Plan): Promise<Applied> {
    if (plan.kind === 'refused') return Promise.resolve(plan);
    const { client, file } = plan;
    const rule = this.#known.get(client)?.get(file)?.client ?? clientOf(client);
    return this.#mutex.run(() => this.#writer.apply(plan, rule));
  }

  /** Whether a file still has the bytes that a plan was made for. */
  async isAsPlanned({ file, digest }: Plan & { kind: 'change' | 'unchanged' }): Promise<boolean> {
    try {
      return digestOf(await this.#context.disk.read(file)) === digest;
    } catch (error) {
      if (codeOf(error) === null) throw error;
      return false;
    }
  }

  async #look(
    candidate: Candidate,
    environment: OurMarks,
  ): Promise<{ readonly found: FoundClient; readonly real: string | null } | null> {
    const { client, file, fileIndex, isOptional, place } = candidate;
    const about = { client, file, fileIndex, ...(place === null ? {} : { place }) };
    const read = await this.#read(candidate);
    if (read.kind !== 'refused') {
      const { locked, real } = read;
      const content = this.#contentOf(read, environment);
      const isEmpty = content.kind === 'servers' && content.servers.length === 0 && isUntouched(read);
      // A settings file that has no servers in it is no place where a person would look for them.
      if (isEmpty && isOptional) return null;
      return { found: { ...about, content, ...(locked === null ? {} : { locked }) }, real };
    }
    return read.isMissing ? null : { found: { ...about, content: read }, real: null };
  }

  #contentOf(read: FileInFull, environment: OurMarks): FoundClient['content'] {
    const { client, file } = read;
    const content = contentOf(read.bytes);
    if (content === null) return { kind: 'refused', refusal: { kind: 'not-utf8', file } };
    const reading = formatOf(client).read(content.text);
    if (reading.kind === 'broken') return { kind: 'refused', refusal: brokenRefusal(client, file, reading.fault) };
    // Nothing of ours is in it, and the client reads it as little as a broken one.
    const strict = isUntouched(read) ? strictRefusal(read) : null;
    if (strict !== null) return { kind: 'refused', refusal: strict };
    const patches = new PatchFinder(read, reading.value).byPath;
    const seen = new Map<string, number>();
    const servers = readEntries(client, reading.value).map((entry): FoundServer => {
      const key = keyOf(entry);
      const id = [...key.holder, key.name].join('\0');
      const occurrence = (seen.get(id) ?? 0) + 1;
      seen.set(id, occurrence);
      const patch = patches.get(entry.path.join('\0'))?.kind ?? null;
      const mode = modeOf(entry.launch, environment);
      const env = entry.launch.kind === 'program' ? serverVariables(entry.launch) : {};
      const label = ownLabel(env, environment.gateway);
      const isRefused = hasOldToken(env, environment.gateway);
      const isStale = patch !== null && (mode !== MODES[patch] || isRefused);
      const written = valueAt(reading.value, entry.path);
      const raw = isTable(written) ? written : {};
      return { key, ...(occurrence === 1 ? {} : { occurrence }), entry, raw, mode, label, patch, isStale };
    });
    return { kind: 'servers', servers };
  }

  /** Only files of the table, and chosen ones, are read and written, whatever path is asked for. */
  async #planned<Made>(id: ClientId, file: string, make: (read: ReadFile) => Promise<Made>): Promise<Made | Plan> {
    const read = await this.#readOf(id, file);
    return read.kind === 'refused' ? read : make(read);
  }

  async #readOf(id: ClientId, file: string): Promise<FileAsRead | (Plan & { kind: 'refused' })> {
    const candidate = this.#known.get(id)?.get(file) ?? (await this.#candidate(id, file));
    const read = await this.#read(candidate);
    if (read.kind === 'refused') return read;
    // What was there before our changes must not be lost.
    if (read.locked !== null) return { kind: 'refused', refusal: read.locked };
    return { ...read, mode: await this.#modeOf(file) };
  }

  async #candidate(id: ClientId, file: string): Promise<Candidate> {
    const known = (await this.#places.all()).find((one) => one.client.id === id && one.file === file);
    if (known === undefined) throw new Error(`not a file of ${clientOf(id).title}`);
    this.#know(known);
    return known;
  }

  #know(candidate: Candidate): void {
    const files = this.#known.get(candidate.client.id) ?? new Map<string, Candidate>();
    this.#known.set(candidate.client.id, files.set(candidate.file, candidate));
  }

  /** Null where permission bits do not decide who may read a file (Windows). */
  async #modeOf(file: string): Promise<number | null> {
    if (this.#context.home.platform === 'win32') return null;
    try {
      return (await this.#context.disk.facts(file)).mode;
    } catch (error) {
      if (codeOf(error) === null) throw error;
      // Gone since it was read, which the plan will find out when it is made.
      return null;
    }
  }

  async #planEntry(read: ReadFile, key: EntryKey, desired: DesiredMode, environment: PlanEnvironment): Promise<Plan> {
    const launch = desired.kind === 'through' ? entryWithoutUs(read, key)?.launch : undefined;
    const nodeVersion = launch === undefined ? null : await this.#nodeVersion(read, launch);
    return planEntry(read, key, desired, nodeVersion, environment);
  }

  async #nodeVersion({ client, file }: ReadFile, launch: Launch): Promise<string | null> {
    if (launch.kind !== 'program') return null;
    const start = launched(launch.command, launch.args);
    const isOwn = this.#known.get(client.id)?.get(file)?.place === null;
    const probes = isOwn ? this.#context.probes : ownRuntimes(this.#context.probes);
    return isMcpRemote(start) ? probes.nodeVersion(start.program) : null;
  }

  async #read({
    client,
    file,
    fileIndex,
    place,
  }: Candidate): Promise<FileInFull | (Plan & { kind: 'refused' } & { isMissing: boolean })> {
    try {
      const real = await this.#context.disk.realPath(file);
      const unsafe = await this.#unsafe(file, real, place);
      if (unsafe !== null) return { kind: 'refused', isMissing: false, refusal: unsafe };
      const bytes = await this.#context.disk.read(real);
      const read = { kind: 'read', client, file, real, fileIndex, bytes, mode: null } as const;
      return { ...read, ...(await this.#recalled(read)) };
    } catch (error) {
      const code = codeOf(error);
      if (code === null) throw error;
      const isMissing = code === 'ENOENT' || code === 'ENOTDIR';
      return { kind: 'refused', isMissing, refusal: { kind: 'unreadable', file, code } };
    }
  }

  async #recalled(read: Omit<FileAsRead, 'record'>): Promise<Pick<FileInFull, 'record' | 'locked'>> {
    const { bytes, file } = read;
    try {
      const record = await this.#journal.recall(read, digestOf(bytes), contentOf(bytes)?.text ?? '');
      return { record, locked: null };
    } catch (error) {
      if (!(error instanceof KeyError)) throw error;
      return { record: null, locked: keyRefusal(file, error) };
    }
  }

  /**
   * Why a file is not read: a pipe is waited for without an end. In a place that others may have written, it may be too large as well, and
   * a link may lead anywhere.
   */
  async #unsafe(file: string, real: string, place: ChosenPlace | null): Promise<Refusal | null> {
    const { disk } = this.#context;
    const { isFile = true, isFolder = false, size = 0 } = await disk.facts(real);
    if (place === null) return isFile || isFolder ? null : { kind: 'no-file', file };
    if (!isFile || size > MOST_BYTES) return { kind: 'no-file', file };
    if (place.kind === 'file') return null;
    const folder = await disk.realPath(place.folder);
    return real.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`)
      ? null
      : { kind: 'outside-folder', file, real };
  }
}

/** A client's file with what is remembered of it, as far as that can be decrypted. */
type FileInFull = FileAsRead & { readonly locked: Refusal | null };

function isUntouched({ record, locked }: FileInFull): boolean {
  return record === null && locked === null;
}

/** Where clients share a name of a file, one that cannot be read by the rule of one of them is told of once, and not beside its servers. */
function withoutRepeatedRefusals<Look extends { readonly found: FoundClient }>(
  looked: readonly Look[],
): readonly Look[] {
  const servers = new Set(looked.flatMap(({ found }) => (found.content.kind === 'servers' ? [found.file] : [])));
  return looked.filter(
    ({ found: { file, content } }, at) =>
      content.kind === 'servers' || !(servers.has(file) || looked.findIndex(({ found }) => found.file === file) < at),
  );
}

/** Only a runtime of the PATH is asked for its version: what a path in a file of others leads to is not started. */
function ownRuntimes({ nodeVersion }: Probes): Probes {
  return { nodeVersion: async (command) => (/[\\/]/.test(command) ? null : nodeVersion(command)) };
}
