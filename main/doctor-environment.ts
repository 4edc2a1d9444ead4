import { homedir } from 'node:os';
import path from 'node:path';
import { app } from 'electron';
import { ClientFiles, nodeProbe, systemDisk } from '../app/clients/index.ts';
import type { AppController } from '../app/desktop/index.ts';
import { clientServers, fileMemory, ownServers, type ProbeEnvironment } from '../app/doctor/index.ts';
import { addressOf } from '../app/ipc/index.ts';
import { type RunningLog, secretsOf } from '../app/log/index.ts';
import type { LocalNetwork } from './local-network.ts';

export interface SurroundingsOptions {
  readonly operation: AppController;
  readonly running: RunningLog;
  readonly searchPath: ProbeEnvironment['searchPath'];
  readonly localNetwork: LocalNetwork;
}

/** The app and this machine, as Doctor's probes find them. */
export function surroundings({ operation, running, searchPath, localNetwork }: SurroundingsOptions): ProbeEnvironment {
  const { platform, env } = process;
  const home = homedir();
  const files = new ClientFiles({
    disk: systemDisk,
    folder: app.getPath('userData'),
    home: { folder: home, platform, env },
    probes: nodeProbe(env, platform),
    log: running.log.from('doctor'),
    now: () => new Date(),
  });
  const gateway: ProbeEnvironment['gateway'] = () => ({
    ...addressOf(operation.state()),
    token: operation.ownToken,
  });
  return {
    platform,
    env,
    executable: process.execPath,
    home,
    searchPath,
    gateway,
    servers: async () => [...ownServers(operation.settings.servers), ...(await clientServers(files, gateway().port))],
    secrets: () => secretsOf(operation.settings),
    permission() {
      const { kind } = localNetwork.permission.view().state;
      return kind === 'not-needed' ? null : kind;
    },
    memory: fileMemory(path.join(app.getPath('userData'), 'doctor.json')),
  };
}
