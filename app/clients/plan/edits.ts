import { hash } from 'node:crypto';
import type { ForwardSetting, ServerSetting } from '../../settings/settings.ts';
import { type Edit, isTable, nested, sameValue, type Table, valueAt } from '../document/index.ts';
import { ADDRESSES, type Address, type Entry, type Program } from '../entry/entry.ts';
import { type Moved, movedServer } from '../entry/moved-server.ts';
import { endpointUrl, leadsTo, modeOf, OUR_VARIABLES, proxyVariables, serverVariables } from '../gateway.ts';
import { containerRun, withContainerVariables, withoutContainerVariables } from '../launch/container.ts';
import { isMcpRemote, launched, readsProxyVariables } from '../launch/launcher.ts';
import type { Client, RemoteShape } from '../table/client.ts';
import { forwarded } from './forward.ts';
import type { Draft } from './patch.ts';
import type { DesiredMode, EntryKey, PlanEnvironment } from './record.ts';
import type { Refusal } from './refusal.ts';

/** The two ways an entry can lead to us: a program that connects for it, or our address. */
export type Form =
  | { readonly kind: 'shim'; readonly command: string; readonly args: readonly string[] }
  | { readonly kind: 'address'; readonly url: string; readonly token: string | null };

/** Edits below an entry's own path. Only what changes is named. */
export type EntryEdits = readonly Edit[];

/** Sets variables of an entry's environment; the others stay. */
export function environmentEdits(
  client: Client,
  entry: Table,
  variables: Readonly<Record<string, string>>,
): EntryEdits {
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
export function withoutVariables(client: Client, entry: Table, names: readonly string[]): EntryEdits {
  const own = entry[client.stdio.env];
  if (!isTable(own)) return [];
  const present = names.filter((name) => Object.hasOwn(own, name));
  if (present.length === Object.keys(own).length) return [{ kind: 'remove', path: [client.stdio.env] }];
  return present.map((name) => ({ kind: 'remove', path: [client.stdio.env, name] }));
}

/** Adds an argument at the end. */
export function argumentEdits({ stdio }: Client, entry: Table, argument: string): EntryEdits {
  const key = stdio.args ?? stdio.command;
  const own = entry[key];
  if (Array.isArray(own) && own.includes(argument)) return [];
  return Array.isArray(own)
    ? [{ kind: 'append', path: [key], value: argument }]
    : [{ kind: 'set', path: [key], value: [argument] }];
}

/** The whole list of arguments, when it is another one. */
export function argumentListEdits(
  { stdio }: Client,
  { command, args: own }: Program,
  args: readonly string[],
): EntryEdits {
  if (sameValue(own, args)) return [];
  if (stdio.args === null) return [{ kind: 'set', path: [stdio.command], value: [command, ...args] }];
  return [{ kind: 'set', path: [stdio.args], value: [...args] }];
}

/** Keys that say how an address is connected to and with what, in all versions of the clients. */
const ADDRESS_KEYS: readonly string[] = [
  ...ADDRESSES,
  'headers',
  'http_headers',
  'env_http_headers',
  'bearer_token',
  'bearer_token_env_var',
  'oauth',
  'oauth_resource',
  'oauthClientId',
  'oauthGrantType',
  'oauthPublicClient',
  'oidc',
  'auth',
  'authProviderType',
  'headersHelper',
  'requestInit',
  'requestOptions',
  'transport',
  'transportType',
];

/** Makes an entry lead to us. Its other keys (approvals, timeouts) stay; what only the other kind may have goes. */
export function formEdits(client: Client, entry: Table, form: Form): EntryEdits {
  return form.kind === 'shim' ? shimEdits(client, entry, form) : addressEdits(client, entry, form);
}

function shimEdits(client: Client, entry: Table, form: Form & { kind: 'shim' }): EntryEdits {
  const { stdio } = client;
  // What said that it is an address says from now on that it is a program, where the client wants to be told.
  const wasAddress = typeof entry[stdio.command] !== 'string' && !Array.isArray(entry[stdio.command]);
  const type = wasAddress && 'type' in stdio.extra ? { type: stdio.extra['type'] } : {};
  const set = { ...commandLine(client, form), ...stdio.fixed, ...type };
  const old = wasAddress ? [...ADDRESS_KEYS, ...(client.addressOnly ?? []), 'type'] : [];
  return replaced(entry, set, [stdio.env, stdio.cwd, ...stdio.only, ...old]);
}

function addressEdits(client: Client, entry: Table, form: Form & { kind: 'address' }): EntryEdits {
  const { stdio, remote } = client;
  if (remote === null) return [];
  const missing = Object.entries(remote.required).filter(([key]) => !Object.hasOwn(entry, key));
  const set = { ...remote.fixed, ...Object.fromEntries(missing), ...address(remote, form) };
  const own = [stdio.command, stdio.args, stdio.env, stdio.cwd, ...stdio.only];
  return replaced(entry, set, [...own, ...ADDRESS_KEYS, ...(client.addressOnly ?? []), 'type']);
}

function replaced(entry: Table, set: Table, gone: readonly (string | null)[]): EntryEdits {
  const keys = [...new Set(gone)].filter((key) => key !== null && !Object.hasOwn(set, key));
  return [
    ...settings(entry, set),
    ...removals(
      entry,
      keys.filter((key) => key !== null),
    ),
  ];
}

/** A whole entry, as the client would write it itself. */
export function newEntry(client: Client, name: string, form: Form, env: Readonly<Record<string, string>> = {}): Table {
  const own = client.name === null ? {} : { [client.name.key]: name };
  const { stdio, remote } = client;
  if (form.kind === 'address') {
    return { ...own, ...remote?.fixed, ...(remote && address(remote, form)), ...remote?.required, ...remote?.extra };
  }
  const variables = Object.keys(env).length === 0 ? {} : { [stdio.env]: { ...env } };
  return { ...own, ...stdio.fixed, ...commandLine(client, form), ...variables, ...stdio.extra };
}

function commandLine({ stdio }: Client, { command, args }: Form & { kind: 'shim' }): Table {
  if (stdio.args === null) return { [stdio.command]: [command, ...args] };
  return { [stdio.command]: command, [stdio.args]: [...args] };
}

function address(remote: RemoteShape, { url, token }: Form & { kind: 'address' }): Table {
  const [first, ...deeper] = remote.headers;
  const headers = token === null ? {} : { [first]: nested(deeper, { Authorization: `Bearer ${token}` }) };
  return { [remote.url]: url, ...headers };
}

function settings(entry: Table, wanted: Table): EntryEdits {
  return Object.entries(wanted)
    .filter(([key, value]) => !Object.hasOwn(entry, key) || !sameValue(entry[key], value))
    .map(([key, value]) => ({ kind: 'set', path: [key], value }));
}

function removals(entry: Table, keys: readonly string[]): EntryEdits {
  return keys.filter((key) => Object.hasOwn(entry, key)).map((key) => ({ kind: 'remove', path: [key] }));
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
      const shown = names.length === 0 ? key : `${key}: ${names.join(', ')}`;
      return { kind: 'outside', name, key: shown, from, isAddress };
    }
    case 'relative':
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
  const variables = proxyVariables(environment.gateway, proxyLabel(subject), program);
  const isDeaf = nodeVersion === null || !readsProxyVariables(nodeVersion);
  const needsFlag = isDeaf && isMcpRemote(launched(program.command, program.args));
  const flag = needsFlag ? argumentEdits(client, raw, '--enable-proxy') : [];
  const edits = [...environmentEdits(client, raw, variables), ...flag];
  return drafted(edits.length === 0 ? null : { entry: key, kind: 'through', edits, server: null, ...secret }, null);
}

function forwardDraft({ client, key }: Subject, program: Program, raw: Table, forward: ForwardSetting): Drafted {
  if (launched(program.command, program.args).runtime === 'container')
    return refused({ kind: 'container', name: key.name });
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

function formFor(client: Client, by: 'shim' | 'address', server: string, environment: PlanEnvironment): Form | null {
  const { gateway, shim, defaultServer } = environment;
  if (by === 'shim') return { kind: 'shim', command: shim.command, args: [...shim.args, server] };
  if (client.remote === null) return null;
  const url = endpointUrl(gateway.port, { name: server, isDefault: server === defaultServer });
  return { kind: 'address', url, token: gateway.token };
}

/** A patch that puts our token into the file. */
const SECRET = { isSecret: true } as const;

function secretOf(form: Form): Pick<Draft, 'isSecret'> {
  return form.kind === 'address' && form.token !== null ? SECRET : {};
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
