import { homedir } from 'node:os';
import { BrowserWindow, shell as browser, dialog, type OpenDialogOptions, type WebContents } from 'electron';
import {
  type Additions,
  type AppController,
  type ClientSetup,
  clientLink,
  connectionsTo,
  Removals,
  type ServerChecks,
  type SignIns,
  Transfers,
} from '../../app/desktop/index.ts';
import type { ChooseAnswer } from '../../app/ipc/index.ts';
import { peopleHere } from '../../app/platform/shell/index.ts';
import { findHomeAssistants } from '../../app/servers/index.ts';
import { withKeptSecrets, withoutKeptSecrets } from '../../app/settings/index.ts';
import type { ActivityFeed } from '../activity.ts';
import type { DoctorSession } from '../doctor.ts';
import { type LogFeed, tell } from '../feeds.ts';
import { chooseExport, chooseFolder, chooseServersFile, saveExport } from '../files.ts';
import { type LocalNetwork, openLocalNetworkSettings } from '../local-network.ts';
import { loginItem, openLoginItems, setLoginItem } from '../login-item.ts';
import { shim } from '../places.ts';
import { type Shell, snippetsFor } from '../shell.ts';
import type { AppUpdates } from '../updates.ts';
import type { Answers } from './register.ts';

export interface AnswersOptions {
  readonly controller: AppController;
  readonly shell: Shell;
  readonly clients: ClientSetup;
  readonly checks: ServerChecks;
  readonly additions: Additions;
  readonly signIns: SignIns;
  readonly localNetwork: LocalNetwork;
  readonly appUpdates: AppUpdates;
  readonly logs: LogFeed;
  readonly activity: ActivityFeed;
  readonly doctor: DoctorSession;
  /** Whether the system keeps a key for secrets. */
  readonly hasSystemKey: () => Promise<boolean>;
  readonly hidePopover: () => void;
  /** Asks first where that is due. */
  readonly askAndQuit: () => Promise<void>;
  /** Opens Doctor with a server of a client's file; an empty target leaves it to the server's settings. */
  readonly askDoctor: (server: string, target: string) => void;
}

/** Who answers which question. */
export function answersOf(options: AnswersOptions): Answers {
  const {
    controller,
    shell,
    clients,
    checks,
    additions,
    signIns,
    localNetwork,
    logs,
    activity,
    doctor,
    hidePopover,
    askDoctor,
    askAndQuit,
  } = options;
  const { updates, openReleases } = options.appUpdates;
  const removals = new Removals(controller);
  const watched = new WeakSet<object>();
  const transfers = new Transfers(controller);
  const environment = { platform: process.platform, shim: shim() };
  return {
    state: () => controller.state(),
    setOn: (on) => (on ? controller.turnOn() : controller.turnOff()),
    turnOffFor: (period) => controller.turnOffFor(period),
    closeTunnel: (id) => controller.closeTunnel(id),
    closeAllTunnels: () => controller.closeAllTunnels(),
    startServer: (name) => controller.startServer(name),
    restartServer: (name) => controller.restartServer(name),
    stopServer: (name) => controller.stopServer(name),
    applyFix: (fix) => shell.applyFix(fix),
    dismissProblem: () => controller.dismissProblem(),
    settings: () => withoutKeptSecrets(controller.settings),
    changeSettings: (patch) =>
      controller.change(({ servers }) =>
        patch.servers === undefined
          ? patch
          : { ...patch, servers: patch.servers.map((server) => withKeptSecrets(server, servers)) },
      ),
    changeHabits: (patch) => controller.changeHabits(patch),
    addToken: (name) => controller.addToken(name),
    removeSetting: (removed) => removals.remove(removed),
    restoreSetting: (removal) => removals.restore(removal),
    peopleHere: async () => (await peopleHere()).length,
    hasSystemKey: () => options.hasSystemKey(),
    tryServer: async (setting, sender) => {
      const cancel = (): void => controller.cancelTry();
      sender.once('destroyed', cancel);
      try {
        const whole = withKeptSecrets(setting, controller.settings.servers);
        return await controller.tryServer(whole, (progress) => tell(sender, 'trying', progress));
      } finally {
        sender.off('destroyed', cancel);
      }
    },
    serverTools: (server) => controller.toolsOf(server),
    toolChanges: (server) => controller.toolChanges(server),
    approveTools: ({ server, tools }) => controller.approveTools(server, tools),
    cancelTry: () => controller.cancelTry(),
    signIn: async (request, sender) => {
      const cancel = (): void => signIns.cancel();
      sender.once('destroyed', cancel);
      try {
        return await signIns.signIn(request, (progress) => tell(sender, 'signingIn', progress));
      } finally {
        sender.off('destroyed', cancel);
      }
    },
    cancelSignIn: () => signIns.cancel(),
    findRemotes: () => findHomeAssistants(),
    signOut: (server) => signIns.signOut(server),
    previewServers: (pasted) => additions.takeText(pasted),
    addition: (_request, sender) => {
      // A window that is closed has decided against it.
      if (!watched.has(sender)) sender.once('destroyed', () => additions.cancel());
      watched.add(sender);
      return additions.view();
    },
    addServers: ({ addition, chosen }) => additions.add(addition, chosen),
    cancelAddition: (addition) => additions.cancel(addition),
    chooseServersFile: async () => {
      const content = await chooseServersFile(controller.text);
      return content === null ? null : additions.takeText(content);
    },
    chooseFolder: () => chooseFolder(controller.text),
    homeFolder: () => homedir(),
    connections: ({ server, token }) => connectionsTo(server, controller, environment, token),
    openInClient: async ({ server, client, token }) => {
      const link = clientLink(server, client, controller, environment, token);
      if (link !== null) await browser.openExternal(link);
    },
    exportSettings: async () => {
      const { text, given } = transfers.export();
      const file = await saveExport(controller.text, text);
      return file === null ? null : { file, given };
    },
    previewImport: async () => {
      const chosen = await chooseExport(controller.text);
      return chosen === null ? { kind: 'cancelled' } : transfers.preview(chosen.name, chosen.content);
    },
    importSettings: (id) => transfers.import(id),
    loginItem: () => loginItem(),
    setLoginItem: (on) => setLoginItem(on),
    openLoginItems: () => openLoginItems(),
    permission: () => localNetwork.permission.view(),
    askLocalNetwork: (target) => localNetwork.ask(target),
    stopAskingLocalNetwork: () => localNetwork.permission.cancel(),
    openLocalNetworkSettings: () => openLocalNetworkSettings(),
    update: () => updates.view(),
    actOnUpdate: (action) => updates.act(action),
    openReleases: () => openReleases(),
    snippets: () => snippetsFor(controller),
    copySnippet: (id) => shell.copySnippet(id),
    copyText: (text) => shell.copyText(text),
    followLog: (after, sender) => logs.follow(sender, after),
    pauseLog: (_request, sender) => logs.pause(sender),
    exportLog: () => shell.exportLog(),
    revealSettings: () => shell.revealSettings(),
    saveDiagnostics: () => shell.saveDiagnostics(),
    revealLog: () => shell.revealLog(),
    followActivity: (_request, sender) => activity.follow(sender),
    pauseActivity: (_request, sender) => activity.pause(sender),
    callContents: (call) => controller.recorder.contents(call),
    runAgain: (request, sender) => activity.runAgain(request, sender),
    dropRunAgain: () => activity.dropRunAgain(),
    exportActivity: (request) => activity.export(request),
    clients: (depth) => clients.list(depth),
    chooseClients: (what, sender) => chooseClients(what, sender, clients),
    forgetClients: (file) => clients.forget(file),
    clientPlaces: () => clients.places(),
    planClient: ({ server, mode }) => clients.plan(server, mode),
    planClientForward: ({ server, ...target }) => clients.planForward(server, target),
    planClientUndo: (file) => clients.planUndo(file),
    applyClientPlan: ({ plan, ...choices }) => clients.apply(plan, choices),
    undoClientChange: (change) => clients.undo(change),
    planAllClients: (kind) => clients.planAll({ kind, of: { client: null, server: null } }),
    applyAllClients: ({ plan, ...choices }) => clients.applyAll(plan, choices),
    undoAllClients: (change) => clients.undoAll(change),
    restartClient: (file) => clients.restart(file),
    revealClientFile: (file) => {
      const path = clients.pathOf(file);
      if (path !== null) shell.reveal(path);
    },
    verifyClientServer: async (server, sender) => {
      const cancel = (): void => checks.cancel();
      sender.once('destroyed', cancel);
      try {
        return await checks.run(server, (step) => tell(sender, 'verify', { server, step }));
      } finally {
        sender.off('destroyed', cancel);
      }
    },
    cancelVerify: () => checks.cancel(),
    openWindow: (destination) => {
      hidePopover();
      shell.open(destination);
    },
    askDoctor: ({ server, target }) => {
      hidePopover();
      askDoctor(server, target);
    },
    hidePopover: () => hidePopover(),
    closeWindow: (_request, sender) => BrowserWindow.fromWebContents(sender)?.close(),
    quit: () => askAndQuit(),
    doctorOpening: () => doctor.opening(),
    runDoctor: (request, sender) => doctor.run(request, sender),
    stopDoctor: () => doctor.stop(),
    actOnFinding: (id) => doctor.act(id),
  };
}

/** What the system's dialogs let a person choose. Clients keep their servers in folders that begin with a dot. */
const DIALOGS = {
  folder: { properties: ['openDirectory', 'showHiddenFiles'] },
  file: { properties: ['openFile', 'showHiddenFiles'] },
} as const satisfies Readonly<Record<string, { readonly properties: OpenDialogOptions['properties'] }>>;

/** Lets a person choose a project's folder, or a client's file, over the window that asks. */
async function chooseClients(
  what: 'folder' | 'file',
  sender: WebContents,
  clients: ClientSetup,
): Promise<ChooseAnswer> {
  const window = BrowserWindow.fromWebContents(sender);
  const options = { properties: [...DIALOGS[what].properties] };
  const { canceled, filePaths } =
    window === null ? await dialog.showOpenDialog(options) : await dialog.showOpenDialog(window, options);
  const [path] = filePaths;
  if (canceled || path === undefined) return { kind: 'cancelled' };
  return clients.choose(
    what === 'folder' ? { kind: 'folder', folder: path } : { kind: 'file', file: path, client: null },
  );
}
