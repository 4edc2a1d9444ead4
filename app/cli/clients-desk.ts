import { dirname, join, resolve } from 'node:path';
import { appFolder, homeFolder } from '../base/home-folder.ts';
import { type ChosenPlace, ClientFiles, nodeProbe, systemDisk } from '../clients/index.ts';
import { shimCommand } from '../connect/index.ts';
import type { ControlClient } from '../control/client/index.ts';
import { ClientSetup, clientLogs } from '../desktop/clients-window/index.ts';
import type { AppText } from '../i18n/app.ts';
import { type Spoken, spoken } from '../i18n/index.ts';
import type {
  ApplyChoices,
  Backup,
  BackupAnswer,
  BulkAnswer,
  BulkPreview,
  BulkRequest,
  ClientFileView,
} from '../ipc/index.ts';
import { createLog } from '../log/index.ts';
import { findNamed, thisPerson, troubleOf } from './instance.ts';
import { StoredSettings } from './stored-settings.ts';

export type ToldFile = Spoken<ClientFileView>;
export type ToldPreview = Spoken<BulkPreview>;

/** Where the clients of this account are listed and changed: in the running app, which owns the settings, else here. */
export interface ClientsDesk {
  /** Whether the app runs. */
  readonly isRunning: boolean;
  /** Those in one place, or all. */
  list(place: ChosenPlace | null): Promise<readonly ToldFile[]>;
  plan(request: BulkRequest): Promise<ToldPreview>;
  apply(plan: number, choices: ApplyChoices): Promise<Spoken<BulkAnswer>>;
  /** The copies of files that have something of ours in them. */
  backups(): Promise<readonly Backup[]>;
  /** What one of them says; null when there is none of this name. */
  backup(name: string): Promise<Spoken<BackupAnswer> | null>;
  close(): void;
}

/** The running app; null when none runs; a sentence when it cannot be used. */
export async function runningApp(method: string, text: AppText): Promise<ControlClient | string | null> {
  // What was started from a terminal beside it has settings of its own.
  const found = await findNamed({ host: null, port: null, token: null }, thisPerson(), false);
  if (found.kind === 'incompatible') return troubleOf(found, text) ?? '';
  if (found.kind !== 'found') return null;
  const { client } = found;
  if (client.hello.role === 'app' && client.hello.methods.includes(method)) return client;
  client.close();
  return client.hello.role === 'app' ? text.commandLine.instance.tooOld(client.hello.version) : null;
}

/** Whether an app runs by now. */
export async function isAppThere(text: AppText): Promise<boolean> {
  const client = await runningApp('settings.set', text);
  if (client !== null && typeof client !== 'string') client.close();
  return client !== null;
}

/** Why there is no app to be turned on or off: nothing runs, or something that was started from a terminal. */
export async function noApp(method: string, text: AppText): Promise<string> {
  const found = await findNamed({ host: null, port: null, token: null }, thisPerson());
  if (found.kind === 'found') found.client.close();
  return found.kind === 'none' ? text.cliRun.server.noInstance(null) : text.control.onlyApp(method);
}

/** The app's settings file. */
export function settingsFile(): string {
  return join(appFolder(thisPerson()), 'settings.json');
}

/**
 * @param port where Gangway listens, if not where the settings say; only while the app does not run
 * @param method what a running app has to offer
 */
export async function openDesk(
  port: number | null,
  text: AppText,
  method: 'clients.plan' | 'clients.backups' = 'clients.plan',
): Promise<ClientsDesk | string> {
  const client = await runningApp(method, text);
  if (typeof client === 'string') return client;
  return client === null ? openHere(port, text) : deskOf(client);
}

/** What the app answers is what its windows show, by the same types: both are of one version, or the methods differ. */
function deskOf(client: ControlClient): ClientsDesk {
  return {
    isRunning: true,
    list: async (place) => {
      const answer = await client.request('clients.list', place === null ? {} : { place });
      return (answer as { files: readonly ToldFile[] }).files;
    },
    plan: async (request) => (await client.request('clients.plan', { ...request })) as ToldPreview,
    apply: async (plan, choices) => (await client.request('clients.apply', { plan, ...choices })) as Spoken<BulkAnswer>,
    backups: async () => {
      const answer = await client.request('clients.backups', {});
      return (answer as { backups: readonly Backup[] }).backups;
    },
    backup: async (name) => {
      const answer = await client.request('clients.backups', { name });
      return (answer as { backup: Spoken<BackupAnswer> | null }).backup;
    },
    close: () => client.close(),
  };
}

function openHere(port: number | null, text: AppText): ClientsDesk | string {
  const stored = StoredSettings.open(settingsFile(), text, () => isAppThere(text));
  if (typeof stored === 'string') return stored;
  const { env, platform } = process;
  const home = homeFolder();
  const folder = join(appFolder(thisPerson()), 'clients');
  const files = new ClientFiles({
    disk: systemDisk,
    folder,
    home: { folder: home, platform, env },
    probes: nodeProbe(env, platform),
    log: createLog({ level: 'error' }).log,
    isShared: true,
    now: () => new Date(),
  });
  const setup = new ClientSetup({
    files,
    controller: {
      text,
      get settings() {
        return stored.settings;
      },
      change: (patch) => stored.change(patch),
      get port() {
        return port ?? stored.settings.port;
      },
    },
    apps: {
      canRestart: () => false,
      restart: () => Promise.resolve({ kind: 'failed', reason: '' }),
      isStartedSince: async () => false,
    },
    logs: clientLogs({ folder: home, platform, env }),
    shim: ownShim(),
    env,
    home,
    backups: join(folder, 'backups'),
  });
  return {
    isRunning: false,
    list: async (place) => spoken(await setup.list('whole', place), text.language),
    plan: async (request) => spoken(await setup.planAll(request), text.language),
    apply: async (plan, choices) => spoken(await setup.applyAll(plan, choices), text.language),
    backups: () => setup.backups(),
    backup: async (name) => spoken(await setup.backup(name), text.language),
    close: () => undefined,
  };
}

/** This very program. In the packed app it is the app's own, which starts the app where it does not run. */
function ownShim(): ReturnType<typeof shimCommand> {
  const script = resolve(process.argv[1] ?? '');
  const resources = /^(.*[\\/]Contents[\\/]Resources)[\\/]/.exec(script)?.[1];
  if (resources !== undefined) return shimCommand({ resources, app: dirname(script), platform: process.platform });
  return { command: process.execPath, args: [script, 'connect'] };
}
