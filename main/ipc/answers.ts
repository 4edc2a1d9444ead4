import { BrowserWindow } from 'electron';
import type { AppController, ClientSetup, ServerChecks } from '../../app/desktop/index.ts';
import { peopleHere } from '../../app/platform/shell/index.ts';
import type { DoctorSession } from '../doctor.ts';
import { type LogFeed, tell } from '../feeds.ts';
import { type LocalNetwork, openLocalNetworkSettings } from '../local-network.ts';
import { loginItem, openLoginItems, setLoginItem } from '../login-item.ts';
import { askAndQuit } from '../quit.ts';
import type { Shell } from '../shell.ts';
import { snippetsFor } from '../snippets.ts';
import type { Answers } from './register.ts';

export interface AnswersOptions {
  readonly operation: AppController;
  readonly shell: Shell;
  readonly clients: ClientSetup;
  readonly checks: ServerChecks;
  readonly localNetwork: LocalNetwork;
  readonly logs: LogFeed;
  readonly doctor: DoctorSession;
  readonly hidePopover: () => void;
}

/** Who answers which question. */
export function answersOf(options: AnswersOptions): Answers {
  const { operation, shell, clients, checks, localNetwork, logs, doctor, hidePopover } = options;
  return {
    state: () => operation.state(),
    setOn: (on) => (on ? operation.turnOn() : operation.turnOff()),
    closeTunnel: (id) => operation.closeTunnel(id),
    closeAllTunnels: () => operation.closeAllTunnels(),
    startServer: (name) => operation.startServer(name),
    restartServer: (name) => operation.restartServer(name),
    stopServer: (name) => operation.stopServer(name),
    mend: (fix) => shell.mend(fix),
    dismissProblem: () => operation.dismissProblem(),
    settings: () => operation.settings,
    changeSettings: (patch) => operation.change(patch),
    changeHabits: (patch) => operation.changeHabits(patch),
    addToken: (name) => operation.addToken(name),
    revokeToken: (name) => operation.revokeToken(name),
    peopleHere: async () => (await peopleHere()).length,
    tryServer: (setting) => operation.tryServer(setting),
    loginItem: () => loginItem(),
    setLoginItem: (on) => setLoginItem(on),
    openLoginItems: () => openLoginItems(),
    permission: () => localNetwork.permission.view(),
    askLocalNetwork: (target) => localNetwork.ask(target),
    stopAskingLocalNetwork: () => localNetwork.permission.cancel(),
    openLocalNetworkSettings: () => openLocalNetworkSettings(),
    snippets: () => snippetsFor(operation),
    copySnippet: (id) => shell.copySnippet(id),
    copyText: (text) => shell.copyText(text),
    followLog: (after, sender) => logs.follow(sender, after),
    pauseLog: (_request, sender) => logs.pause(sender),
    exportLog: () => shell.exportLog(),
    revealSettings: () => shell.revealSettings(),
    saveDiagnostics: () => shell.saveDiagnostics(),
    revealLog: () => shell.revealLog(),
    clients: (depth) => clients.list(depth),
    planClient: ({ server, mode }) => clients.plan(server, mode),
    planClientForward: ({ server, ...target }) => clients.planForward(server, target),
    planClientUndo: (file) => clients.planUndo(file),
    applyClientPlan: ({ plan, ...choices }) => clients.apply(plan, choices),
    undoClientChange: (change) => clients.undo(change),
    restartClient: (file) => clients.restart(file),
    revealClientFile: (file) => {
      const path = clients.pathOf(file);
      if (path !== null) shell.reveal(path);
    },
    verifyClientServer: async (server, sender) => {
      const cancel = (): void => checks.cancel();
      sender.once('destroyed', cancel);
      const isThere = await checks.run(server, (step) => tell(sender, 'verify', { server, step }));
      sender.off('destroyed', cancel);
      return isThere;
    },
    cancelVerify: () => checks.cancel(),
    openWindow: (place) => {
      hidePopover();
      shell.open(place);
    },
    hidePopover: () => hidePopover(),
    closeWindow: (_request, sender) => BrowserWindow.fromWebContents(sender)?.close(),
    quit: () => askAndQuit(operation),
    doctorOpening: () => doctor.opening(),
    runDoctor: (request, sender) => doctor.run(request, sender),
    stopDoctor: () => doctor.stop(),
    actOnFinding: (id) => doctor.act(id),
  };
}
