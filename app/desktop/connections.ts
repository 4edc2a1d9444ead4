import {
  CONTAINER_HOST,
  type Snippet,
  type SnippetRequest,
  snippet as snippetFor,
  snippets,
} from '../clients/index.ts';
import type { AppText } from '../i18n/app.ts';
import { type AppState, addressOf, type ClientToken, type Connection } from '../ipc/index.ts';
import type { Settings } from '../settings/index.ts';

export interface ConnectionsOwner {
  readonly settings: Settings;
  readonly text: AppText;
  state(): AppState;
}

/** Stands for the token in what is copied: a named one is kept nowhere. */
const PLACEHOLDER = 'TOKEN';

/** Those that are set up by hand come first: for all others there is a window that does it. */
const FIRST: readonly string[] = ['open-webui', 'cursor', 'vscode', 'lm-studio', 'goose', 'chatbox'];

/** How clients are connected to one server of ours: what to copy where, and the link that offers it to a client. */
export function connectionsTo(
  server: string,
  owner: ConnectionsOwner,
  environment: Pick<SnippetRequest, 'platform' | 'shim'>,
  token: ClientToken | null = null,
): readonly Connection[] {
  const { allowedHosts } = owner.settings;
  return snippetsTo(server, owner, environment, token).map(({ snippet, isWhole }) => {
    const { client, title, where, deepLinks, text } = snippet;
    const { allowHost } = owner.text.clients.snippet.notes;
    // Here that is a button.
    const note = snippet.note?.replace(allowHost, '').trim() ?? null;
    const needsHost = text.includes(CONTAINER_HOST) && !allowedHosts.includes(CONTAINER_HOST) ? CONTAINER_HOST : null;
    return {
      client,
      title,
      where,
      note,
      fields: fieldsOf(snippet, owner.text),
      // A link with a token that is none would set up a client that is refused.
      hasLink: isWhole && deepLinks.length > 0,
      needsToken: !isWhole,
      needsHost,
    };
  });
}

/** The link that offers the server to a client; null where there is none. */
export function clientLink(
  server: string,
  wanted: string,
  owner: ConnectionsOwner,
  environment: Pick<SnippetRequest, 'platform' | 'shim'>,
  token: ClientToken | null = null,
): string | null {
  const found = snippetsTo(server, owner, environment, token).find(({ snippet }) => snippet.client === wanted);
  return found?.isWhole === true ? (found.snippet.deepLinks[0]?.url ?? null) : null;
}

function snippetsTo(
  server: string,
  owner: ConnectionsOwner,
  { platform, shim }: Pick<SnippetRequest, 'platform' | 'shim'>,
  made: ClientToken | null,
): readonly { readonly snippet: Snippet; readonly isWhole: boolean }[] {
  const { servers, language, requireToken } = owner.settings;
  if (!servers.some(({ name }) => name === server)) return [];
  const token = owner.settings.token ?? (requireToken ? PLACEHOLDER : null);
  const { port } = addressOf(owner.state());
  // By its own address, which stays when another server becomes the default.
  const endpoints = [{ name: server, isDefault: false }];
  const request = { port, token, servers: endpoints, kind: 'endpoint', language, platform, shim } as const;
  const own = token === PLACEHOLDER ? made : null;
  const all = snippets(request).map(
    (one) => (one.client === own?.client ? snippetFor(one.client, { ...request, token: own.secret }) : null) ?? one,
  );
  const rank = ({ client }: Snippet): number => {
    const at = FIRST.indexOf(client);
    return at < 0 ? FIRST.length : at;
  };
  return all
    .toSorted((left, right) => rank(left) - rank(right))
    .map((snippet) => ({ snippet, isWhole: token !== PLACEHOLDER || !hasPlaceholder(snippet) }));
}

/** A program of ours finds a token by itself: nothing stands for one then. */
function hasPlaceholder({ text }: Snippet): boolean {
  return new RegExp(`\\b${PLACEHOLDER}\\b`).test(text);
}

function fieldsOf(snippet: Snippet, text: AppText): Connection['fields'] {
  if (snippet.format === 'fields') return snippet.forms[0] ?? [];
  return [{ label: text.settingsWindow.connecting.whole, value: snippet.text.trimEnd() }];
}
