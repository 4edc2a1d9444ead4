import type { AppControl, ClientsControl, Controlled } from '../control/index.ts';
import { engineConnections, engineSignIns, engineTrust } from '../engine/index.ts';
import type { AppText } from '../i18n/app.ts';
import { inARow } from '../i18n/in-a-row.ts';
import { type Language, spoken } from '../i18n/index.ts';
import type { ChangeOutcome } from '../ipc/index.ts';
import { judgedTools } from '../servers/index.ts';
import type { Settings } from '../settings/index.ts';
import type { AppController } from './app-controller.ts';
import { bulkRequestIn, placeIn } from './clients-window/bulk-view.ts';
import type { ClientSetup } from './clients-window/client-setup.ts';
import { settingSentence } from './problem.ts';
import { idleState } from './state-publisher.ts';

/** The app as the control socket knows it. `focus` shows its window. */
export function controlledApp(
  controller: AppController,
  focus: AppControl['focus'],
  clients: ClientSetup | null = null,
): Controlled {
  return {
    role: 'app',
    text: () => controller.text,
    snapshot() {
      const { version, phase } = controller.state();
      const { engine, settings } = controller;
      const idle = { product: 'mcp-gangway', version, pid: process.pid, startedAt: null, tunnels: [] } as const;
      return { ...(engine?.snapshot() ?? { ...idle, ...idleState(settings) }), phase };
    },
    listening: () => controller.engine?.listening ?? [],
    settings: () => controller.settings,
    servers: () => (controller.engine?.state() ?? idleState(controller.settings)).bridge.servers,
    restartServer: (name) => controller.restartServer(name),
    stopServer: (name) => controller.stopServer(name),
    startServer: (name) => controller.startServer(name),
    tools: (name) => judgedTools(controller.toolsOf(name), controller.settings, name, controller.toolChanges(name)),
    toolChanges: (name) => controller.toolChanges(name),
    approveTools: (name, tools) => controller.approveTools(name, tools),
    async changeSettings(patch) {
      // The schema reads it as it reads what a window sends.
      const outcome = await controller.change(patch as Partial<Settings>);
      return outcome.ok ? outcome : { ok: false, ...refusalOf(outcome, controller.text) };
    },
    subscribe: (listener) => controller.subscribe(listener),
    followActivity: (server, listener) => controller.recorder.follow(server, listener),
    contents: (call) => controller.recorder.contents(call),
    ...engineConnections(
      () => controller.engine,
      () => controller.text,
    ),
    ...engineSignIns(
      () => controller.engine,
      () => controller.text,
    ),
    ...engineTrust(
      () => controller.engine,
      () => controller.text,
    ),
    app: {
      turnOn: () => controller.turnOn(),
      turnOff: (milliseconds) => controller.turnOff(milliseconds),
      focus,
    },
    clients: clients === null ? null : clientsControl(clients, () => controller.text.language),
  };
}

/** What windows are told in each language, in the one of the app. */
function clientsControl(clients: ClientSetup, language: () => Language): ClientsControl {
  const told = async <Answer>(answer: Promise<Answer>) => spoken(await answer, language());
  return {
    list: (of) => {
      const place = of === null ? null : placeIn(of);
      return of !== null && place === null ? null : told(clients.list('whole', place));
    },
    plan(params) {
      const request = bulkRequestIn(params);
      return request === null ? null : told(clients.planAll(request));
    },
    apply: (plan, choices) => told(clients.applyAll(plan, choices)),
    undo: (change) => told(clients.undoAll(change)),
    backups: () => clients.backups(),
    backup: (name) => told(clients.backup(name)),
  };
}

function refusalOf(
  { faults, problem }: ChangeOutcome & { readonly ok: false },
  text: AppText,
): { readonly message: string; readonly faults: readonly { readonly path: string; readonly fault: string }[] } {
  const list = faults.map((fault) => ({ path: fault.path, fault: 'kind' in fault ? fault.kind : fault.reason }));
  const paths = list.map(({ path, fault }) => `${path} (${fault})`).join(text.status.comma);
  const [first] = faults;
  const message =
    problem === null
      ? inARow(text.control.faultySettings(paths), ...(first === undefined ? [] : [settingSentence(first, text)]))
      : inARow(problem[text.language].sentence, problem[text.language].hint);
  return { message, faults: list };
}
