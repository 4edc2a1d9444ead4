import { hash } from 'node:crypto';
import {
  allAddressesIn,
  type ChosenPlace,
  type Client,
  type ClientFiles,
  type DesiredMode,
  type EntryKey,
  type ForwardCandidate,
  type FoundClient,
  type FoundServer,
  isHere,
  isSameEntry,
  type Mode,
  ownToken,
  type Plan,
  type PlanEnvironment,
  proxyLabel,
  serverInUrl,
  serverVariables,
} from '../../clients/index.ts';
import type { AppText } from '../../i18n/app.ts';
import type { ChangeOutcome } from '../../ipc/index.ts';
import { serverNamed } from '../../servers/index.ts';
import {
  type ForwardSetting,
  isTokenRequired,
  makeToken,
  type Settings,
  type TokenSetting,
  tokenHash,
  ValidTokens,
} from '../../settings/index.ts';

export function serversOf({ content }: FoundClient): readonly FoundServer[] {
  return content.kind === 'servers' ? content.servers : [];
}

/** The name of the server of ours that an entry leads to, by its name or its title; null when it leads to none. */
export function ourServer(
  { entry: { launch }, mode }: FoundServer,
  { servers, defaultServer }: Pick<Settings, 'servers' | 'defaultServer'>,
): string | null {
  if (mode !== 'run' || launch.kind === 'foreign') return null;
  const wanted = launch.kind === 'program' ? launch.args.at(-1) : (serverInUrl(launch.url) ?? defaultServer);
  if (wanted === undefined || wanted === null) return null;
  return serverNamed(wanted, servers)?.name ?? wanted;
}

/** What of ours the entries of clients lead to. */
export interface References {
  /** Names of servers. */
  readonly servers: ReadonlySet<string>;
  /** Ports of TCP forwards, and any other port of this machine. */
  readonly ports: ReadonlySet<number>;
}

/** What is needed by others than the entries that a plan is about. */
export function otherReferences(
  target: Target,
  found: readonly FoundClient[],
  settings: Pick<Settings, 'servers' | 'defaultServer'>,
): References {
  return referencesOf(found, (each, server) => !isAbout(target, each, server), settings);
}

function referencesOf(
  found: readonly FoundClient[],
  counts: (found: FoundClient, server: FoundServer) => boolean,
  settings: Pick<Settings, 'servers' | 'defaultServer'>,
): References {
  const others = found.flatMap((each) => serversOf(each).filter((server) => counts(each, server)));
  return {
    servers: new Set(others.map((server) => ourServer(server, settings)).filter((name) => name !== null)),
    ports: new Set(others.flatMap(portsHere)),
  };
}

/** The TCP forward of ours that an entry leads to, when it leads to one. */
export function forwardUsed(server: FoundServer, forwards: readonly ForwardSetting[]): ForwardSetting | undefined {
  const ports = portsHere(server);
  return forwards.find(({ port }) => ports.includes(port));
}

function portsHere({ entry: { launch } }: FoundServer): number[] {
  const addresses = launch.kind === 'program' ? allAddressesIn(launch) : [];
  return addresses.filter(({ host }) => isHere(host)).map(({ port }) => port);
}

function isAbout(target: Target, found: FoundClient, { key }: FoundServer): boolean {
  if (found.client.id !== target.found.client.id || found.file !== target.found.file) return false;
  if (target.kind === 'file') return true;
  return isSameEntry(target.key, key);
}

/** A path as people write it: `~` for their home. */
export function shortPath(path: string, home: string): string {
  return path.startsWith(`${home}/`) || path.startsWith(`${home}\\`) ? `~${path.slice(home.length)}` : path;
}

/** What a person asked for. */
export type Target =
  /** A mode for one entry. */
  | { readonly kind: 'entry'; readonly found: FoundClient; readonly key: EntryKey; readonly desired: DesiredMode }
  /** A TCP forward of ours in place of an address of one entry. */
  | { readonly kind: 'forward'; readonly found: FoundClient; readonly key: EntryKey; readonly of: ForwardCandidate }
  /** The whole file as it was. */
  | { readonly kind: 'file'; readonly found: FoundClient };

/** An address where the client can connect to one, else a program that connects for it. */
export function desiredModeFor(mode: Mode, { client, others = [] }: FoundClient): DesiredMode {
  if (mode !== 'run') return { kind: mode };
  // Clients that read one file need not agree on how an address is written; they do on a program. That also needs no token,
  // which a project's file would hand on to all who share it.
  const isUnderstood =
    client.remote !== null &&
    client.folder === undefined &&
    others.every(({ remote }) => isSameShape(remote, client.remote));
  return { kind: 'run', by: isUnderstood ? 'address' : 'shim' };
}

function isSameShape(left: Client['remote'], right: Client['remote']): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

/** What leads back to how an entry is now. */
export function previousMode(
  server: FoundServer,
  found: FoundClient,
  forwards: readonly ForwardSetting[],
): DesiredMode {
  switch (server.patch) {
    case 'through':
      return { kind: 'through' };
    case 'run':
      return server.entry.launch.kind === 'program' ? { kind: 'run', by: 'shim' } : desiredModeFor('run', found);
    case 'forward': {
      const forward = forwardUsed(server, forwards);
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

/** What windows name by its id. */
export interface FoundIds {
  readonly files: ReadonlyMap<string, FoundClient>;
  readonly servers: ReadonlyMap<string, { readonly found: FoundClient; readonly server: FoundServer }>;
}

/** The same file keeps its id, and so does the same name in it. */
export function fileId({ client, file }: FoundClient): string {
  return idOf([client.id, file]);
}

export function serverId({ client, file }: FoundClient, { key, occurrence }: FoundServer): string {
  const further = occurrence === undefined ? [] : [String(occurrence)];
  return idOf([client.id, file, ...key.holder.map(String), key.name, ...further]);
}

function idOf(parts: readonly string[]): string {
  return hash('sha256', parts.join('\0'), 'hex').slice(0, 16);
}

function idsOf(found: readonly FoundClient[]): FoundIds {
  const servers = found.flatMap((each) => serversOf(each).map((server) => ({ found: each, server })));
  return {
    files: new Map(found.map((each) => [fileId(each), each])),
    servers: new Map(servers.map((one) => [serverId(one.found, one.server), one])),
  };
}

type Patch = Partial<Settings> | ((now: Settings) => Partial<Settings>);

/** What settings are read from and changed by. */
export interface SettingsOwner {
  readonly settings: Settings;
  /** A function is given the settings of the moment that the change is made in. */
  change(patch: Patch): Promise<ChangeOutcome>;
}

/** What this room needs of the app controller. */
export interface SetupController extends SettingsOwner {
  readonly text: AppText;
  /** Where clients find us: the port that is open, else the one there would be. */
  readonly port: number;
}

export interface ReaderContext {
  readonly files: ClientFiles;
  readonly controller: SetupController;
  /** The program that connects a client's stdio to a server of ours. */
  readonly shim: PlanEnvironment['shim'];
  /** The environment that clients fill variables in from. */
  readonly env: NodeJS.ProcessEnv;
}

/** A token as it stands in an entry, and what is kept of it. */
export interface EntryToken {
  readonly secret: string;
  readonly setting: TokenSetting;
}

export interface PlanWithToken {
  readonly plan: Plan;
  readonly token: TokenSetting | null;
  /** The token that the entry shows before the change; null when it shows none that is valid. */
  readonly shown: EntryToken | null;
  /** What of ours the entries refer to that the plan is not about; nothing where the plan releases nothing. */
  readonly references: References;
}

type FilesSnapshot = ReturnType<ClientFiles['snapshot']>;

export const NO_REFERENCES: References = { servers: new Set(), ports: new Set() };

/** Whether other entries have to be asked whether they still need what a plan lets go of. */
export function releasesAny(plan: Plan): boolean {
  return plan.kind === 'change' && (plan.released.length > 0 || plan.releasedForwards.length > 0);
}

/** The clients' files as they were read last, and what can be planned for them with our settings of now. */
export class ClientsReader {
  readonly #context: ReaderContext;
  #ids: FoundIds = idsOf([]);

  constructor(context: ReaderContext) {
    this.#context = context;
  }

  /** Of what was found last. */
  get ids(): FoundIds {
    return this.#ids;
  }

  find(files: Pick<ClientFiles, 'list'> = this.#context.files): Promise<readonly FoundClient[]> {
    return this.#find(files);
  }

  /** What is in one place alone. Windows go on naming what was found everywhere. */
  findIn(place: ChosenPlace, files: Pick<ClientFiles, 'list'> = this.#context.files): Promise<readonly FoundClient[]> {
    return files.list(this.environment(), place);
  }

  async #find(files: Pick<ClientFiles, 'list'>): Promise<readonly FoundClient[]> {
    const found = await files.list(this.environment());
    this.#ids = idsOf(found);
    return found;
  }

  environment(): PlanEnvironment {
    const { controller, shim, env } = this.#context;
    const { settings } = controller;
    const { token, servers, defaultServer } = settings;
    const valid = new ValidTokens(settings);
    const refuses = (shown: string): boolean => isTokenRequired(settings) && valid.find(shown) === null;
    return { gateway: { port: controller.port, token, refuses }, shim, servers, defaultServer, env };
  }

  /**
   * A plan with the token that it writes into the file, if it writes one. Where it releases servers or forwards, all other files are
   * read as well for what they refer to, each file once. `again` is a token that may be written once more.
   */
  async planFor(target: Target, again: EntryToken | null = null): Promise<PlanWithToken> {
    const files = this.#context.files.snapshot();
    const environment = this.environment();
    if (target.kind === 'file')
      return { token: null, shown: null, ...(await this.#planned(files, target, environment)) };
    const { found, key } = target;
    const { token, shown, environment: own } = this.environmentFor(found, key, again);
    return { token, shown, ...(await this.#planned(files, target, own)) };
  }

  /** The environment for one entry, with a token that is the entry's alone. `again` is one that may be written once more. */
  environmentFor(
    found: FoundClient,
    key: EntryKey,
    again: EntryToken | null = null,
  ): Pick<PlanWithToken, 'shown'> & { readonly token: TokenSetting; readonly environment: PlanEnvironment } {
    const environment = this.environment();
    const name = proxyLabel({ ...found, key });
    const shown = this.#tokenOf(found, key, name);
    // The token of before where the entry still shows it; one that is written nowhere else cannot be written a second time.
    const { secret, setting } = again ?? shown ?? makeToken(name, found.client.id, Date.now());
    const gateway = { ...environment.gateway, token: secret };
    return { token: setting, shown, environment: { ...environment, gateway } };
  }

  async #planned(
    files: FilesSnapshot,
    target: Target,
    environment: PlanEnvironment,
  ): Promise<Pick<PlanWithToken, 'plan' | 'references'>> {
    const plan = await this.#plan(files, target, environment);
    if (!releasesAny(plan)) return { plan, references: NO_REFERENCES };
    return { plan, references: otherReferences(target, await this.#find(files), this.#context.controller.settings) };
  }

  /** The token made for an entry, when the entry shows it and it is valid. */
  #tokenOf(found: FoundClient, key: EntryKey, name: string): EntryToken | null {
    const { controller } = this.#context;
    const setting = controller.settings.tokens.find((token) => token.name === name);
    const launch = serversOf(found).find((server) => isSameEntry(server.key, key))?.entry.launch;
    const secret = launch?.kind === 'program' ? ownToken(serverVariables(launch), controller.port) : null;
    return secret !== null && setting?.hash === tokenHash(secret) ? { secret, setting } : null;
  }

  async #plan(files: FilesSnapshot, target: Target, environment: PlanEnvironment): Promise<Plan> {
    const { client, file } = target.found;
    switch (target.kind) {
      case 'file':
        return files.planUndo(client.id, file);
      case 'entry':
        return files.plan(client.id, file, target.key, target.desired, environment);
      case 'forward': {
        const { forwards } = this.#context.controller.settings;
        const plan = await files.planForward(client.id, file, target.key, target.of.target, {
          ...environment,
          forwards,
        });
        // With a target there is nothing to choose.
        if (plan.kind === 'choose') throw new Error('a forward was not unique');
        return plan;
      }
      default:
        return target satisfies never;
    }
  }

  /** What leads back to how an entry is now. */
  previousMode(server: FoundServer, found: FoundClient): DesiredMode {
    return previousMode(server, found, this.#context.controller.settings.forwards);
  }

  /** What of ours the entries need that a change of several is not about, as they were read last. */
  referencesWithout(entries: readonly { readonly found: FoundClient; readonly server: FoundServer }[]): References {
    const ids = new Set(entries.map(({ found, server }) => serverId(found, server)));
    const found = [...this.#ids.files.values()];
    const { settings } = this.#context.controller;
    return referencesOf(found, (each, server) => !ids.has(serverId(each, server)), settings);
  }

  /** What of ours the entries of clients need. Reads anew. */
  async references(): Promise<References> {
    return referencesOf(await this.find(), () => true, this.#context.controller.settings);
  }

  /** What of ours the entries of clients need, other than those that a plan is about. Reads anew. */
  async otherReferences(target: Target): Promise<References> {
    return otherReferences(target, await this.find(), this.#context.controller.settings);
  }
}
