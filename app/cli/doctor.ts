import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { authorityOf } from '../base/address.ts';
import { reasonOf } from '../base/errno.ts';
import { appFolder } from '../base/home-folder.ts';
import { isObject } from '../base/schema/index.ts';
import { ClientFiles, nodeProbe, systemDisk } from '../clients/index.ts';
import { readAnnouncement } from '../connect/index.ts';
import type { ControlClient } from '../control/client/index.ts';
import {
  clientServers,
  DOCTOR_LABEL,
  Doctor,
  type FactRow,
  type Finding,
  fileMemory,
  type GatewayControl,
  headLines,
  jsonReport,
  type Memory,
  ownServers,
  type Report,
  summaryOf,
} from '../doctor/index.ts';
import { type AppText, appTextIn } from '../i18n/app.ts';
import { inEach, type Spoken, textIn } from '../i18n/index.ts';
import { createLog, wantsColour } from '../log/index.ts';
import { loginPath, wantsLoginPath } from '../platform/shell/index.ts';
import { configServers, decodedText, type RemoteTrial, tryRemote } from '../servers/index.ts';
import type { ServerSetting } from '../settings/settings.ts';
import { columns, jsonText, padded, printable, wrapped } from './columns.ts';
import { type DoctorCommand, USAGE_EXIT } from './command.ts';
import { addressFor, findNamed, thisPerson, troubleOf } from './instance.ts';
import { SECRET_VARIABLES } from './secrets.ts';

/** How a terminal shows things. */
export interface Terminal {
  /** Columns; lines are not broken beyond a terminal. */
  readonly width: number;
  readonly colour: boolean;
}

/** Shape and SGR colour (ECMA-48 section 8.3.117): a severity must be told without colours, too. */
const MARKS = { problem: ['✗', '31'], note: ['!', '33'], ok: ['✓', '32'] } as const;

/** A report for a terminal: what is wrong first, what was looked at behind it. */
export function doctorView(report: Report, text: AppText, terminal: Terminal): string {
  const { facts, findings, rows } = report;
  const words = text.doctor.report;
  return [
    bold(words.title(facts.version), terminal),
    ...headLines(facts, text).map(printable),
    '',
    ...findings.flatMap((finding) => [...findingLines(finding, text, terminal), '']),
    bold(words.facts, terminal),
    ...factLines(rows, terminal),
    '',
    text.doctorFacts.aside(summaryOf(findings, text), words.seconds((facts.tookMs / 1000).toFixed(1))),
    '',
  ].join('\n');
}

function findingLines({ severity, what, why, steps }: Finding, text: AppText, terminal: Terminal): readonly string[] {
  const labels = text.doctor.severities;
  const label = Math.max(...Object.values(labels).map(columns));
  const [mark, colour] = MARKS[severity];
  const head = `${sgr(colour, `${mark} ${padded(labels[severity], label)}`, terminal)}  `;
  const indent = label + 4;
  const width = terminal.width - indent;
  const block = (paragraph: string, first: string, hang: number): readonly string[] =>
    wrapped(printable(paragraph), width - hang).map(
      (line, index) => `${index === 0 ? first : ' '.repeat(indent + hang)}${line}`,
    );
  const blank = ' '.repeat(indent);
  return [
    ...block(what, head, 0),
    ...block(why, blank, 0).map((line) => dim(line, terminal)),
    ...steps.flatMap((step, index) => block(step, `${blank}${index + 1}. `, 3)),
  ];
}

function factLines(rows: readonly FactRow[], { width }: Terminal): readonly string[] {
  const label = Math.max(0, ...rows.map((row) => columns(row.label)));
  return rows.flatMap((row) =>
    row.lines
      .flatMap((line) => wrapped(printable(line), width - label - 4))
      .map((line, index) => `  ${padded(index === 0 ? row.label : '', label)}  ${line}`),
  );
}

function bold(words: string, terminal: Terminal): string {
  return sgr('1', words, terminal);
}

function dim(words: string, terminal: Terminal): string {
  return sgr('2', words, terminal);
}

function sgr(parameter: string, words: string, { colour }: Terminal): string {
  return colour ? `\u001b[${parameter}m${words}\u001b[0m` : words;
}

interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string, written?: () => void): unknown;
}

/** A file or a pipe has no width: its lines are not wrapped. */
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
  const served = command.configFile === null && client !== null ? await servedBy(client) : servers;
  const doctor = createDoctor(command, served, client);
  const outcome = await doctor.run({ target, server, error }, { signal: new AbortController().signal });
  if (outcome.kind === 'refused') {
    err.write(`mcp-gangway: ${outcome.sentence[text.language]}\n`);
    return USAGE_EXIT;
  }
  const report = outcome.report[text.language];
  const terminal = {
    width: out.isTTY === true ? Math.max(60, out.columns ?? 80) : NO_WIDTH,
    colour: wantsColour(out, process.env),
  };
  const told = command.json ? jsonText(jsonReport(report)) : doctorView(report, text, terminal);
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
  const address =
    client === null
      ? addressFor(command, readAnnouncement(folder))
      : { ...(client.hello.listening[0] ?? client.hello.address), token: null };
  const files = new ClientFiles({
    disk: systemDisk,
    folder: join(folder, 'clients'),
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
    gateway: () => address,
    control: client === null ? null : controlOf(client),
    servers: async () => [...ownServers(own), ...(await clientServers(files, address.port, env))],
    async tryRemote({ name, client: of, remote }, signal) {
      if (of === null) return command.configFile === null && client !== null ? trialOf(command, name) : null;
      if (remote === undefined) return null;
      return tryRemote(remote, null, { log, text: () => textIn(command.language), signal });
    },
    secrets: () => (address.token === null ? [] : [address.token]),
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

/** Has the running instance ask a server with a URL, over a connection of its own; null where it does not tell. */
async function trialOf(command: DoctorCommand, server: string): Promise<RemoteTrial | null> {
  const found = await findNamed(command, thisPerson());
  if (found.kind !== 'found') return null;
  try {
    const answer = await found.client.request('servers.try', { server, language: command.language });
    const trial = isObject(answer) ? answer['trial'] : null;
    // It is a process of the same person, and of this version or one that has the same members.
    if (!isObject(trial)) return null;
    const told = trial as unknown as Spoken<RemoteTrial>;
    const { sentence } = told;
    return { ...told, sentence: sentence === null ? null : inEach(() => sentence) };
  } catch {
    return null;
  } finally {
    found.client.close();
  }
}

/**
 * The servers of the running instance; none where it does not tell. Asked once, for the tunnel takes the connection with it, and without
 * secrets: of arguments and URLs that hold some, no address is known then.
 */
async function servedBy(client: ControlClient): Promise<readonly ServerSetting[]> {
  const answer = await client.request('settings.get', { secrets: false }).catch(() => null);
  const settings = isObject(answer) ? answer['settings'] : null;
  const servers = isObject(settings) ? settings['servers'] : null;
  // The instance has checked them by the same schema.
  return Array.isArray(servers) ? (servers as readonly ServerSetting[]) : [];
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
    return { refusal: text.servers.config.unreadable(configFile, reasonOf(error)) };
  }
}

/** What is remembered decides between causes that only macOS has. The app keeps it in the same file. */
function memoryIn(folder: string, platform: NodeJS.Platform): Memory {
  if (platform !== 'darwin') return { read: () => null, write: () => undefined };
  return fileMemory(join(folder, 'doctor.json'));
}
