import { hash } from 'node:crypto';
import type { ForwardSetting, ServerSetting } from '../../settings/settings.ts';
import { isTable, sameValue, type Table, valueAt } from '../document/index.ts';
import type { Address, Entry, Program } from '../entry/entry.ts';
import { type Moved, movedServer } from '../entry/moved-server.ts';
import {
  baseName,
  containerRun,
  isMcpRemote,
  launched,
  readsProxyVariables,
  withContainerVariables,
  withholdingWrapper,
  withoutContainerVariables,
} from '../launch/launcher.ts';
import { leadsTo, modeOf, OUR_VARIABLES, proxyVariables, serverVariables } from '../our-addresses.ts';
import type { Client } from '../table/client.ts';
import { type EntryEdits, formEdits, formFor, newEntry, SECRET, secretOf } from './entry-to-address.ts';
import type { DesiredMode, Draft, EntryKey, PlanEnvironment } from './record.ts';
import type { Refusal } from './refusal.ts';
import { forwarded } from './tcp-forward.ts';

/** Sets variables of an entry's environment; the others stay. */
function environmentEdits(client: Client, entry: Table, variables: Readonly<Record<string, string>>): EntryEdits {
  const own = entry[client.stdio.env];
  // In place of a null, which then comes back as one.
  if (own === null && Object.keys(variables).length > 0) {
    return [{ kind: 'set', path: [client.stdio.env], value: { ...variables } }];
  }
  return Object.entries(variables)
    .filter(([name, value]) => !isTable(own) || own[name] !== value)
    .map(([name, value]) => ({ kind: 'set', path: [client.stdio.env, name], value }));
}

/** Takes variables out of an entry's environment, and the environment too when nothing else is in it. */
function withoutVariables(client: Client, entry: Table, names: readonly string[]): EntryEdits {
  const own = entry[client.stdio.env];
  if (!isTable(own)) return [];
  const present = names.filter((name) => Object.hasOwn(own, name));
  if (present.length === Object.keys(own).length) return [{ kind: 'remove', path: [client.stdio.env] }];
  return present.map((name) => ({ kind: 'remove', path: [client.stdio.env, name] }));
}

/** Adds an argument at the end. */
function argumentEdits({ stdio }: Client, entry: Table, argument: string): EntryEdits {
  const key = stdio.args ?? stdio.command;
  const own = entry[key];
  if (Array.isArray(own) && own.includes(argument)) return [];
  return Array.isArray(own)
    ? [{ kind: 'append', path: [key], value: argument }]
    : [{ kind: 'set', path: [key], value: [argument] }];
}

/** The whole list of arguments, when it is another one. */
function argumentListEdits({ stdio }: Client, { command, args: own }: Program, args: readonly string[]): EntryEdits {
  if (sameValue(own, args)) return [];
  if (stdio.args === null) return [{ kind: 'set', path: [stdio.command], value: [command, ...args] }];
  return [{ kind: 'set', path: [stdio.args], value: [...args] }];
}

/** Characters of a server's name that are kept; the whole label stays well below what the proxy remembers. */
const LONGEST_NAME = 64;

/** An entry, and the file it stands in. */
export interface Labelled {
  readonly client: Client;
  /** Which of the client's files it is: 0 for the likeliest, its path where there may be any number. */
  readonly fileIndex: number | string;
  readonly key: EntryKey;
}

/**
 * The user name that a server shows to the proxy: `claude-desktop.home-assistant`. It names the client and the entry, and
 * no other entry of any client has the same one. Only letters, digits and `._-` are in it: not every HTTP library can send
 * other characters in a user name (RFC 7617 section 2.1 leaves their encoding open; Python's requests refuses them).
 */
export function proxyLabel({ client, fileIndex, key: { holder, name } }: Labelled): string {
  const plain = name
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .slice(0, LONGEST_NAME)
    .replace(/^-+|-+$/g, '');
  const isMain = fileIndex === 0 && client.servers[0]?.join('\0') === holder.join('\0');
  if (plain === name && isMain) return `${client.id}.${name}`;
  const digest = hash(
    'sha256',
    [...(fileIndex === 0 ? [] : [String(fileIndex)]), ...holder, name].join('\0'),
    'hex',
  ).slice(0, 6);
  return `${client.id}.${plain === '' ? 'server' : plain}-${digest}`;
}

/** What is to be done to an entry; no draft when it is to stay as it is. */
export type Drafted =
  | {
      readonly kind: 'drafted';
      readonly draft: Draft | null;
      /** The server of ours that the entry leads to from now on; it may be new. */
      readonly server: ServerSetting | null;
    }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** An entry as its person wrote it, with what has to be known to draft a patch for it. */
export interface Subject extends Labelled {
  /** The whole document. */
  readonly value: unknown;
  /** Null when there is no such entry. */
  readonly entry: Entry | null;
  /** Whether another entry beside it has the same name. */
  readonly isAmbiguous: boolean;
  /** Of the Node that its command runs; null when that is not known or not asked for. */
  readonly nodeVersion: string | null;
}

export function draftFor(subject: Subject, desired: DesiredMode, environment: PlanEnvironment): Drafted {
  const { key, entry, value } = subject;
  if (desired.kind === 'add') return addDraft(subject, desired, environment);
  if (entry === null) return refused({ kind: 'no-entry', name: key.name });
  const { launch } = entry;
  const raw = rawEntry(value, entry);
  if (desired.kind === 'off') return offDraft(subject, entry, raw, environment);
  if (launch.kind === 'foreign') return refused({ kind: 'foreign', name: key.name });
  if (modeOf(launch, environment) === 'run') return refused({ kind: 'by-hand', name: key.name });
  if (subject.isAmbiguous) return refused({ kind: 'same-name', name: key.name });
  if (desired.kind === 'run') return runDraft(subject, { ...entry, launch }, raw, desired.by, environment);
  if (launch.kind === 'address') return refused({ kind: 'address', name: key.name });
  switch (desired.kind) {
    case 'through':
      return throughDraft(subject, launch, raw, environment);
    case 'forward':
      return forwardDraft(subject, launch, raw, desired.forward);
    default:
      return desired satisfies never;
  }
}

function runDraft(
  { client, key }: Subject,
  entry: Entry & { readonly launch: Program | Address },
  raw: Table,
  by: 'shim' | 'address',
  environment: PlanEnvironment,
): Drafted {
  const { launch } = entry;
  const own = launch.kind === 'program' ? { ...launch, env: withoutOurs(launch, environment) } : launch;
  const moved = movedServer(client, { ...entry, launch: own }, raw, environment.servers, environment.env);
  if (moved.kind !== 'server') return refused(notMoved(moved, key.name, launch.kind === 'address'));
  const form = formFor(client, by, moved.server.name, environment);
  if (form === null) return refused({ kind: 'no-addresses', client: client.title });
  const edits = formEdits(client, raw, form);
  return drafted({ entry: key, kind: 'run', edits, server: moved.server.name, ...secretOf(form) }, moved.server);
}

function notMoved(moved: Exclude<Moved, { kind: 'server' }>, name: string, isAddress: boolean): Refusal {
  switch (moved.kind) {
    case 'variable':
      return { ...moved, name, isAddress };
    case 'outside': {
      const { key, from, names } = moved.outside;
      return { kind: 'outside', name, key, names, from, isAddress };
    }
    case 'relative':
      return { ...moved, name, isAddress };
    case 'option':
      return { ...moved, name };
    case 'bridge':
      return { ...moved, name };
    case 'problem':
      return moved;
    default:
      return moved satisfies never;
  }
}

/** Without a patch of ours to undo, only variables that lead to our port are removed: the person set them by hand. */
function offDraft({ client, key }: Subject, { launch }: Entry, raw: Table, environment: PlanEnvironment): Drafted {
  const mode = modeOf(launch, environment);
  if (mode === 'run') return refused({ kind: 'by-hand', name: key.name });
  if (mode === 'off' || launch.kind !== 'program') return drafted(null, null);
  const names = OUR_VARIABLES.filter((name) => isOurs(name, launch, environment));
  const run = containerRun(launch);
  const args = run === null ? launch.args : withoutContainerVariables(launch.args, run, names);
  const edits = [...withoutVariables(client, raw, names), ...argumentListEdits(client, launch, args)];
  return drafted({ entry: key, kind: 'cleared', edits, server: null }, null);
}

/** A server that we run reaches the network as it is. */
function withoutOurs(program: Program, environment: PlanEnvironment): Readonly<Record<string, string>> {
  const ours = new Set<string>(OUR_VARIABLES.filter((name) => isOurs(name, program, environment)));
  const isThrough = modeOf(program, environment) === 'through';
  return isThrough ? Object.fromEntries(Object.entries(program.env).filter(([name]) => !ours.has(name))) : program.env;
}

function isOurs(name: (typeof OUR_VARIABLES)[number], program: Program, { gateway }: PlanEnvironment): boolean {
  const value = serverVariables(program)[name] ?? '';
  switch (name) {
    case 'NO_PROXY':
    case 'no_proxy':
      return value === 'localhost,127.0.0.1,::1';
    case 'NODE_USE_ENV_PROXY':
      return true;
    case 'JAVA_TOOL_OPTIONS':
      return false;
    case 'HTTP_PROXY':
    case 'http_proxy':
    case 'HTTPS_PROXY':
    case 'https_proxy':
      return leadsTo(value, gateway.port);
    default:
      return name satisfies never;
  }
}

function throughDraft(subject: Subject, program: Program, raw: Table, environment: PlanEnvironment): Drafted {
  const { client, key, nodeVersion } = subject;
  const secret = environment.gateway.token === null ? {} : SECRET;
  if (launched(program.command, program.args).runtime === 'container') {
    const run = containerRun(program);
    if (run === null) return refused({ kind: 'container', name: key.name });
    const inside = proxyVariables(environment.gateway, proxyLabel(subject), program, run.host);
    const args = argumentListEdits(client, program, withContainerVariables(program.args, run, inside));
    const isSet = args.length === 0;
    return drafted(isSet ? null : { entry: key, kind: 'through', edits: args, server: null, ...secret }, null);
  }
  const start = launched(program.command, program.args);
  if (start.runtime === 'machine')
    return refused({ kind: 'machine', name: key.name, program: baseName(start.program) });
  const wrapper = withholdingWrapper(program.command, program.args);
  if (wrapper !== null) return refused({ kind: 'withheld', name: key.name, program: wrapper });
  const variables = proxyVariables(environment.gateway, proxyLabel(subject), program);
  const isDeaf = nodeVersion === null || !readsProxyVariables(nodeVersion);
  const needsFlag = isDeaf && isMcpRemote(start);
  const flag = needsFlag ? argumentEdits(client, raw, '--enable-proxy') : [];
  const edits = [...environmentEdits(client, raw, variables), ...flag];
  return drafted(edits.length === 0 ? null : { entry: key, kind: 'through', edits, server: null, ...secret }, null);
}

function forwardDraft({ client, key }: Subject, program: Program, raw: Table, forward: ForwardSetting): Drafted {
  const start = launched(program.command, program.args);
  if (start.runtime === 'container') return refused({ kind: 'container', name: key.name });
  if (start.runtime === 'machine')
    return refused({ kind: 'machine', name: key.name, program: baseName(start.program) });
  const { args, env } = forwarded(program, forward);
  const edits = [...environmentEdits(client, raw, env), ...argumentListEdits(client, program, args)];
  if (edits.length === 0) return refused({ kind: 'no-address', name: key.name });
  return drafted({ entry: key, kind: 'forward', edits, server: null, forward }, null);
}

function addDraft(
  { client, key, entry }: Subject,
  desired: DesiredMode & { kind: 'add' },
  environment: PlanEnvironment,
): Drafted {
  if (entry !== null) return refused({ kind: 'name-taken', name: key.name });
  const form = formFor(client, desired.by, desired.server, environment);
  if (form === null) return refused({ kind: 'no-addresses', client: client.title });
  const content = newEntry(client, key.name, form);
  return drafted(
    {
      entry: key,
      kind: 'added',
      edits: [{ kind: 'set', path: [], value: content }],
      server: desired.server,
      ...secretOf(form),
    },
    null,
  );
}

function rawEntry(value: unknown, { path }: Entry): Table {
  const raw = valueAt(value, path);
  return isTable(raw) ? raw : {};
}

function drafted(draft: Draft | null, server: ServerSetting | null): Drafted {
  return { kind: 'drafted', draft, server };
}

function refused(refusal: Refusal): Drafted {
  return { kind: 'refused', refusal };
}
