import { appTextIn } from '../../i18n/app.ts';
import { editText, json, type Table, toml, yaml } from '../document/index.ts';
import { newEntry } from '../entry/index.ts';
import { type Endpoint, endpointUrl } from '../gateway.ts';
import { type Client, shownFile } from '../table/index.ts';
import { joined, PLACEHOLDER, withFallback } from './common.ts';
import { deepLinks } from './deep-link.ts';
import { proxyLines } from './shell-snippets.ts';
import type { Snippet, SnippetRequest } from './snippet.ts';

const FORMATS = { json, yaml, toml };

/** What goes into a client's own file. */
export function fileSnippet(client: Client, request: SnippetRequest): Snippet {
  const { language, kind, platform } = request;
  const words = appTextIn(language).clients;
  const servers = withFallback(request.servers);
  const entries =
    kind === 'proxy'
      ? [[PLACEHOLDER.server, proxied(client, request)] as const]
      : servers.map((server) => [server.name, entryFor(client, server, request)] as const);
  const notes = [
    ...(kind === 'proxy' ? [words.snippet.notes.proxyForm] : []),
    ...(kind === 'endpoint' && client.remote === null ? [words.snippet.notes.shim(client.title)] : []),
    ...(kind === 'endpoint' && request.servers.length === 0 ? [words.snippet.notes.noServer] : []),
    words.applies[client.applies](client.title),
  ];
  return {
    client: client.id,
    title: client.title,
    format: client.format,
    text: written(client, entries),
    where: words.snippet.where.file(shownFile(client, platform)),
    note: joined(notes, language),
    deepLinks: deepLinks(client.id, request, servers),
  };
}

function written(client: Client, entries: readonly (readonly [string, Table])[]): string {
  const holder = client.servers[0] ?? [];
  const isList = client.name?.list === true;
  const value = isList ? entries.map(([, entry]) => entry) : Object.fromEntries(entries);
  const empty = { text: '', value: undefined };
  return editText(FORMATS[client.format], empty, [{ kind: 'set', path: holder, value }]).text;
}

function proxied(client: Client, request: SnippetRequest): Table {
  const form = { kind: 'shim', command: PLACEHOLDER.command, args: [] } as const;
  return newEntry(client, PLACEHOLDER.server, form, proxyLines(request));
}

function entryFor(client: Client, server: Endpoint, { port, token, servers, shim }: SnippetRequest): Table {
  const url = endpointUrl(port, server);
  if (client.remote !== null) return newEntry(client, server.name, { kind: 'address', url, token });
  // It finds the port and the token by itself: neither belongs into a file that may outlive them.
  const args = servers.length === 0 ? shim.args : [...shim.args, server.name];
  return newEntry(client, server.name, { kind: 'shim', command: shim.command, args });
}
