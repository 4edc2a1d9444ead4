import { hash } from 'node:crypto';
import { appTextIn } from '../../i18n/app.ts';
import { endpointUrl } from '../gateway.ts';
import { CONTAINER_HOST, joined, PLACEHOLDER, withFallback } from './common.ts';
import type { Snippet, SnippetRequest } from './snippet.ts';

/** A name for the log; programs need not tell themselves apart in a snippet for all of them. */
const LABEL = 'mcp';

/** The variables of a proxy snippet. Without a token the address stays as plain as people know it. */
export function proxyLines(
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

export function posixExports(request: SnippetRequest): Snippet | null {
  const words = appTextIn(request.language).clients.snippet;
  const lines = pairs(proxyLines(request)).map(([key, value]) => `export ${key}=${posixQuoted(value)}`);
  return forProxy(request, shell('posix', words.titles.posix, lines, words.where.startUp('~/.zshrc, ~/.bashrc')));
}

export function fishExports(request: SnippetRequest): Snippet | null {
  const words = appTextIn(request.language).clients.snippet;
  const lines = pairs(proxyLines(request)).map(([key, value]) => `set -gx ${key} ${fishQuoted(value)}`);
  return forProxy(request, shell('fish', words.titles.fish, lines, words.where.startUp('~/.config/fish/config.fish')));
}

/** Windows does not tell the cases apart: one of each is enough. */
export function powerShellExports(request: SnippetRequest): Snippet | null {
  const words = appTextIn(request.language).clients.snippet;
  const lines = pairs(proxyLines(request))
    .filter(([key]) => request.platform !== 'win32' || key === key.toUpperCase())
    .map(([key, value]) => `$env:${key} = '${value.replaceAll("'", "''")}'`);
  return forProxy(request, shell('powershell', words.titles.powershell, lines, words.where.startUp('$PROFILE')));
}

/** The engine on Linux gives this machine no name of its own. */
export function dockerFlags(request: SnippetRequest): Snippet | null {
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
