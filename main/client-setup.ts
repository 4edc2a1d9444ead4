import { homedir } from 'node:os';
import path from 'node:path';
import { app } from 'electron';
import { ClientFiles, nodeProbe, systemDisk } from '../app/clients/index.ts';
import { ClientSetup, clientApps, clientLogs, rememberedProbes, ServerChecks } from '../app/desktop/index.ts';
import { shim } from './places.ts';
import type { Started } from './start-controller.ts';

export interface Clients {
  readonly clients: ClientSetup;
  readonly checks: ServerChecks;
}

/** The clients of this person on this machine, and what puts their servers to the test. */
export function createClients(started: Started): Clients {
  const clients = createSetup(started);
  const { controller, running, searchPath } = started;
  const checks = new ServerChecks({
    subjectOf: (server) => clients.subjectOf(server),
    context: () => ({
      log: running.log.from('verify'),
      text: controller.text,
      platform: process.platform,
      env: process.env,
      port: controller.state().listening[0]?.port ?? null,
      settings: controller.settings,
      searchPath,
      lastRequests: () => controller.state().lastRequests,
      tryRemote: async (server, signal) => (await controller.engine?.tryRemote(server, { signal })) ?? null,
    }),
  });
  return { clients, checks };
}

function createSetup({ controller, running, searchPath, cipher }: Started): ClientSetup {
  const { env, platform } = process;
  const home = homedir();
  const folder = path.join(app.getPath('userData'), 'clients');
  const files = new ClientFiles({
    disk: systemDisk,
    folder,
    home: { folder: home, platform, env },
    probes: rememberedProbes(
      {
        // Clients that a desktop has started look for commands where the person's shell does.
        nodeVersion: async (command) => {
          const found = (await searchPath()) ?? env['PATH'];
          return nodeProbe(found === undefined ? env : { ...env, PATH: found }, platform).nodeVersion(command);
        },
      },
      () => performance.now(),
    ),
    log: running.log.from('clients'),
    isShared: true,
    cipher,
    now: () => new Date(),
  });
  // What was left by an interruption, and in clear by an earlier version or by the command line while the app did not run.
  void files.tidyUp();
  const backups = path.join(folder, 'backups');
  return new ClientSetup({
    files,
    controller,
    apps: clientApps(platform, env),
    logs: clientLogs({ folder: home, platform, env }),
    shim: shim(),
    env,
    home,
    backups,
  });
}
