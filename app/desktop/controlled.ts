import type { AppControl, Controlled } from '../control/index.ts';
import { engineConnections } from '../engine/index.ts';
import type { AppText } from '../i18n/app.ts';
import type { ChangeOutcome } from '../ipc/index.ts';
import type { Settings } from '../settings/index.ts';
import type { AppController } from './app-controller.ts';
import { idleState } from './state-publisher.ts';

/** The app as the control socket knows it. `focus` shows its window. */
export function controlledApp(operation: AppController, focus: AppControl['focus']): Controlled {
  return {
    role: 'app',
    text: () => operation.text,
    snapshot() {
      const { version, phase } = operation.state();
      const { engine, settings } = operation;
      const idle = { product: 'mcp-gangway', version, pid: process.pid, startedAt: null, tunnels: [] } as const;
      return { ...(engine?.snapshot() ?? { ...idle, ...idleState(settings) }), phase };
    },
    listening: () => operation.engine?.state().listening ?? [],
    settings: () => operation.settings,
    servers: () => (operation.engine?.state() ?? idleState(operation.settings)).bridge.servers,
    restartServer: (name) => operation.restartServer(name),
    stopServer: (name) => operation.stopServer(name),
    startServer: (name) => operation.startServer(name),
    async changeSettings(patch) {
      // The schema reads it as it reads what a window sends.
      const outcome = await operation.change(patch as Partial<Settings>);
      return outcome.ok ? outcome : { ok: false, ...refusalOf(outcome, operation.text) };
    },
    subscribe: (listener) => operation.subscribe(listener),
    ...engineConnections(
      () => operation.engine,
      () => operation.text,
    ),
    app: {
      turnOn: () => operation.turnOn(),
      turnOff: () => operation.turnOff(),
      focus,
    },
  };
}

function refusalOf(
  { faults, problem }: ChangeOutcome & { readonly ok: false },
  text: AppText,
): { readonly message: string; readonly faults: readonly { readonly path: string; readonly fault: string }[] } {
  const list = faults.map((fault) => ({ path: fault.path, fault: 'kind' in fault ? fault.kind : fault.reason }));
  const paths = list.map(({ path, fault }) => `${path} (${fault})`).join(', ');
  const message = problem === null ? text.control.faultySettings(paths) : `${problem.sentence} ${problem.hint}`;
  return { message, faults: list };
}
