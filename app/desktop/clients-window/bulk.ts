import type {
  Applied,
  ClientFiles,
  Consequences,
  DesiredMode,
  Draft,
  DraftedFile,
  FoundClient,
  FoundServer,
  Proposal,
  Refusal,
  Step,
} from '../../clients/index.ts';
import type { BulkChoice, BulkRequest, ChangeOutcome } from '../../ipc/index.ts';
import type { ForwardSetting, ServerSetting, Settings, TokenSetting } from '../../settings/index.ts';
import {
  type ClientsReader,
  desiredModeFor,
  type EntryToken,
  type SettingsOwner,
  serversOf,
} from './clients-reader.ts';
import {
  type ImportedSettings,
  importSettings,
  type NotMade,
  type Requirements,
  release,
  removeImported,
  tokenNames,
} from './transaction.ts';

/** One server in a change of several. */
export interface BulkEntry {
  readonly found: FoundClient;
  readonly server: FoundServer;
  readonly desired: DesiredMode;
  /** Why this mode; null where the person has chosen it. */
  readonly proposal: Proposal | null;
  /** What leads back to how it is now. */
  readonly before: DesiredMode;
  /** The token that it shows before. */
  readonly shown: EntryToken | null;
}

/** Why a server, or a whole file, stays as it is. */
export interface BulkRefusal {
  readonly found: FoundClient;
  /** Null when it is about the whole file. */
  readonly name: string | null;
  readonly refusal: Refusal;
}

/** A change of several servers in any number of files, before it is made. */
export interface BulkPlan {
  readonly files: readonly DraftedFile[];
  readonly entries: readonly BulkEntry[];
  readonly left: readonly BulkRefusal[];
  readonly required: Omit<Requirements, 'upstream'>;
  /** Names of servers whose definitions go back to the files. */
  readonly released: readonly string[];
  readonly releasedForwards: readonly ForwardSetting[];
  /** Proxies that the servers went through so far, as they are written. */
  readonly upstreams: readonly string[];
  readonly exceptions: readonly string[];
  /** Names of the tokens that no file shows any more. */
  readonly unneededTokens: readonly string[];
  /** Tokens that come or go: a preview may not show them. */
  readonly secrets: readonly string[];
}

/** A change of several that can be taken back. */
export interface BulkChange {
  readonly files: readonly DraftedFile[];
  readonly entries: readonly BulkEntry[];
  readonly imported: ImportedSettings;
  /** What left our settings, to come back first. */
  readonly removed: Requirements;
}

export interface BulkChoices {
  /** Take the one proxy that the servers went through for our upstream. */
  readonly upstream: boolean;
  /** Take servers and TCP forwards that no entry refers to any more out of our settings. */
  readonly release: boolean;
}

export type BulkMade =
  | {
      readonly kind: 'made';
      readonly change: BulkChange;
      readonly backups: readonly string[];
      /** What became of clearing up in our settings afterwards. */
      readonly after: ChangeOutcome;
    }
  /** `standing` are files that another program wrote to before they could be taken back. */
  | { readonly kind: 'not-made'; readonly why: NotMade; readonly standing: readonly string[] };

/** Plans, makes and takes back changes of several servers of all clients: in all files and our settings, or nowhere. */
export class Bulk {
  readonly #files: ClientFiles;
  readonly #owner: SettingsOwner;
  readonly #reader: ClientsReader;

  constructor(files: ClientFiles, owner: SettingsOwner, reader: ClientsReader) {
    this.#files = files;
    this.#owner = owner;
    this.#reader = reader;
  }

  async plan(request: BulkRequest): Promise<BulkPlan> {
    const { place, client: only } = request.of;
    const all = await (place === undefined ? this.#reader.find() : this.#reader.findIn(place));
    const found = all.filter(({ client }) => only === null || client.id === only);
    const drafting = new Drafting(this.#files, this.#reader);
    for (const each of found) {
      if (isInstalled(each)) leaveExtensions(drafting, each, request);
      else if (each.content.kind === 'refused')
        drafting.leave({ found: each, name: null, refusal: each.content.refusal });
      // What there is to undo is not known.
      else if (request.kind === 'undo' && each.locked !== undefined)
        drafting.leave({ found: each, name: null, refusal: each.locked });
      else if (request.kind === 'undo' && request.of.server === null) await drafting.undo(each);
      else for (const server of serversOf(each)) await this.#planServer(drafting, each, server, request);
    }
    return drafting.plan();
  }

  async #planServer(drafting: Drafting, found: FoundClient, server: FoundServer, request: BulkRequest): Promise<void> {
    if (!isChosen(server, request.of)) return;
    switch (request.kind) {
      case 'suggestions': {
        const isOpen = server.mode === 'off' && server.patch === null && server.entry.enabled;
        const proposal = isOpen ? await this.#files.propose(server.entry, this.#reader.environment(), found) : null;
        if (proposal !== null)
          await drafting.set({ found, server, desired: desiredModeFor(proposal.mode, found), proposal });
        return;
      }
      case 'mode': {
        const isDone =
          server.mode === request.mode && !server.isStale && (request.mode !== 'off' || server.patch === null);
        if (!isDone)
          await drafting.set({ found, server, desired: desiredModeFor(request.mode, found), proposal: null });
        return;
      }
      case 'undo':
        if (server.patch !== null) await drafting.set({ found, server, desired: { kind: 'off' }, proposal: null });
        return;
      default:
        return request satisfies never;
    }
  }

  /** What files are to lead to has to be ours before they do. */
  async apply(plan: BulkPlan, choices: BulkChoices): Promise<BulkMade> {
    const { files, entries, required } = plan;
    const [upstream, another] = plan.upstreams;
    const parent = choices.upstream && another === undefined ? (upstream ?? null) : null;
    const before = this.#owner.settings;
    const written = await this.#write(files, { ...required, upstream: parent });
    if (written.kind === 'not-made') return written;
    const { servers, ports } = await this.#reader.references();
    const after = await release(this.#owner, {
      servers: choices.release ? plan.released.filter((name) => !servers.has(name)) : [],
      forwards: choices.release ? plan.releasedForwards.filter(({ port }) => !ports.has(port)) : [],
      tokens: plan.unneededTokens,
    });
    const removed = removedFrom(before, this.#owner.settings);
    const { imported, backups } = written;
    return { kind: 'made', change: { files, entries, imported, removed }, backups, after };
  }

  /** Files that are as we left them come back to the byte; in the others each server goes back to its mode of before. */
  async undo({ files, entries, imported, removed }: BulkChange): Promise<BulkMade> {
    const drafting = new Drafting(this.#files, this.#reader);
    const checked = await Promise.all(
      files.map(async (file) => ({ file, isOurs: await this.#files.isAsPlanned(file.back) })),
    );
    const outdated = new Set(checked.flatMap(({ file, isOurs }) => (isOurs ? [] : file.ways)));
    for (const { found, server, before, shown } of entries) {
      if (outdated.has(found.file)) await drafting.set({ found, server, desired: before, proposal: null }, shown);
    }
    const anew = drafting.plan();
    const [refused] = anew.left;
    if (refused !== undefined) return notMade(refused.refusal, []);
    const settings = this.#owner.settings;
    const back = checked.flatMap(({ file, isOurs }) => (isOurs ? [{ ...file, plan: file.back, back: file.plan }] : []));
    const turned = [...back, ...anew.files];
    const written = await this.#write(turned, together(removed, { ...anew.required, upstream: null }));
    if (written.kind === 'not-made') return written;
    const needed = await this.#reader.references();
    const after = await removeImported(this.#owner, {
      ...imported,
      servers: imported.servers.filter((name) => !needed.servers.has(name)),
      forwards: imported.forwards.filter(({ port }) => !needed.ports.has(port)),
      tokens: imported.tokens.filter(({ to }) => anew.required.tokens.every(({ hash }) => hash !== to.hash)),
    });
    const change: BulkChange = {
      files: turned,
      entries: entries.map((entry) => ({ ...entry, desired: entry.before, before: entry.desired })),
      imported: written.imported,
      removed: removedFrom(settings, this.#owner.settings),
    };
    return { kind: 'made', change, backups: written.backups, after };
  }

  /** All files and what they need, or nothing. */
  async #write(files: readonly DraftedFile[], required: Requirements): Promise<Written | NotWritten> {
    const result = await importSettings(this.#owner, required);
    if (result.kind === 'refused') {
      return { kind: 'not-made', why: { kind: 'refused-settings', outcome: result.outcome }, standing: [] };
    }
    const { imported } = result;
    const backups: string[] = [];
    for (const [index, { plan }] of files.entries()) {
      const takeBack = (): Promise<readonly string[]> => this.#takeBack(files.slice(0, index), imported);
      let outcome: Applied;
      try {
        outcome = await this.#files.apply(plan);
      } catch (error) {
        await takeBack();
        throw error;
      }
      if (outcome.kind === 'refused') return notMade(outcome.refusal, await takeBack());
      if (outcome.backup !== null) backups.push(outcome.backup);
    }
    return { kind: 'written', imported, backups };
  }

  /** Returns the files that another program has written to in the meantime; what they lead to stays ours. */
  async #takeBack(files: readonly DraftedFile[], imported: ImportedSettings): Promise<readonly string[]> {
    const standing: string[] = [];
    for (const { back } of files.toReversed()) {
      if ((await this.#files.apply(back)).kind === 'refused') standing.push(back.file);
    }
    if (standing.length === 0) await removeImported(this.#owner, imported);
    return standing;
  }
}

interface Written {
  readonly kind: 'written';
  readonly imported: ImportedSettings;
  readonly backups: readonly string[];
}

type NotWritten = Extract<BulkMade, { readonly kind: 'not-made' }>;

function notMade(refusal: Refusal, standing: readonly string[]): NotWritten {
  return { kind: 'not-made', why: { kind: 'refused-file', refusal }, standing };
}

/** What a client has installed by itself stands in no file. */
function isInstalled(found: FoundClient): boolean {
  return serversOf(found).some(({ entry: { launch } }) => launch.kind === 'foreign' && launch.extension !== undefined);
}

function leaveExtensions(drafting: Drafting, found: FoundClient, request: BulkRequest): void {
  if (request.kind !== 'mode' || request.mode === 'off') return;
  for (const server of serversOf(found)) {
    const { name } = server.key;
    const refusal: Refusal = { kind: 'extension', name, client: found.client.title };
    if (request.of.server !== null && isChosen(server, request.of)) drafting.leave({ found, name, refusal });
  }
}

function isChosen({ key: { name } }: FoundServer, { server }: BulkChoice): boolean {
  return server === null || server === name;
}

/** What was ours before, and is not now. */
function removedFrom(before: Settings, now: Settings): Requirements {
  return {
    servers: before.servers.filter(({ name }) => now.servers.every((one) => one.name !== name)),
    forwards: before.forwards.filter(({ port }) => now.forwards.every((one) => one.port !== port)),
    upstream: null,
    tokens: before.tokens.filter(({ name }) => now.tokens.every((one) => one.name !== name)),
  };
}

function together(first: Requirements, second: Requirements): Requirements {
  return {
    servers: [...first.servers, ...second.servers],
    forwards: [...first.forwards, ...second.forwards],
    upstream: first.upstream ?? second.upstream,
    tokens: [...first.tokens.filter(({ name }) => second.tokens.every((one) => one.name !== name)), ...second.tokens],
  };
}

/** One step that was taken, for an entry or a whole file. */
interface Taken {
  /** What it leads to besides the file; null where nothing changes. */
  readonly leadsTo: Consequences | null;
  /** Null for a whole file. */
  readonly step: Step | null;
  readonly entries: readonly BulkEntry[];
  readonly token: TokenSetting | null;
  readonly secrets: readonly (string | null)[];
  readonly unneeded: readonly string[];
}

/** A plan of several in the making. */
class Drafting {
  readonly #reader: ClientsReader;
  readonly #draft: Draft;
  readonly #left: BulkRefusal[] = [];
  readonly #taken: Taken[] = [];
  readonly #servers: ServerSetting[] = [];

  constructor(files: ClientFiles, reader: ClientsReader) {
    this.#reader = reader;
    this.#draft = files.snapshot().draft();
  }

  leave(refusal: BulkRefusal): void {
    this.#left.push(refusal);
  }

  async set(
    { found, server, desired, proposal }: Pick<BulkEntry, 'found' | 'server' | 'desired' | 'proposal'>,
    again: EntryToken | null = null,
  ): Promise<void> {
    const { key } = server;
    const { token, shown, environment } = this.#reader.environmentFor(found, key, again);
    // The servers of the steps before are ours by then.
    const servers = [...environment.servers, ...this.#servers];
    const plan = await this.#draft.set(found.client.id, found.file, key, desired, { ...environment, servers });
    if (plan === null) return;
    if (plan.kind === 'refused') return this.leave({ found, name: key.name, refusal: plan.refusal });
    const isShown = plan.kind === 'change' && plan.isSecret;
    this.#took({
      leadsTo: plan.kind === 'change' ? plan : null,
      step: plan,
      entries: [{ found, server, desired, proposal, before: this.#reader.previousMode(server, found), shown }],
      token: isShown ? token : null,
      secrets: [environment.gateway.token, shown?.secret ?? null],
      unneeded: tokenNames(found, server).filter((name) => !isShown || name !== token.name),
    });
  }

  /** The whole file. */
  async undo(found: FoundClient): Promise<void> {
    const plan = await this.#draft.undo(found.client.id, found.file);
    if (plan === null) return;
    if (plan.kind === 'refused') return this.leave({ found, name: null, refusal: plan.refusal });
    const patched = serversOf(found).filter(({ patch }) => patch !== null);
    const entries = patched.map((server): BulkEntry => {
      const { shown } = this.#reader.environmentFor(found, server.key);
      const before = this.#reader.previousMode(server, found);
      return { found, server, desired: { kind: 'off' }, proposal: null, before, shown };
    });
    this.#took({
      leadsTo: plan.kind === 'change' ? plan : null,
      step: null,
      entries,
      token: null,
      secrets: entries.map(({ shown }) => shown?.secret ?? null),
      unneeded: patched.flatMap((server) => tokenNames(found, server)),
    });
  }

  plan(): BulkPlan {
    const files = this.#draft.files();
    const isUneditable = ({ step }: Taken): boolean => step !== null && this.#draft.isUneditable(step);
    const taken = this.#taken.filter((one) => !isUneditable(one));
    const left = this.#taken.filter(isUneditable).flatMap(({ entries }) =>
      entries.map(({ found, server: { key } }): BulkRefusal => {
        return { found, name: key.name, refusal: { kind: 'uneditable', file: found.file } };
      }),
    );
    const steps = taken.flatMap(({ leadsTo }) => (leadsTo === null ? [] : [leadsTo]));
    const servers = withoutRepetition(steps.flatMap(({ server }) => (server === null ? [] : [server])));
    const isTaken = (name: string): boolean => servers.some((one) => one.name === name);
    return {
      files,
      entries: taken.flatMap(({ entries }) => entries),
      left: [...this.#left, ...left],
      required: {
        servers,
        forwards: steps.flatMap(({ forward }) => (forward === null ? [] : [forward])),
        tokens: taken.flatMap(({ token }) => (token === null ? [] : [token])),
      },
      released: [...new Set(steps.flatMap(({ released }) => released))].filter((name) => !isTaken(name)),
      releasedForwards: steps.flatMap(({ releasedForwards }) => releasedForwards),
      upstreams: [...new Set(steps.map(({ upstream }) => upstream).filter((proxy) => proxy !== null))],
      exceptions: [...new Set(steps.flatMap(({ exceptions }) => exceptions))],
      unneededTokens: taken.flatMap(({ unneeded }) => unneeded),
      secrets: [...new Set(taken.flatMap(({ secrets }) => secrets).filter((secret) => secret !== null))],
    };
  }

  #took(taken: Taken): void {
    this.#taken.push(taken);
    const server = taken.leadsTo?.server ?? null;
    if (server !== null) this.#servers.push(server);
  }
}

function withoutRepetition(servers: readonly ServerSetting[]): readonly ServerSetting[] {
  return [...new Map(servers.map((server) => [server.name, server])).values()];
}
