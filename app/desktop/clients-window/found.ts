import {
  type ClientFiles,
  type Draft,
  type Entry,
  type ForwardCandidate,
  type FoundClient,
  type FoundServer,
  forwardCandidates,
  type PlanEnvironment,
  type Proposal,
  proposalSentence,
  type Refusal,
  refusalSentence,
} from '../../clients/index.ts';
import { labelsOf } from '../../doctor/index.ts';
import type { AppText } from '../../i18n/app.ts';
import type { ClientFileView, ClientServerView, ForwardChoice, ServerMode } from '../../ipc/index.ts';
import { entrySecrets, Redactor } from '../../log/index.ts';
import { joinCommandLine } from '../../settings/command-line.ts';
import { type ForwardSetting, isRemote, shownUrl } from '../../settings/index.ts';
import type { ClientLogs } from './client-apps.ts';
import { desiredModeFor, fileId, forwardUsed, ourServer, serverId, shortPath } from './clients-reader.ts';
import { refusalTrouble } from './preview.ts';

export interface ViewContext {
  /** A change of several entries, to find out what would become of suggestions. */
  readonly draft: () => Draft;
  readonly propose: ClientFiles['propose'];
  readonly logs: ClientLogs;
  readonly environment: PlanEnvironment;
  readonly forwards: readonly ForwardSetting[];
  readonly text: AppText;
  readonly home: string;
  canRestart(found: FoundClient): boolean;
  /** Changes that a client reads with its next start. */
  waiting(found: FoundClient): number;
}

export async function fileView(found: FoundClient, context: ViewContext): Promise<ClientFileView> {
  const { client, file, content, locked } = found;
  const servers = content.kind === 'servers' ? await suggestions(content.servers, found, context) : [];
  return {
    id: fileId(found),
    title: client.title,
    file: shortPath(file, context.home),
    canRestart: context.canRestart(found),
    waiting: context.waiting(found),
    ...(locked === undefined ? {} : { locked: refusalTrouble(locked, context.home) }),
    ...(found.place === undefined ? {} : { chosen: found.place.kind }),
    content:
      content.kind === 'servers'
        ? {
            kind: 'servers',
            servers: await Promise.all(servers.map((suggestion) => serverView(found, suggestion, context))),
          }
        : { kind: 'refused', trouble: refusalTrouble(content.refusal, context.home) },
  };
}

/**
 * Servers of one file for which a mode is suggested. Each is planned against the whole file, so that a project's file of tens of thousands
 * would hold everything up for minutes: they are listed alone.
 */
const MOST_SUGGESTED = 400;

/** The mode that fits a server, and why a plan leaves the server as it is all the same. */
interface Suggestion {
  readonly server: FoundServer;
  readonly note: string | null;
  readonly proposal: Proposal | null;
  readonly refusal: Refusal | null;
}

/** What is suggested for each server is what a plan of all suggestions would do. */
async function suggestions(
  servers: readonly FoundServer[],
  found: FoundClient,
  { propose, environment, text, draft }: ViewContext,
): Promise<readonly Suggestion[]> {
  const proposed = await Promise.all(
    servers.map(async (server) => {
      const note = reasonToLeave(found, server, text);
      // Why nothing can be done to the whole file is said of the file.
      const isOpen =
        servers.length <= MOST_SUGGESTED &&
        note === null &&
        found.locked === undefined &&
        server.mode === 'off' &&
        server.patch === null &&
        !server.isStale;
      return { server, note, proposal: isOpen ? await propose(server.entry, environment, found) : null };
    }),
  );
  const planned = draft();
  const steps = await Promise.all(
    proposed.map(({ server: { key }, proposal }) => {
      const desired = proposal === null ? null : desiredModeFor(proposal.mode, found);
      return desired === null ? null : planned.set(found.client.id, found.file, key, desired, environment);
    }),
  );
  // Of JSON nearly every text can be edited, and these files are the large ones.
  if (found.client.format !== 'json') planned.files();
  return proposed.map((one, at): Suggestion => {
    const step = steps[at] ?? null;
    const uneditable: Refusal = { kind: 'uneditable', file: found.file };
    if (step?.kind === 'refused') return { ...one, refusal: step.refusal };
    return { ...one, refusal: step !== null && planned.isUneditable(step) ? uneditable : null };
  });
}

async function serverView(
  found: FoundClient,
  { server, note, proposal, refusal }: Suggestion,
  context: ViewContext,
): Promise<ClientServerView> {
  const { key, entry, patch, isStale } = server;
  const { environment, forwards, text, logs } = context;
  const mode = shownMode(server);
  return {
    id: serverId(found, server),
    name: key.name,
    project: entry.project === null ? null : shortPath(entry.project, context.home),
    enabled: entry.enabled,
    line: lineOf(server, environment),
    mode,
    isOurs: note === null,
    note,
    proposal:
      proposal === null || refusal !== null
        ? null
        : { mode: proposal.mode, sentence: proposalSentence(proposal, text) },
    unfit: proposal === null || refusal === null ? null : unfit(proposal, refusal, context),
    isPatched: patch !== null,
    stale: isStale ? staleMode(server) : null,
    labels: labelsOf(server, { forwards }),
    forwards: note === null && mode !== 'run' ? forwardsOf(entry).map(choiceOf) : [],
    blocked: mode === 'off' ? await logs.blocked(found.client.id, key.name) : null,
    server: ourServer(server, environment),
    forward: patch === 'forward' ? (forwardUsed(server, forwards) ?? null) : null,
  };
}

/** The addresses in a server's settings that a TCP forward could stand for. */
export function forwardsOf({ launch }: Entry): ForwardCandidate[] {
  return launch.kind === 'program' ? forwardCandidates(launch) : [];
}

function choiceOf({ target: { host, port }, protocol, where }: ForwardCandidate): ForwardChoice {
  return { host, port, protocol, where };
}

/** An entry that a TCP forward stands in is as its person wrote it to the eyes of modes, and yet it is not. */
function shownMode({ mode, patch }: FoundServer): ServerMode {
  return patch === 'forward' && mode === 'off' ? 'forward' : mode;
}

/** Without a patch of ours to build on there is nothing we can do about an entry that is no program, or that leads to us. */
function reasonToLeave(
  { client, locked }: FoundClient,
  { key: { name }, entry: { launch }, mode, patch }: FoundServer,
  text: AppText,
): string | null {
  if (launch.kind === 'foreign' && launch.extension !== undefined) {
    return refusalSentence({ kind: 'extension', name, client: client.title }, text);
  }
  if (patch !== null) return null;
  // What we did may be in what cannot be decrypted.
  if (mode === 'run' && locked === undefined) return refusalSentence({ kind: 'by-hand', name }, text);
  return launch.kind === 'foreign' ? refusalSentence({ kind: 'foreign', name }, text) : null;
}

function unfit({ mode }: Proposal, refusal: Refusal, { text, home }: ViewContext): string {
  const { clientsWindow } = text;
  return clientsWindow.unfit(clientsWindow.modes[mode], refusalTrouble(refusal, home).sentence[text.language]);
}

function staleMode({ patch }: FoundServer): ClientServerView['stale'] {
  switch (patch) {
    case 'through':
    case 'run':
      return patch;
    // Neither can be chosen again: one is as it should be without us, the other would be a new entry.
    case 'added':
    case 'cleared':
    case 'forward':
    case null:
      return null;
    default:
      return patch satisfies never;
  }
}

/** What is started in the end, by the client or by us, without secrets: people share what they see on a screen. */
function lineOf(server: FoundServer, environment: PlanEnvironment): string {
  const { words, text } = wholeLineOf(server, environment);
  return new Redactor(entrySecrets([words])).whole(text);
}

/** A URL without its query and credentials. */
function wholeLineOf(
  server: FoundServer,
  environment: PlanEnvironment,
): { readonly words: readonly string[]; readonly text: string } {
  const inWords = (words: readonly string[]) => ({ words, text: joinCommandLine(words) });
  const whole = (text: string) => ({ words: [], text });
  const { launch } = server.entry;
  const name = ourServer(server, environment);
  const ours = environment.servers.find((one) => one.name === name);
  if (ours !== undefined) return isRemote(ours) ? whole(shownUrl(ours.url)) : inWords([ours.command, ...ours.args]);
  switch (launch.kind) {
    case 'program':
      return inWords([launch.command, ...launch.args]);
    case 'address': {
      const url = URL.parse(launch.url);
      return whole(url === null ? '' : `${url.origin}${url.pathname}`);
    }
    case 'foreign':
      return whole(launch.extension ?? '');
    default:
      return launch satisfies never;
  }
}
