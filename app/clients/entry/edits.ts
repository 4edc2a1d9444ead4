import { type Edit, isTable, sameValue, type Table } from '../document/index.ts';
import type { Client, RemoteShape } from '../table/client.ts';
import type { Program } from './entry.ts';

/** The two ways an entry can lead to us: a program that connects for it, or our address. */
export type Form =
  | { readonly kind: 'shim'; readonly command: string; readonly args: readonly string[] }
  | { readonly kind: 'address'; readonly url: string; readonly token: string | null };

/** Edits below an entry's own path. Only what changes is named. */
export type EntryEdits = readonly Edit[];

/** Sets variables of an entry's environment, the others left alone. */
export function environmentEdits(
  client: Client,
  entry: Table,
  variables: Readonly<Record<string, string>>,
): EntryEdits {
  const own = entry[client.stdio.env];
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

/** Makes an entry that starts a program lead to us. What it says besides (approvals, timeouts) stays. */
export function formEdits(client: Client, entry: Table, form: Form): EntryEdits {
  return form.kind === 'shim' ? shimEdits(client, entry, form) : addressEdits(client, entry, form);
}

function shimEdits(client: Client, entry: Table, form: Form & { kind: 'shim' }): EntryEdits {
  const { stdio } = client;
  const gone = [stdio.env, stdio.cwd].filter((key) => key !== null);
  return [...settings(entry, { ...commandLine(client, form), ...stdio.fixed }), ...removals(entry, gone)];
}

function addressEdits(client: Client, entry: Table, form: Form & { kind: 'address' }): EntryEdits {
  const { stdio, remote } = client;
  if (remote === null) return [];
  const gone = [stdio.command, stdio.args, stdio.env, stdio.cwd, 'type'].filter((key) => key !== null);
  const set = { ...remote.fixed, ...address(remote, form) };
  return [
    ...settings(entry, set),
    ...removals(
      entry,
      gone.filter((key) => !Object.hasOwn(set, key)),
    ),
  ];
}

/** A whole entry, as the client would write it itself. */
export function newEntry(client: Client, name: string, form: Form, env: Readonly<Record<string, string>> = {}): Table {
  const own = client.name === null ? {} : { [client.name.key]: name };
  const { stdio, remote } = client;
  if (form.kind === 'address') {
    return { ...own, ...remote?.fixed, ...(remote && address(remote, form)), ...remote?.extra };
  }
  const variables = Object.keys(env).length === 0 ? {} : { [stdio.env]: { ...env } };
  return { ...own, ...stdio.fixed, ...commandLine(client, form), ...variables, ...stdio.extra };
}

function commandLine({ stdio }: Client, { command, args }: Form & { kind: 'shim' }): Table {
  if (stdio.args === null) return { [stdio.command]: [command, ...args] };
  return { [stdio.command]: command, [stdio.args]: [...args] };
}

function address(remote: RemoteShape, { url, token }: Form & { kind: 'address' }): Table {
  const headers = token === null ? {} : { [remote.headers]: { Authorization: `Bearer ${token}` } };
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
