import { appFolder, type Person } from '../connect/index.ts';
import { type Control, type Controlled, openControl, type SettingsChange, socketHome } from '../control/index.ts';
import type { Engine } from '../engine/index.ts';
import { engineConnections } from '../engine/index.ts';
import { type Text, textIn } from '../i18n/index.ts';
import type { Log } from '../log/index.ts';
import { VERSION } from './command.ts';

/** What the control socket needs of the engine of a headless process. */
export type HeadlessEngine = Pick<
  Engine,
  'settings' | 'snapshot' | 'subscribe' | 'restartServer' | 'stopServer' | 'startServer' | 'connectStdio' | 'openTunnel'
>;

/**
 * Opens the control socket of a process that `serve` has made. `configFile` is where its servers come from; null when they
 * come from its arguments.
 */
export function openHeadlessControl(
  engine: HeadlessEngine,
  configFile: string | null,
  person: Person,
  log: Log,
): Promise<Control | null> {
  const text = (): Text => textIn(engine.settings.language);
  const controlled: Controlled = {
    role: 'headless',
    text,
    snapshot: () => engine.snapshot(),
    listening: () => engine.snapshot().listening,
    settings: () => engine.settings,
    servers: () => engine.snapshot().bridge.servers,
    restartServer: (name) => engine.restartServer(name),
    stopServer: (name) => engine.stopServer(name),
    startServer: (name) => engine.startServer(name),
    async changeSettings(patch): Promise<SettingsChange> {
      const { control } = text();
      const message = configFile === null ? control.fixedSettings : control.fixedServers(configFile);
      return { ok: false, message, faults: Object.keys(patch).map((path) => ({ path, fault: 'fixed' })) };
    },
    subscribe: (listener) => engine.subscribe(listener),
    ...engineConnections(() => engine, text),
    app: null,
  };
  // The folder of the home alone: clients leave XDG_CONFIG_HOME out of what they start.
  const home = socketHome([appFolder({ ...person, env: { APPDATA: person.env['APPDATA'] } })], person.platform);
  return openControl({ home, controlled, version: VERSION, log });
}
