import { homedir } from 'node:os';
import path from 'node:path';
import { app, shell, type WebContents } from 'electron';
import type { CipherSource } from '../app/base/cipher.ts';
import { ClientFiles, nodeProbe, systemDisk } from '../app/clients/index.ts';
import type { AppController } from '../app/desktop/index.ts';
import {
  type Action,
  clientServers,
  Doctor,
  type Finding,
  fileMemory,
  ownServers,
  type Pane,
  PROBE_COUNT,
  type ProbeEnvironment,
  type Request,
  summaryOf,
} from '../app/doctor/index.ts';
import { said } from '../app/i18n/app.ts';
import {
  addressOf,
  authority,
  type DoctorOpening,
  type DoctorOutcome,
  type WindowDestination,
} from '../app/ipc/index.ts';
import { type RunningLog, secretsOf } from '../app/log/index.ts';
import { tell } from './feeds.ts';
import { type LocalNetwork, openLocalNetworkSettings } from './local-network.ts';

/** What the Doctor window is to begin with: a target, a server of a client or of ours, or neither. */
export interface Prepared {
  readonly target: string | null;
  readonly server: string | null;
}

const NOTHING: Prepared = { target: null, server: null };

/** The Doctor of the app, as its window uses it: one run at a time. */
export interface DoctorSession {
  /** The next window that opens begins with this. */
  prepare(question: Prepared): void;
  opening(): Promise<DoctorOpening>;
  /** Stops what runs already. Resolves when the run is over; the window that asked gets an event for every probe. */
  run(request: Request, asking: WebContents): Promise<DoctorOutcome>;
  stop(): void;
  /** Does what a finding of the last run offers. */
  act(finding: string): Promise<void>;
}

export interface DoctorSessionOptions extends ProbeEnvironmentOptions, PerformOptions {
  readonly controller: AppController;
}

export function createDoctorSession(options: DoctorSessionOptions): DoctorSession {
  const doctor = new Doctor(probeEnvironment(options));
  const perform = createPerform(options);
  let prepared = NOTHING;
  let current: AbortController | null = null;
  let findings: readonly Finding[] = [];
  let about: string | null = null;

  return {
    prepare(question) {
      prepared = question;
    },
    async opening() {
      const question = prepared;
      prepared = NOTHING;
      return { ...question, servers: await doctor.servers() };
    },
    async run(request, asking) {
      current?.abort();
      const control = new AbortController();
      current = control;
      const stop = (): void => control.abort();
      asking.once('destroyed', stop);
      let done = 0;
      try {
        const { signal } = control;
        const outcome = await doctor.run(request, {
          signal,
          progress(row) {
            done += 1;
            // An aborted run reports nothing more.
            if (!signal.aborted) tell(asking, 'doctor', { row, done, all: PROBE_COUNT });
          },
        });
        if (outcome.kind === 'refused') return outcome;
        const { report } = outcome;
        findings = report.en.findings;
        const { target } = report.en.facts.question;
        about = target === null ? null : authority(target.host, target.port);
        return {
          kind: 'report',
          report: said((text) => {
            const { findings: told, rows, text: whole } = report[text.language];
            const summary = signal.aborted ? text.doctor.report.stopped : summaryOf(told, text);
            return { findings: told, rows, summary, text: whole };
          }),
        };
      } finally {
        asking.off('destroyed', stop);
        if (current === control) current = null;
      }
    },
    stop: () => current?.abort(),
    async act(id) {
      const action = findings.find((finding) => finding.id === id)?.action ?? null;
      if (action !== null) await perform(action, about);
    },
  };
}

export interface PerformOptions {
  readonly controller: AppController;
  readonly open: (destination: WindowDestination) => void;
  readonly localNetwork: LocalNetwork;
}

/**
 * Panes of System Settings. macOS opens something for a wrong address too, without an error: the steps of the finding describe the
 * way to the pane as well.
 */
const PANES: Readonly<Record<Exclude<Pane, 'local-network'>, string>> = {
  'network-extensions':
    'x-apple.systempreferences:com.apple.ExtensionsPreferences?extensionPointIdentifier=com.apple.system_extension.network_extension.extension-point',
  vpn: 'x-apple.systempreferences:com.apple.NetworkExtensionSettingsUI.NESettingsUIExtension',
};

/** Does what a finding offers; `target` is what it is about, as `host:port`. Rejects with whatever went wrong. */
function createPerform({
  controller,
  open,
  localNetwork,
}: PerformOptions): (action: Action, target: string | null) => Promise<void> {
  return async (action, target) => {
    switch (action.kind) {
      case 'open-pane':
        if (action.pane === 'local-network') return openLocalNetworkSettings();
        return shell.openExternal(PANES[action.pane]);
      case 'ask-permission':
        localNetwork.ask(target);
        return open({ window: 'settings', part: 'network' });
      case 'turn-on':
        return controller.turnOn();
      case 'use-port':
        return controller.applyFix(action);
      case 'restart-server':
        return controller.restartServer(action.server);
      case 'route-server':
        return open({ window: 'clients', part: null });
      case 'show-log':
        return open({ window: 'logs', part: 'proxy' });
      case 'show-copies':
        // Reports write the person's home as ~.
        for (const copy of action.paths) shell.showItemInFolder(copy.replace(/^~(?=\/)/, homedir()));
        return;
      default:
        return action satisfies never;
    }
  };
}

export interface ProbeEnvironmentOptions {
  readonly controller: AppController;
  readonly running: RunningLog;
  readonly cipher: CipherSource;
  readonly searchPath: ProbeEnvironment['searchPath'];
  readonly localNetwork: LocalNetwork;
}

/** The app and this machine, as Doctor's probes find them. */
function probeEnvironment({
  controller,
  running,
  cipher,
  searchPath,
  localNetwork,
}: ProbeEnvironmentOptions): ProbeEnvironment {
  const { platform, env } = process;
  const home = homedir();
  const files = new ClientFiles({
    disk: systemDisk,
    folder: path.join(app.getPath('userData'), 'clients'),
    home: { folder: home, platform, env },
    probes: nodeProbe(env, platform),
    log: running.log.from('doctor'),
    cipher,
    now: () => new Date(),
  });
  const gateway: ProbeEnvironment['gateway'] = () => ({
    ...addressOf(controller.state()),
    token: controller.ownToken,
  });
  return {
    platform,
    env,
    executable: process.execPath,
    home,
    searchPath,
    gateway,
    control: { status: async () => controller.engine?.snapshot() ?? null, tunnel: async () => null },
    servers: async () => [
      ...ownServers(controller.settings.servers),
      ...(await clientServers(files, gateway().port, env)),
    ],
    async tryRemote({ name, client, remote }, signal) {
      const asked = client === null ? name : remote;
      return asked === undefined ? null : ((await controller.engine?.tryRemote(asked, { signal })) ?? null);
    },
    secrets: () => secretsOf(controller.settings),
    permission() {
      const { kind } = localNetwork.permission.view().state;
      return kind === 'not-needed' ? null : kind;
    },
    memory: fileMemory(path.join(app.getPath('userData'), 'doctor.json')),
  };
}
