import type {
  ClientFiles,
  FoundClient,
  FoundServer,
  Mode,
  Plan,
  Refusal,
  Surroundings,
  Wish,
} from '../clients/index.ts';
import type {
  ApplyAnswer,
  ApplyChoices,
  AppState,
  ChangeOutcome,
  ClientFileView,
  PlanAnswer,
  RestartAnswer,
  Trouble,
  UndoAnswer,
} from '../ipc/index.ts';
import type { Text } from '../text/index.ts';
import type { VerifySubject } from '../verify/index.ts';
import { addressOf } from '../view/index.ts';
import { type Adopted, adopt, giveBack, type Needed, release, type SettingsOwner } from './adoption.ts';
import { changeTrouble } from './change-trouble.ts';
import type { ClientApps } from './client-apps.ts';
import type { ClientLogs } from './client-logs.ts';
import { type FoundIds, fileView, forwardsOf, idsOf } from './found.ts';
import { forwardUsed, type Needs, needsBesides } from './needs.ts';
import { previewOf, type Target } from './preview.ts';
import { refusalTrouble } from './refusal-trouble.ts';
import { shortPath } from './short-path.ts';

/** What this needs of the operation. */
export interface SetupOperation extends SettingsOwner {
  readonly text: Text;
  state(): Pick<AppState, 'listening' | 'address'>;
}

export interface ClientSetupContext {
  readonly files: ClientFiles;
  readonly operation: SetupOperation;
  readonly apps: ClientApps;
  readonly logs: ClientLogs;
  /** The program that connects a client's stdio to a server of ours. */
  readonly shim: Surroundings['shim'];
  /** The environment that clients fill variables in from. */
  readonly env: NodeJS.ProcessEnv;
  /** The person's home folder, for shorter paths. */
  readonly home: string;
  /** Where copies of changed files go. */
  readonly backups: string;
}

interface Planned {
  readonly target: Target;
  readonly plan: Plan & { readonly kind: 'change' | 'unchanged' };
  /** What it takes to go back to how things are now. */
  readonly before: Wish;
}

interface Applied {
  readonly target: Exclude<Target, { readonly kind: 'file' }>;
  readonly before: Wish;
  readonly adopted: Adopted;
}

/** Previews and changes that can still be named: more than a person looks at between two readings. */
const MOST_KEPT = 32;

const DONE: ChangeOutcome = { ok: true };

/**
 * Makes the servers of other programs work: shows what is in their files, what a change would do, does it and takes it back.
 * What windows name are ids; paths, plans and the servers that move stay here. One change is made at a time.
 */
export class ClientSetup {
  readonly #context: ClientSetupContext;
  readonly #planned = new Map<number, Planned>();
  readonly #applied = new Map<number, Applied>();
  #ids: FoundIds = idsOf([]);
  #lastId = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(context: ClientSetupContext) {
    this.#context = context;
  }

  /** Every client's file on this machine and its servers, read anew. */
  async list(): Promise<readonly ClientFileView[]> {
    const { files, operation, apps, logs, home } = this.#context;
    const found = await this.#find();
    const context = {
      files,
      logs,
      around: this.#around(),
      forwards: operation.settings.forwards,
      text: operation.text,
      home,
      canRestart: ({ client }: FoundClient) => apps.canRestart(client.id),
    };
    return Promise.all(found.map((each) => fileView(each, context)));
  }

  /** What it would take to give a server this mode. */
  async plan(server: string, mode: Mode): Promise<PlanAnswer> {
    const known = this.#ids.servers.get(server);
    if (known === undefined) return { kind: 'refused', trouble: this.#unknown() };
    const { found, server: one } = known;
    return this.#plan({ kind: 'entry', found, key: one.key, wish: wishFor(mode, found) }, this.#wishBefore(one, found));
  }

  /** What it would take to lead a server to a TCP forward in place of one of its addresses. */
  async planForward(server: string, to: { readonly host: string; readonly port: number }): Promise<PlanAnswer> {
    const known = this.#ids.servers.get(server);
    if (known === undefined) return { kind: 'refused', trouble: this.#unknown() };
    const { found, server: one } = known;
    const of = forwardsOf(one.entry).find(({ target: { host, port } }) => host === to.host && port === to.port);
    if (of === undefined) return { kind: 'refused', trouble: this.#unknown() };
    return this.#plan({ kind: 'forward', found, key: one.key, of }, this.#wishBefore(one, found));
  }

  /** What it would take to undo everything that was done to a file. */
  async planUndo(file: string): Promise<PlanAnswer> {
    const found = this.#ids.files.get(file);
    if (found === undefined) return { kind: 'refused', trouble: this.#unknown() };
    return this.#plan({ kind: 'file', found }, { kind: 'off' });
  }

  /** Does what a preview showed. Nothing has changed, neither the file nor our settings, when it is refused. */
  apply(plan: number, choices: ApplyChoices): Promise<ApplyAnswer> {
    return this.#inTurn(() => this.#apply(plan, choices));
  }

  /** Takes an applied change back: the file, and what came into our settings for its sake. */
  undo(change: number): Promise<UndoAnswer> {
    return this.#inTurn(() => this.#undo(change));
  }

  /** Quits the client and opens it again. */
  async restart(file: string): Promise<RestartAnswer> {
    const { apps, operation } = this.#context;
    const found = this.#ids.files.get(file);
    if (found === undefined || !apps.canRestart(found.client.id)) return { kind: 'failed', trouble: this.#unknown() };
    const { title, id } = found.client;
    const words = operation.text.clientsWindow.restart;
    const outcome = await apps.restart(id);
    switch (outcome.kind) {
      case 'restarted':
      case 'opened':
        return { kind: outcome.kind };
      case 'still-open':
        return { kind: 'failed', trouble: { code: 'still-open', sentence: words.stillOpen(title) } };
      case 'failed':
        return { kind: 'failed', trouble: { code: 'not-restarted', sentence: words.failed(title, outcome.reason) } };
      default:
        return outcome satisfies never;
    }
  }

  /** Where a file is; null when no such file was found. */
  pathOf(file: string): string | null {
    return this.#ids.files.get(file)?.file ?? null;
  }

  /** A server as it was found, to be checked; null when it is not there any more. */
  subjectOf(server: string): VerifySubject | null {
    const known = this.#ids.servers.get(server);
    return known === undefined ? null : { client: known.found.client, server: known.server };
  }

  async #plan(target: Target, before: Wish): Promise<PlanAnswer> {
    const { operation, home, backups } = this.#context;
    const plan = await this.#planFor(target);
    if (plan.kind === 'refused') return { kind: 'refused', trouble: this.#trouble(plan.refusal) };
    const id = this.#keep(this.#planned, { target, plan, before });
    const { settings, text } = operation;
    const needs = await this.#needsBesides(target);
    return {
      kind: 'preview',
      preview: previewOf(target, plan, {
        plan: id,
        gateway: this.#around().gateway,
        settings,
        needs,
        text,
        home,
        backups,
      }),
    };
  }

  async #planFor(target: Target): Promise<Plan> {
    const { files, operation } = this.#context;
    const { client, file } = target.found;
    const around = this.#around();
    switch (target.kind) {
      case 'file':
        return files.planUndo(client.id, file);
      case 'entry':
        return files.plan(client.id, file, target.key, target.wish, around);
      case 'forward': {
        const { forwards } = operation.settings;
        const plan = await files.planForward(client.id, file, target.key, target.of.target, { ...around, forwards });
        // With a target there is nothing to choose.
        if (plan.kind === 'choose') throw new Error('a forward was not unique');
        return plan;
      }
      default:
        return target satisfies never;
    }
  }

  async #apply(id: number, choices: ApplyChoices): Promise<ApplyAnswer> {
    const { files, operation, home } = this.#context;
    const planned = this.#planned.get(id);
    if (planned === undefined) return { kind: 'refused', trouble: this.#unknown(), again: null };
    this.#planned.delete(id);
    const { target, plan, before } = planned;
    const isChange = plan.kind === 'change';
    // The server has to be ours before the client's file leads to it.
    const adoption = await adopt(operation, neededFor(plan, choices.upstream));
    if (adoption.kind === 'refused') {
      return { kind: 'refused', trouble: changeTrouble(adoption.outcome, operation.text), again: null };
    }
    const applied = await this.#written(() => files.apply(plan), adoption.adopted);
    if (applied.kind === 'refused') {
      const again = applied.refusal.kind === 'changed' ? await this.#plan(target, before) : null;
      return { kind: 'refused', trouble: this.#trouble(applied.refusal), again };
    }
    const released = isChange && choices.release ? await this.#release(target, plan) : DONE;
    const { adopted } = adoption;
    return {
      kind: 'applied',
      change: target.kind !== 'file' ? this.#keep(this.#applied, { target, before, adopted }) : null,
      backup: applied.backup === null ? null : shortPath(applied.backup, home),
      next: this.#next(target),
      remark: released.ok ? null : changeTrouble(released, operation.text),
    };
  }

  async #undo(id: number): Promise<UndoAnswer> {
    const { files, operation } = this.#context;
    const applied = this.#applied.get(id);
    if (applied === undefined) return { kind: 'refused', trouble: this.#unknown() };
    const { found, key } = applied.target;
    const target: Target = { kind: 'entry', found, key, wish: applied.before };
    const plan = await this.#planFor(target);
    if (plan.kind === 'refused') return { kind: 'refused', trouble: this.#trouble(plan.refusal) };
    const adoption = await adopt(operation, neededFor(plan, false));
    if (adoption.kind === 'refused') {
      return { kind: 'refused', trouble: changeTrouble(adoption.outcome, operation.text) };
    }
    const written = await this.#written(() => files.apply(plan), adoption.adopted);
    if (written.kind === 'refused') return { kind: 'refused', trouble: this.#trouble(written.refusal) };
    this.#applied.delete(id);
    const { server, forward, upstream } = applied.adopted;
    const needs = await this.#needsBesides(target);
    const outcome = await giveBack(operation, {
      server: server !== null && needs.servers.has(server) ? null : server,
      forward: forward !== null && needs.ports.has(forward.port) ? null : forward,
      upstream,
    });
    if (!outcome.ok) return { kind: 'refused', trouble: changeTrouble(outcome, operation.text) };
    return { kind: 'undone', next: this.#next(target) };
  }

  /** A file that was not written takes what was adopted for it out of our settings again. */
  async #written(
    write: () => ReturnType<ClientFiles['apply']>,
    adopted: Adopted,
  ): Promise<Awaited<ReturnType<ClientFiles['apply']>>> {
    let isWritten = false;
    try {
      const outcome = await write();
      isWritten = outcome.kind === 'written';
      return outcome;
    } finally {
      if (!isWritten) await giveBack(this.#context.operation, adopted);
    }
  }

  async #release(
    target: Target,
    { released, releasedForwards }: Plan & { readonly kind: 'change' },
  ): Promise<ChangeOutcome> {
    const { servers, ports } = await this.#needsBesides(target);
    return release(
      this.#context.operation,
      released.filter((name) => !servers.has(name)),
      releasedForwards.filter(({ port }) => !ports.has(port)),
    );
  }

  async #needsBesides(target: Target): Promise<Needs> {
    return needsBesides(target, await this.#find(), this.#context.operation.settings.defaultServer);
  }

  async #find(): Promise<readonly FoundClient[]> {
    const found = await this.#context.files.list(this.#around());
    this.#ids = idsOf(found);
    return found;
  }

  /** What leads back to how an entry is now. */
  #wishBefore(server: FoundServer, found: FoundClient): Wish {
    switch (server.patch) {
      case 'through':
        return { kind: 'through' };
      case 'run':
        return server.entry.launch.kind === 'program' ? { kind: 'run', by: 'shim' } : wishFor('run', found);
      case 'forward': {
        const forward = forwardUsed(server, this.#context.operation.settings.forwards);
        return forward === undefined ? { kind: 'off' } : { kind: 'forward', forward };
      }
      case 'added':
      case 'cleared':
      case null:
        return { kind: 'off' };
      default:
        return server.patch satisfies never;
    }
  }

  #around(): Surroundings {
    const { operation, shim, env } = this.#context;
    const { token, servers, defaultServer } = operation.settings;
    return { gateway: { port: addressOf(operation.state()).port, token }, shim, servers, defaultServer, env };
  }

  #next({ found: { client } }: Target): string {
    return this.#context.operation.text.clients.applies[client.applies](client.title);
  }

  #trouble(refusal: Refusal): Trouble {
    const { operation, home } = this.#context;
    return refusalTrouble(refusal, operation.text, home);
  }

  /** The window knows less than what is there by now. */
  #unknown(): Trouble {
    return { code: 'not-there', sentence: this.#context.operation.text.clientsWindow.notThere };
  }

  #keep<Value>(map: Map<number, Value>, value: Value): number {
    this.#lastId += 1;
    map.set(this.#lastId, value);
    const [oldest] = map.keys();
    if (map.size > MOST_KEPT && oldest !== undefined) map.delete(oldest);
    return this.#lastId;
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }
}

/** An address where the client can connect to one, else a program that connects for it. */
function wishFor(mode: Mode, { client }: FoundClient): Wish {
  return mode === 'run' ? { kind: 'run', by: client.remote === null ? 'shim' : 'address' } : { kind: mode };
}

/** What a plan needs of our settings before it is carried out. */
function neededFor(plan: Plan & { readonly kind: 'change' | 'unchanged' }, wantsUpstream: boolean): Needed {
  if (plan.kind === 'unchanged') return { server: null, forward: null, upstream: null };
  const { server, forward, upstream } = plan;
  return { server, forward, upstream: wantsUpstream ? upstream : null };
}
