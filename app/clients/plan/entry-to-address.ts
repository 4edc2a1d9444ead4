import { type Edit, isTable, nested, sameValue, type Table } from '../document/index.ts';
import { isConnectionKey, REQUEST_MAPS } from '../entry/connection.ts';
import { ADDRESSES } from '../entry/entry.ts';
import { endpointUrl } from '../our-addresses.ts';
import type { Client, RemoteShape } from '../table/client.ts';
import type { Draft, PlanEnvironment } from './record.ts';

/** The two ways an entry can lead to us: a program that connects for it, or our address. */
export type Form =
  | { readonly kind: 'shim'; readonly command: string; readonly args: readonly string[] }
  | { readonly kind: 'address'; readonly url: string; readonly token: string | null };

/** Edits below an entry's own path. Only what changes is named. */
export type EntryEdits = readonly Edit[];

/** The form of an entry that leads to a server of ours; null where the client cannot hold the address of one. */
export function formFor(
  client: Client,
  by: 'shim' | 'address',
  server: string,
  environment: PlanEnvironment,
): Form | null {
  const { gateway, shim, defaultServer } = environment;
  if (by === 'shim') return { kind: 'shim', command: shim.command, args: [...shim.args, server] };
  if (client.remote === null) return null;
  const url = endpointUrl(gateway.port, { name: server, isDefault: server === defaultServer });
  return { kind: 'address', url, token: gateway.token };
}

/** Keys that say how an address is connected to and with what, in all versions of the clients. */
const ADDRESS_KEYS: readonly string[] = [
  ...ADDRESSES,
  'headers',
  'http_headers',
  'env_http_headers',
  'bearer_token',
  'bearer_token_env_var',
  'apiKey',
  'oauth',
  'oauth_resource',
  'oauthClientId',
  'oauthGrantType',
  'oauthPublicClient',
  'oidc',
  'auth',
  'authProviderType',
  'scopes',
  'headersHelper',
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
  // Jan keeps an empty command beside an address.
  const command = entry[stdio.command];
  const wasAddress = command === '' || (typeof command !== 'string' && !Array.isArray(command));
  const type = wasAddress && 'type' in stdio.extra ? { type: stdio.extra['type'] } : {};
  const set = { ...commandLine(client, form), ...stdio.fixed, ...type };
  const old = wasAddress ? [...addressKeys(client, entry), 'type'] : [];
  const requests = wasAddress ? requestEdits(entry, {}) : [];
  return [...replaced(entry, set, [stdio.env, stdio.cwd, ...stdio.only, ...old]), ...requests];
}

function addressEdits(client: Client, entry: Table, form: Form & { kind: 'address' }): EntryEdits {
  const { stdio, remote } = client;
  if (remote === null) return [];
  const missing = Object.entries(remote.required).filter(([key]) => !Object.hasOwn(entry, key));
  const wanted = { ...remote.fixed, ...Object.fromEntries(missing), ...address(remote, form) };
  const maps = new Set(REQUEST_MAPS);
  const set = Object.fromEntries(Object.entries(wanted).filter(([key]) => !maps.has(key)));
  const own = [stdio.command, stdio.args, stdio.env, stdio.cwd, ...stdio.only];
  return [
    ...replaced(entry, set, [...own, ...addressKeys(client, entry), 'type']),
    ...requestEdits(entry, Object.fromEntries(Object.entries(wanted).filter(([key]) => maps.has(key)))),
  ];
}

function addressKeys(client: Client, entry: Table): readonly string[] {
  return [...ADDRESS_KEYS, ...(client.addressOnly ?? []), ...Object.keys(entry).filter(isConnectionKey)];
}

/** Of the options of requests, headers and what says how the old address is reached go; others (timeouts) stay. */
function requestEdits(entry: Table, wanted: Table): EntryEdits {
  return REQUEST_MAPS.flatMap((map): EntryEdits => {
    const [old, now] = [entry[map], wanted[map]];
    const isGone = (key: string): boolean => key === 'headers' || isConnectionKey(key);
    if (!isTable(old) || Object.keys(old).every(isGone)) {
      if (now !== undefined) return settings(entry, { [map]: now });
      return removals(entry, [map]);
    }
    const set = isTable(now) ? now : {};
    const gone = Object.keys(old).filter((key) => isGone(key) && !Object.hasOwn(set, key));
    return [...settings(old, set), ...removals(old, gone)].map((edit) => ({ ...edit, path: [map, ...edit.path] }));
  });
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

/** A patch that puts our token into the file. */
export const SECRET = { isSecret: true } as const;

export function secretOf(form: Form): Pick<Draft, 'isSecret'> {
  return form.kind === 'address' && form.token !== null ? SECRET : {};
}
