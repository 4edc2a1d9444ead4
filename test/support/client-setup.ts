import { join } from 'node:path';
import type { Disk, Mode, Probes } from '../../app/clients/index.ts';
import { type ClientApps, clientLogs } from '../../app/desktop/clients-window/client-apps.ts';
import { ClientSetup } from '../../app/desktop/clients-window/client-setup.ts';
import { AppController } from '../../app/desktop/index.ts';
import type { ApplyAnswer, ClientFileView, ClientPreview, ClientServerView } from '../../app/ipc/index.ts';
import { createLog } from '../../app/log/index.ts';
import { DEFAULT_SETTINGS, memoryStore, type Settings } from '../../app/settings/index.ts';
import { ENVIRONMENT } from './client-environment.ts';
import { CLAUDE, type ClientHome, clientHome } from './client-home.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** A client's file with a server that knows proxies, and one that knows none. */
export const TWO_SERVERS = `{
  "globalShortcut":   "Alt+Space",
  "mcpServers": {
    "nas": { "command": "uvx", "args": ["nas-mcp"], "env": { "NAS_URL": "http://nas.lan:5000" } },
    "db":  { "command": "docker", "args": ["run", "-i", "db-mcp"] }
  }
}
`;

/** Nothing of what a preview offers besides the change itself. */
export const NO_CHOICES = { upstream: false, release: false };

/** A person's home with one client's file in it, Gangway switched off, and what makes servers work between the two. */
export interface Setup {
  readonly home: ClientHome;
  readonly controller: AppController;
  readonly setup: ClientSetup;
}

/** A system where no client is an app that could be restarted. */
const NO_APPS: ClientApps = {
  canRestart: () => false,
  restart: () => Promise.reject(new Error('not asked for')),
  isStartedSince: () => Promise.reject(new Error('not asked for')),
};

export interface SetupOptions {
  readonly path?: string;
  readonly settings?: Partial<Settings>;
  readonly apps?: ClientApps;
  readonly probes?: Probes;
  readonly disk?: Disk;
}

export function clientSetup(
  content: string,
  { path = CLAUDE, settings = {}, apps = NO_APPS, probes, disk }: SetupOptions = {},
): Setup {
  const folder = temporaryDirectory();
  const home = clientHome(folder, content, path);
  const store = memoryStore({ settings: { ...DEFAULT_SETTINGS, ...settings } });
  const controller = new AppController({ store, running: createLog({ level: 'error' }), searchPath: () => null });
  const setup = new ClientSetup({
    files: home.files({ ...(probes === undefined ? {} : { probes }), ...(disk === undefined ? {} : { disk }) }),
    controller,
    apps,
    logs: clientLogs({ folder, platform: 'darwin', env: {} }),
    shim: ENVIRONMENT.shim,
    env: {},
    home: folder,
    backups: join(home.folder, 'backups'),
  });
  return { home, controller, setup };
}

export async function fileOf(setup: ClientSetup): Promise<ClientFileView> {
  const [file] = await setup.list();
  if (file === undefined) throw new Error('No client was found');
  return file;
}

export async function serverOf(setup: ClientSetup, name: string): Promise<ClientServerView> {
  const { content } = await fileOf(setup);
  const servers = content.kind === 'servers' ? content.servers : [];
  const server = servers.find((one) => one.name === name);
  if (server === undefined) throw new Error(`There is no server ${name}: ${JSON.stringify(content)}`);
  return server;
}

/** What a mode would change. Fails when it is refused. */
export async function previewFor(setup: ClientSetup, name: string, mode: Mode): Promise<ClientPreview> {
  const answer = await setup.plan((await serverOf(setup, name)).id, mode);
  if (answer.kind === 'refused') throw new Error(answer.trouble.sentence.en);
  return answer.preview;
}

/** Makes that change, as it is proposed. */
export async function changeTo(setup: ClientSetup, name: string, mode: Mode): Promise<ApplyAnswer> {
  return setup.apply((await previewFor(setup, name, mode)).plan, NO_CHOICES);
}

/** The number that takes an applied change back. */
export function changeOf(answer: ApplyAnswer): number {
  if (answer.kind !== 'applied' || answer.change === null) throw new Error(JSON.stringify(answer));
  return answer.change;
}
