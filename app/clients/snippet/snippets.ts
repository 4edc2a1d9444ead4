import { hash } from 'node:crypto';
import { type AppText, appTextIn } from '../../i18n/app.ts';
import { editText, json, type Table, toml, yaml } from '../document/index.ts';
import { keyText, lineTexts } from '../document/toml.ts';
import { type Endpoint, endpointUrl } from '../our-addresses.ts';
import { newEntry } from '../plan/entry-to-address.ts';
import { type Client, shownFile } from '../table/client.ts';
import { CLIENTS } from '../table/clients.ts';
import {
  CONTAINER_HOST,
  deepLinks,
  type Field,
  joined,
  PLACEHOLDER,
  type Snippet,
  type SnippetId,
  type SnippetRequest,
  withFallback,
} from './snippet.ts';

/** A name for the log: one snippet serves all programs. */
const LABEL = 'mcp';

/** The variables of a proxy snippet. Without a token the address stays as plain as people know it. */
function proxyLines(
  { port, token }: Pick<SnippetRequest, 'port' | 'token'>,
  host = '127.0.0.1',
): Readonly<Record<string, string>> {
  const credentials = token === null ? '' : `${LABEL}:${encodeURIComponent(token)}@`;
  const url = `http://${credentials}${host}:${port}`;
  const exceptions = 'localhost,127.0.0.1,::1';
  return {
    HTTP_PROXY: url,
    http_proxy: url,
    HTTPS_PROXY: url,
    https_proxy: url,
    NO_PROXY: exceptions,
    no_proxy: exceptions,
    NODE_USE_ENV_PROXY: '1',
  };
}

/** Claude Code adds servers by a command, too. One line each. */
export function claudeCodeCommand(request: SnippetRequest): Snippet {
  const { port, token, kind } = request;
  const header = token === null ? '' : ` --header ${posixQuoted(`Authorization: Bearer ${token}`)}`;
  const variables = pairs(proxyLines(request)).map(([key, value]) => `--env ${posixQuoted(`${key}=${value}`)}`);
  const lines =
    kind === 'proxy'
      ? [`claude mcp add --scope user ${PLACEHOLDER.server} ${variables.join(' ')} -- ${PLACEHOLDER.command}`]
      : withFallback(request.servers).map(
          (server) =>
            `claude mcp add --scope user --transport http ${plainName(server.name)} ${endpointUrl(port, server)}${header}`,
        );
  const words = appTextIn(request.language).clients.snippet;
  return shell('claude-code-command', words.titles.claudeCodeCommand, lines, words.where.terminal);
}

function posixExports(request: SnippetRequest): Snippet | null {
  const words = appTextIn(request.language).clients.snippet;
  const lines = pairs(proxyLines(request)).map(([key, value]) => `export ${key}=${posixQuoted(value)}`);
  return forProxy(request, shell('posix', words.titles.posix, lines, words.where.startUp('~/.zshrc, ~/.bashrc')));
}

function fishExports(request: SnippetRequest): Snippet | null {
  const words = appTextIn(request.language).clients.snippet;
  const lines = pairs(proxyLines(request)).map(([key, value]) => `set -gx ${key} ${fishQuoted(value)}`);
  return forProxy(request, shell('fish', words.titles.fish, lines, words.where.startUp('~/.config/fish/config.fish')));
}

/** Variable names are case-insensitive on Windows: one of each is enough. */
function powerShellExports(request: SnippetRequest): Snippet | null {
  const words = appTextIn(request.language).clients.snippet;
  const lines = pairs(proxyLines(request))
    .filter(([key]) => request.platform !== 'win32' || key === key.toUpperCase())
    .map(([key, value]) => `$env:${key} = '${value.replaceAll("'", "''")}'`);
  return forProxy(request, shell('powershell', words.titles.powershell, lines, words.where.startUp('$PROFILE')));
}

/** The engine on Linux gives this machine no name of its own. */
function dockerFlags(request: SnippetRequest): Snippet | null {
  const words = appTextIn(request.language).clients.snippet;
  const flags = pairs(proxyLines(request, CONTAINER_HOST)).map(
    ([key, value]) => `-e ${posixQuoted(`${key}=${value}`)}`,
  );
  const host = request.platform === 'linux' ? [`--add-host=${CONTAINER_HOST}:host-gateway`] : [];
  const line = ['docker run', ...host, ...flags, PLACEHOLDER.image].join(' \\\n  ');
  const notes = [words.notes.containerHost, ...(request.platform === 'linux' ? [words.notes.listenWider] : [])];
  const snippet = shell('docker', words.titles.docker, [line], words.where.docker);
  return forProxy(request, { ...snippet, note: joined(notes, request.language) });
}

/** `claude mcp add` takes letters of ASCII, digits, `-` and `_` only. */
function plainName(name: string): string {
  if (/^[\w-]+$/.test(name)) return name;
  const plain = name.replace(/[^\w-]+/g, '-').replace(/^-+|-+$/g, '');
  return `${plain === '' ? 'server' : plain}-${hash('sha256', name, 'hex').slice(0, 6)}`;
}

function forProxy({ kind }: SnippetRequest, snippet: Snippet): Snippet | null {
  return kind === 'proxy' ? snippet : null;
}

function shell(client: Snippet['client'], title: string, lines: readonly string[], where: string): Snippet {
  return { client, title, format: 'shell', text: `${lines.join('\n')}\n`, where, note: null, deepLinks: [] };
}

function pairs(variables: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(variables);
}

function posixQuoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

function fishQuoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

type Maker = (request: SnippetRequest) => Snippet | null;

const MAKERS: readonly (readonly [SnippetId, Maker])[] = [
  ...CLIENTS.map((client) => [client.id, (request: SnippetRequest) => fileSnippet(client, request)] as const),
  ['claude-code-command', claudeCodeCommand],
  ['chatbox', chatboxFields],
  ['open-webui', openWebUiFields],
  ['posix', posixExports],
  ['fish', fishExports],
  ['powershell', powerShellExports],
  ['docker', dockerFlags],
];

/** Everything that can be copied for this kind, in the order it is best shown in. */
export function snippets(request: SnippetRequest): Snippet[] {
  return MAKERS.map(([, make]) => make(request)).filter((snippet) => snippet !== null);
}

/** What to copy for one client; null where the kind does not apply to it. */
export function snippet(client: SnippetId, request: SnippetRequest): Snippet | null {
  return MAKERS.find(([id]) => id === client)?.[1](request) ?? null;
}

const FORMATS = { json, yaml, toml };

/** What goes into a client's own file. */
function fileSnippet(client: Client, request: SnippetRequest): Snippet | null {
  const { language, kind, platform } = request;
  const file = shownFile(client, platform);
  // A client that is not there on this system.
  if (file === '') return null;
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
    where: words.snippet.where.file(file),
    note: joined(notes, language),
    deepLinks: deepLinks(client.id, request, servers),
  };
}

function written(client: Client, entries: readonly (readonly [string, Table])[]): string {
  const holder = client.servers[0] ?? [];
  const isList = client.name?.list === true;
  if (client.format === 'toml' && isList) {
    // A list in one line could stand above the first header only, and not beside servers that are there already.
    const header = `[[${holder.map(keyText).join('.')}]]`;
    return entries.map(([, entry]) => `${[header, ...lineTexts(entry)].join('\n')}\n`).join('\n');
  }
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

/** Chatbox keeps its servers in a store of its own; its form takes variables and headers as lines of `NAME=value`. */
function chatboxFields(request: SnippetRequest): Snippet {
  const { port, token, kind } = request;
  const words = appTextIn(request.language).clients.snippet;
  const { fields } = words;
  const servers = withFallback(request.servers);
  const headers = token === null ? [] : [{ label: fields.headers, value: `Authorization=Bearer ${token}` }];
  const variables = Object.entries(proxyLines(request)).map(([key, value]) => `${key}=${value}`);
  const proxied: Field[] = [
    { label: fields.name, value: PLACEHOLDER.server },
    { label: fields.type, value: fields.local },
    { label: fields.environment, value: variables.join('\n') },
  ];
  const forms =
    kind === 'proxy'
      ? [proxied]
      : servers.map((server): Field[] => [
          { label: fields.name, value: server.name },
          { label: fields.type, value: fields.remote },
          { label: fields.url, value: endpointUrl(port, server) },
          ...headers,
        ]);
  const links = deepLinks('chatbox', request, servers);
  return { ...form('chatbox', 'Chatbox', forms, words.where.chatbox), deepLinks: links };
}

/** Open WebUI connects from its server, most often a container. It starts no programs: there is nothing to send through us. */
function openWebUiFields(request: SnippetRequest): Snippet | null {
  if (request.kind === 'proxy') return null;
  const { port, token, language, platform } = request;
  const words = appTextIn(language).clients.snippet;
  const { fields, notes } = words;
  const forms = withFallback(request.servers).map((server) => [
    { label: fields.type, value: fields.streamable },
    { label: fields.url, value: endpointUrl(port, server, CONTAINER_HOST) },
    ...authentication(token, fields),
    { label: fields.name, value: server.name },
  ]);
  const wider = platform === 'linux' ? [notes.listenWider] : [];
  const note = joined([notes.containerHost, notes.allowHost, ...wider], language);
  return { ...form('open-webui', 'Open WebUI', forms, words.where.openWebUi), note };
}

function authentication(token: string | null, fields: AppText['clients']['snippet']['fields']): Field[] {
  if (token === null) return [{ label: fields.authentication, value: fields.none }];
  return [
    { label: fields.authentication, value: fields.bearer },
    { label: fields.key, value: token },
  ];
}

function form(client: Snippet['client'], title: string, forms: readonly (readonly Field[])[], where: string): Snippet {
  const text = forms.map((fields) => fields.map(({ label, value }) => `${label}: ${value}\n`).join('')).join('\n');
  return { client, title, format: 'fields', forms, text, where, note: null, deepLinks: [] };
}
