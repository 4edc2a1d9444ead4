import { setTimeout as delay } from 'node:timers/promises';
import { Handles } from '../../base/handles.ts';
import { Mutex } from '../../base/mutex.ts';
import type {
  ChosenPlace,
  Draft,
  Entry,
  FoundClient,
  FoundServer,
  Mode,
  PlanEnvironment,
} from '../../clients/index.ts';
import { titleOf, type VerifySubject } from '../../doctor/index.ts';
import { said } from '../../i18n/app.ts';
import type {
  ApplyAnswer,
  ApplyChoices,
  Backup,
  BackupAnswer,
  BulkAnswer,
  BulkPreview,
  BulkRequest,
  ChooseAnswer,
  ClientFileView,
  ClientPlace,
  PlanAnswer,
  RestartAnswer,
  Trouble,
  UndoAnswer,
} from '../../ipc/index.ts';
import { Bulk, type BulkChange, type BulkMade, type BulkPlan } from './bulk.ts';
import { bulkPreviewOf } from './bulk-view.ts';
import type { ClientApps, ClientLogs } from './client-apps.ts';
import {
  ClientsReader,
  desiredModeFor,
  fileId,
  ourServer,
  previousMode,
  type ReaderContext,
  serversOf,
  shortPath,
  type Target,
} from './clients-reader.ts';
import { fileView, forwardsOf } from './found.ts';
import { accessChange, appliesOf, changeTrouble, previewOf, refusalTrouble } from './preview.ts';
import { type Change, Changes, importRefusal, type NotMade, type Planned, requirementsOf } from './transaction.ts';

export interface ClientSetupContext extends ReaderContext {
  readonly apps: ClientApps;
  readonly logs: ClientLogs;
  /** The person's home folder, for shorter paths. */
  readonly home: string;
  /** Where copies of changed files go. */
  readonly backups: string;
}

/** Milliseconds that a list at once waits for what is not in the files. Most programs tell their version within. */
const AT_ONCE_MS = 250;

/** Previews and changes that can still be named by their handles. */
const MOST_KEPT = 32;

/**
 * Makes the servers of other programs work: shows what is in their files, what a change would do, does it and takes it back.
 * What windows name are ids; paths, plans and the servers that move stay here. One change is made at a time.
 */
export class ClientSetup {
  readonly #context: ClientSetupContext;
  readonly #reader: ClientsReader;
  readonly #changes: Changes;
  readonly #planned = new Handles<Planned>(MOST_KEPT);
  readonly #made = new Handles<Change>(MOST_KEPT);
  readonly #bulk: Bulk;
  readonly #plannedAll = new Handles<BulkPlan>(MOST_KEPT);
  readonly #madeAll = new Handles<BulkChange>(MOST_KEPT);
  readonly #restarts: PendingRestarts;
  readonly #mutex = new Mutex();

  constructor(context: ClientSetupContext) {
    this.#context = context;
    this.#reader = new ClientsReader(context);
    this.#changes = new Changes(context.files, context.controller, this.#reader);
    this.#bulk = new Bulk(context.files, context.controller, this.#reader);
    this.#restarts = new PendingRestarts(context.apps);
  }

  /**
   * Every client's file on this machine and its servers, read anew. At once: without the proposals that wait for a
   * program to tell its version, which takes seconds where version managers stand in between.
   * @param place where to look in place of everywhere
   */
  async list(
    depth: 'at-once' | 'whole' = 'whole',
    place: ChosenPlace | null = null,
  ): Promise<readonly ClientFileView[]> {
    const files = this.#context.files.snapshot();
    const found = await (place === null ? this.#reader.find(files) : this.#reader.findIn(place, files));
    const draft = (): Draft => files.draft(false);
    if (depth === 'whole') return this.#views(found, draft, new Promise(() => undefined));
    const end = new AbortController();
    const late = delay(AT_ONCE_MS, null, { signal: end.signal }).catch(() => null);
    try {
      return await this.#views(found, draft, late);
    } finally {
      end.abort();
    }
  }

  async #views(
    found: readonly FoundClient[],
    draft: () => Draft,
    late: Promise<null>,
  ): Promise<readonly ClientFileView[]> {
    const waiting = await this.#restarts.count();
    const { files, controller, apps, logs, home } = this.#context;
    const context = {
      draft,
      propose: (entry: Entry, environment: PlanEnvironment, each?: FoundClient) =>
        Promise.race([files.propose(entry, environment, each), late]),
      logs,
      environment: this.#reader.environment(),
      forwards: controller.settings.forwards,
      text: controller.text,
      home,
      canRestart: ({ client }: FoundClient) => apps.canRestart(client.id),
      waiting: ({ client }: FoundClient) => waiting.get(client.id) ?? 0,
    };
    return Promise.all(found.map((each) => fileView(each, context)));
  }

  /** What it would take to give a server this mode. */
  async plan(server: string, mode: Mode): Promise<PlanAnswer> {
    return this.#planServer(server, ({ key }, found) => ({
      kind: 'entry',
      found,
      key,
      desired: desiredModeFor(mode, found),
    }));
  }

  /** What it would take to lead a server to a TCP forward in place of one of its addresses. */
  async planForward(server: string, to: { readonly host: string; readonly port: number }): Promise<PlanAnswer> {
    return this.#planServer(server, ({ key, entry }, found) => {
      const of = forwardsOf(entry).find(({ target: { host, port } }) => host === to.host && port === to.port);
      return of === undefined ? null : { kind: 'forward', found, key, of };
    });
  }

  /** What it would take to undo everything that was done to a file. */
  async planUndo(file: string): Promise<PlanAnswer> {
    const found = this.#reader.ids.files.get(file);
    if (found === undefined) return { kind: 'refused', trouble: this.#unknown() };
    return this.#plan({ target: { kind: 'file', found }, before: { kind: 'off' } });
  }

  /** Does what a preview showed. Nothing has changed, neither the file nor our settings, when it is refused. */
  apply(plan: number, choices: ApplyChoices): Promise<ApplyAnswer> {
    return this.#mutex.run(() => this.#apply(plan, choices));
  }

  /** Takes an applied change back: the file, and what came into our settings for its sake. */
  undo(change: number): Promise<UndoAnswer> {
    return this.#mutex.run(() => this.#undo(change));
  }

  /** What it would take to change several servers of any clients in one go. */
  async planAll(request: BulkRequest): Promise<BulkPreview> {
    const { controller, home, backups } = this.#context;
    const plan = await this.#bulk.plan(request);
    const { settings } = controller;
    const references = this.#reader.referencesWithout(plan.entries);
    const { port } = this.#reader.environment().gateway;
    return bulkPreviewOf(plan, { plan: this.#plannedAll.keep(plan), port, settings, home, backups, references });
  }

  /** Does what a preview of several showed: in all files and our settings, or nowhere. */
  applyAll(plan: number, choices: ApplyChoices): Promise<BulkAnswer> {
    return this.#mutex.run(async () => {
      const planned = this.#plannedAll.get(plan);
      if (planned === undefined) return { kind: 'refused', trouble: this.#unknown(), standing: [] };
      this.#plannedAll.forget(plan);
      return this.#bulkAnswer(await this.#bulk.apply(planned, choices));
    });
  }

  /** Takes an applied change of several back, in all files and our settings. The answer names what would make it again. */
  undoAll(change: number): Promise<BulkAnswer> {
    return this.#mutex.run(async () => {
      const made = this.#madeAll.get(change);
      if (made === undefined) return { kind: 'refused', trouble: this.#unknown(), standing: [] };
      const undone = await this.#bulk.undo(made);
      if (undone.kind === 'made') this.#madeAll.forget(change);
      return this.#bulkAnswer(undone, made);
    });
  }

  #bulkAnswer(made: BulkMade, of: BulkChange | null = null): BulkAnswer {
    const { home } = this.#context;
    if (made.kind === 'not-made') {
      const standing = made.standing.map((file) => shortPath(file, home));
      return { kind: 'refused', trouble: this.#trouble(made.why), standing };
    }
    const { change, backups, after } = made;
    const { entries } = of ?? change;
    for (const { found } of entries) this.#restarts.add(found.client);
    const next = entries.map(({ found: { client } }) => appliesOf(client));
    return {
      kind: 'applied',
      change: this.#madeAll.keep(change),
      backups: backups.map((file) => shortPath(file, home)),
      next: [...new Map(next.map((one) => [one.title, one])).values()],
      remark: after.ok ? null : changeTrouble(after),
    };
  }

  /** Copies of clients' files that have something of ours in them, each from before a change. */
  backups(): Promise<readonly Backup[]> {
    return this.#context.files.copies();
  }

  /** What one of them says; null when there is none of this name. */
  async backup(name: string): Promise<BackupAnswer | null> {
    const { files, home } = this.#context;
    const copy = await files.copy(name);
    if (copy?.kind === 'refused') return { kind: 'refused', trouble: refusalTrouble(copy.refusal, home) };
    // Only files of UTF-8 are changed, so all copies are.
    return copy === null ? null : { kind: 'read', text: Buffer.from(copy.bytes).toString('utf8') };
  }

  /** Quits the client and opens it again. */
  async restart(file: string): Promise<RestartAnswer> {
    const { apps } = this.#context;
    const client = this.#reader.ids.files.get(file)?.client;
    if (client === undefined || !apps.canRestart(client.id)) return { kind: 'failed', trouble: this.#unknown() };
    const outcome = await apps.restart(client.id);
    switch (outcome.kind) {
      case 'restarted':
      case 'opened':
        this.#restarts.settle(client);
        return { kind: outcome.kind };
      case 'still-open':
        return {
          kind: 'failed',
          trouble: {
            code: outcome.kind,
            sentence: said(({ clientsWindow: { restart } }) => restart.stillOpen(client.title)),
          },
        };
      case 'failed': {
        const { reason } = outcome;
        const sentence = said(({ clientsWindow: { restart } }) => restart.failed(client.title, reason));
        return { kind: 'failed', trouble: { code: 'not-restarted', sentence } };
      }
      default:
        return outcome satisfies never;
    }
  }

  /** Lists what a person has chosen from now on, when there is a client's file in it. */
  async choose(place: ChosenPlace): Promise<ChooseAnswer> {
    const { files, home } = this.#context;
    const [first] = await this.#reader.findIn(place);
    if (first === undefined) {
      const sentence = said(({ clientsWindow: { chosen } }) =>
        place.kind === 'folder'
          ? chosen.nothingIn(shortPath(place.folder, home))
          : chosen.noClientsFile(shortPath(place.file, home)),
      );
      return { kind: 'refused', trouble: { code: 'nothing-there', sentence } };
    }
    await files.choose(place);
    await this.#reader.find();
    return { kind: 'chosen', file: fileId(first) };
  }

  /** Lists a chosen place no more. */
  async forget(file: string): Promise<void> {
    const place = this.#reader.ids.files.get(file)?.place;
    if (place !== undefined) await this.#context.files.forget(place);
  }

  /** Every place where a file of a client is looked for. */
  async places(): Promise<readonly ClientPlace[]> {
    const { files, home } = this.#context;
    return (await files.places()).map(({ client, file }) => ({ title: client.title, file: shortPath(file, home) }));
  }

  /** How many servers of clients reach their network by us: what is cut off while the app is not running. */
  async countLed(): Promise<number> {
    const found = await this.#reader.find();
    return found.flatMap(serversOf).filter(({ mode, patch }) => mode !== 'off' || patch === 'forward').length;
  }

  /** Where a file is; null when no such file was found. */
  pathOf(file: string): string | null {
    return this.#reader.ids.files.get(file)?.file ?? null;
  }

  /** A server as it was found, to be checked; null when it is not there any more. */
  subjectOf(server: string): VerifySubject | null {
    const known = this.#reader.ids.servers.get(server);
    return known === undefined ? null : { client: known.found.client, server: known.server };
  }

  /** What Doctor calls a server; null when it is not there any more, or no program that Doctor could try. */
  doctorName(id: string): string | null {
    const subject = this.subjectOf(id);
    if (subject === null) return null;
    const { client, server } = subject;
    const ours = ourServer(server, this.#context.controller.settings);
    if (ours !== null) return ours;
    return server.entry.launch.kind === 'program' ? titleOf({ name: server.key.name, client: client.title }) : null;
  }

  async #planServer(
    id: string,
    targetOf: (server: FoundServer, found: FoundClient) => Target | null,
  ): Promise<PlanAnswer> {
    const known = this.#reader.ids.servers.get(id);
    const target = known === undefined ? null : targetOf(known.server, known.found);
    if (known === undefined || target === null) return { kind: 'refused', trouble: this.#unknown() };
    const { forwards } = this.#context.controller.settings;
    return this.#plan({ target, before: previousMode(known.server, known.found, forwards) });
  }

  async #plan({ target, before }: Pick<Planned, 'target' | 'before'>): Promise<PlanAnswer> {
    const { controller, home, backups } = this.#context;
    const { plan, token, shown, references } = await this.#reader.planFor(target);
    if (plan.kind === 'refused') {
      return { kind: 'refused', trouble: refusalTrouble(plan.refusal, home) };
    }
    const { settings } = controller;
    const refused = importRefusal(settings, requirementsOf(plan, token, false));
    if (refused !== null) return { kind: 'refused', trouble: changeTrouble(refused) };
    const id = this.#planned.keep({ target, plan, token, shown, before });
    const { gateway } = this.#reader.environment();
    return {
      kind: 'preview',
      preview: previewOf(target, plan, { plan: id, gateway, settings, references, home, backups }),
    };
  }

  async #apply(id: number, choices: ApplyChoices): Promise<ApplyAnswer> {
    const { home } = this.#context;
    const planned = this.#planned.get(id);
    if (planned === undefined) return { kind: 'refused', trouble: this.#unknown(), again: null };
    this.#planned.forget(id);
    const { target, before, plan } = planned;
    const made = await this.#changes.apply(planned, choices);
    if (made.kind !== 'made') {
      const isOutdated = made.kind === 'refused-file' && made.refusal.kind === 'changed';
      return { kind: 'refused', trouble: this.#trouble(made), again: isOutdated ? await this.#plan(planned) : null };
    }
    const { imported, backup, mode, after } = made;
    if (plan.kind === 'change') this.#restarts.add(target.found.client);
    return {
      kind: 'applied',
      change: target.kind === 'file' ? null : this.#made.keep({ target, before, imported, shown: planned.shown }),
      backup: backup === null ? null : shortPath(backup, home),
      access: accessChange(mode),
      next: appliesOf(target.found.client),
      remark: after.ok ? null : changeTrouble(after),
    };
  }

  async #undo(id: number): Promise<UndoAnswer> {
    const change = this.#made.get(id);
    if (change === undefined) return { kind: 'refused', trouble: this.#unknown() };
    const made = await this.#changes.undo(change);
    if (made.kind !== 'made') return { kind: 'refused', trouble: this.#trouble(made) };
    this.#made.forget(id);
    this.#restarts.add(change.target.found.client);
    const { after } = made;
    if (!after.ok) return { kind: 'refused', trouble: changeTrouble(after) };
    return { kind: 'undone', next: appliesOf(change.target.found.client) };
  }

  #trouble(made: NotMade): Trouble {
    return made.kind === 'refused-file'
      ? refusalTrouble(made.refusal, this.#context.home)
      : changeTrouble(made.outcome);
  }

  /** The id is not in the last reading of the files. */
  #unknown(): Trouble {
    return { code: 'not-there', sentence: said((text) => text.clientsWindow.notThere) };
  }
}

type Client = FoundClient['client'];

interface Pending {
  readonly changes: number;
  /** Of the last change, in milliseconds since the epoch: what the system tells of a start is a time of day. */
  readonly at: number;
}

/** The changes that clients have not read yet, because they were started before and read their file at no other time. */
class PendingRestarts {
  readonly #apps: ClientApps;
  readonly #now: () => number;
  readonly #pending = new Map<Client['id'], Pending>();

  constructor(apps: ClientApps, now: () => number = Date.now) {
    this.#apps = apps;
    this.#now = now;
  }

  /** One more change was made to a file of this client. */
  add({ id }: Client): void {
    if (!this.#apps.canRestart(id)) return;
    const { changes } = this.#pending.get(id) ?? { changes: 0 };
    this.#pending.set(id, { changes: changes + 1, at: this.#now() });
  }

  /** The client was started after its last change. */
  settle({ id }: Client): void {
    this.#pending.delete(id);
  }

  /** How many changes each client waits for with a start; those that were started by hand since are asked for and left out. */
  async count(): Promise<ReadonlyMap<Client['id'], number>> {
    for (const [id, { at }] of [...this.#pending]) {
      if (await this.#apps.isStartedSince(id, at)) this.#pending.delete(id);
    }
    return new Map([...this.#pending].map(([id, { changes }]) => [id, changes]));
  }
}
