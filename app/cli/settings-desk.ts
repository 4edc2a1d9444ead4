import { isObject } from '../base/schema/index.ts';
import { type ControlClient, ControlFault } from '../control/client/index.ts';
import { withoutSecrets } from '../control/index.ts';
import { changeTrouble } from '../desktop/clients-window/index.ts';
import type { AppText } from '../i18n/app.ts';
import type { Settings } from '../settings/index.ts';
import { isAppThere, runningApp, settingsFile } from './clients-desk.ts';
import { APP_STARTED, StoredSettings } from './stored-settings.ts';

/** The app's settings: in the running app, else in its file. */
export interface SettingsDesk {
  readonly isRunning: boolean;
  /** With secrets: for what is done with them, not for what is shown. */
  read(): Promise<Settings>;
  /** For a screen, with the paths of what was left out. */
  shown(): Promise<{ readonly settings: object; readonly hidden: readonly string[] }>;
  /** A sentence where the change was refused; nothing has changed then. */
  change(patch: Readonly<Record<string, unknown>>): Promise<string | null>;
  close(): void;
}

export async function openSettings(text: AppText): Promise<SettingsDesk | string> {
  const client = await runningApp('settings.set', text);
  if (typeof client === 'string') return client;
  if (client !== null) return deskOf(client);
  const stored = StoredSettings.open(settingsFile(), text, () => isAppThere(text));
  if (typeof stored === 'string') return stored;
  let hasStarted = false;
  return {
    get isRunning() {
      return hasStarted;
    },
    read: () => Promise.resolve(stored.settings),
    shown: () => Promise.resolve(withoutSecrets(stored.settings)),
    async change(patch) {
      const { limits } = patch;
      const outcome = await stored.change((now) => ({
        ...patch,
        ...(isObject(limits) ? { limits: { ...now.limits, ...limits } } : {}),
      }));
      if (outcome.ok) return null;
      if (outcome.problem?.en.id === APP_STARTED) {
        const app = await runningApp('settings.set', text);
        if (typeof app === 'string') return app;
        if (app === null) return outcome.problem[text.language].sentence;
        hasStarted = true;
        try {
          return await changeBy(app, patch);
        } finally {
          app.close();
        }
      }
      const said = changeTrouble(outcome).sentence[text.language];
      const [fault] = outcome.faults;
      return fault === undefined ? said : text.problems.settingAt(fault.path, said);
    },
    close: () => undefined,
  };
}

/** The settings of a running instance. A headless one refuses every change, and says where it takes its settings from. */
export function deskOf(client: ControlClient): SettingsDesk {
  const asked = async (secrets: boolean): Promise<Readonly<Record<string, unknown>>> => {
    const answer = await client.request('settings.get', { secrets });
    return isObject(answer) ? answer : {};
  };
  return {
    isRunning: true,
    // The instance has checked them by the same schema.
    read: async () => (await asked(true))['settings'] as Settings,
    shown: async () => (await asked(false)) as { settings: object; hidden: readonly string[] },
    change: (settings) => changeBy(client, settings),
    close: () => client.close(),
  };
}

async function changeBy(client: ControlClient, settings: Readonly<Record<string, unknown>>): Promise<string | null> {
  try {
    await client.request('settings.set', { settings });
    return null;
  } catch (error) {
    if (error instanceof ControlFault) return error.message;
    throw error;
  }
}
