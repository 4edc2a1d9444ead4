import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isObject } from '../base/schema/index.ts';
import { ClientFiles, nodeProbe, systemDisk } from '../clients/index.ts';
import { appFolder, readAnnouncement } from '../connect/index.ts';
import type { ControlClient } from '../control/client/index.ts';
import {
  clientServers,
  DOCTOR_LABEL,
  Doctor,
  fileMemory,
  type GatewayControl,
  jsonReport,
  type Memory,
  ownServers,
} from '../doctor/index.ts';
import { type AppText, appTextIn } from '../i18n/app.ts';
import { createLog, wantsColour } from '../log/index.ts';
import { loginPath, wantsLoginPath } from '../platform/shell/index.ts';
import { authorityOf } from '../proxy/index.ts';
import { configServers, decodedText } from '../servers/index.ts';
import type { ServerSetting } from '../settings/settings.ts';
import { type DoctorCommand, USAGE_EXIT } from './command.ts';
import { doctorView } from './doctor-view.ts';
import { findNamed, placeFor, thisPerson, troubleOf } from './instance.ts';
import { SECRET_VARIABLES } from './secrets.ts';

interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string, written?: () => void): unknown;
}

/** Nobody needs to know the width of a file or a pipe: its lines stay whole. */
const NO_WIDTH = Number.POSITIVE_INFINITY;

/**
 * Looks once and prints what it found. Resolves with the exit status: 0 when nothing is wrong, 1 when there is a problem, 2 when
 * the request cannot be followed.
 */
export async function runDoctor(command: DoctorCommand, out: Output, err: Output): Promise<0 | 1 | typeof USAGE_EXIT> {
  for (const name of SECRET_VARIABLES) delete process.env[name];
  const text = appTextIn(command.language);
  const servers = serversOf(command, text);
  if ('refusal' in servers) {
    err.write(`mcp-gangway: ${servers.refusal}\n`);
    return USAGE_EXIT;
  }
  if (err.isTTY === true && !command.json) err.write(`${waitingLine(command, text)}\n`);
  const { target, server, error } = command;
  const person = thisPerson();
  const found = await findNamed(command, person);
  const trouble = troubleOf(found, text);
  if (trouble !== null) err.write(`mcp-gangway: ${trouble}\n`);
  const client = found.kind === 'found' ? found.client : null;
  const doctor = createDoctor(command, servers, client);
  const outcome = await doctor.run({ target, server, error }, { text, signal: new AbortController().signal });
  if (outcome.kind === 'refused') {
    err.write(`mcp-gangway: ${outcome.sentence}\n`);
    return USAGE_EXIT;
  }
  const { report } = outcome;
  const terminal = {
    width: out.isTTY === true ? Math.max(60, out.columns ?? 80) : NO_WIDTH,
    colour: wantsColour(out, process.env),
  };
  const told = command.json ? `${JSON.stringify(jsonReport(report), null, 2)}\n` : doctorView(report, text, terminal);
  await new Promise<void>((resolve) => out.write(told, () => resolve()));
  return report.verdict === 'well' ? 0 : 1;
}

function waitingLine({ target }: DoctorCommand, { doctor }: AppText): string {
  return target === '' ? doctor.checkingMachine : doctor.checking(target);
}

function createDoctor(command: DoctorCommand, own: readonly ServerSetting[], client: ControlClient | null): Doctor {
  const { env } = process;
  const { log } = createLog({ level: 'error' });
  const person = thisPerson();
  const { platform, home } = person;
  const folder = appFolder(person);
  const place =
    client === null
      ? placeFor(command, readAnnouncement(folder))
      : { ...(client.hello.listening[0] ?? client.hello.address), token: null };
  const files = new ClientFiles({
    disk: systemDisk,
    folder,
    home: { folder: home, platform, env },
    probes: nodeProbe(env, platform),
    log,
    now: () => new Date(),
  });
  return new Doctor({
    platform,
    env,
    executable: process.execPath,
    home,
    searchPath: wantsLoginPath(env, platform) ? loginPath({ log, env }) : () => null,
    gateway: () => place,
    control: client === null ? null : controlOf(client),
    servers: async () => [...ownServers(own), ...(await clientServers(files, place.port))],
    secrets: () => (place.token === null ? [] : [place.token]),
    permission: () => null,
    memory: memoryIn(folder, platform),
  });
}

/** The tunnel takes the connection with it: it is the last thing that Doctor asks of the gateway. */
function controlOf(client: ControlClient): GatewayControl {
  const nothing = () => null;
  return {
    status: async () => {
      const snapshot = await client.request('status').catch(nothing);
      return isObject(snapshot) ? snapshot : null;
    },
    tunnel: (target) =>
      client.handOver('tunnel', { authority: authorityOf(target), label: DOCTOR_LABEL }).catch(nothing),
  };
}

/** The servers of `--config`, or why the file tells of none. */
function serversOf(
  { configFile }: DoctorCommand,
  text: AppText,
): readonly ServerSetting[] | { readonly refusal: string } {
  if (configFile === null) return [];
  try {
    return configServers(decodedText(readFileSync(configFile)), process.env).servers;
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    return { refusal: text.cliUsage.configUnreadable(configFile, reason) };
  }
}

/** What is remembered decides between causes that only macOS has. The app keeps it in the same file. */
function memoryIn(folder: string, platform: NodeJS.Platform): Memory {
  if (platform !== 'darwin') return { read: () => null, write: () => undefined };
  return fileMemory(join(folder, 'doctor.json'));
}
