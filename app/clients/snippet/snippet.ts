import type { Language } from '../../i18n/index.ts';
import { type Endpoint, endpointUrl } from '../our-addresses.ts';
import type { PlanEnvironment } from '../plan/record.ts';
import type { ClientId } from '../table/client.ts';

interface Target {
  readonly name: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>> | undefined;
}

/** Each client's own link, after its documentation; Goose's and Chatbox's after the code that reads them. */
const LINKS: Partial<Readonly<Record<SnippetId, (target: Target) => string>>> = {
  cursor: ({ name, ...server }) =>
    `cursor://anysphere.cursor-deeplink/mcp/install?name=${encodeURIComponent(name)}&config=${base64(server)}`,
  vscode: ({ name, ...server }) =>
    `vscode:mcp/install?${encodeURIComponent(JSON.stringify({ name, type: 'http', ...server }))}`,
  'lm-studio': ({ name, ...server }) => `lmstudio://add_mcp?name=${encodeURIComponent(name)}&config=${base64(server)}`,
  goose: ({ name, url, headers = {} }) => {
    // It decodes the value of a header once more than the rest.
    const fields = Object.entries(headers).map(([key, value]) => ['header', `${key}=${encodeURIComponent(value)}`]);
    return `goose://extension?${query([['type', 'streamable_http'], ['url', url], ['id', name], ['name', name], ...fields])}`;
  },
  chatbox: (target) => `chatbox://mcp/install?server=${base64(target)}`,
};

/** Links for the servers, none where the client knows no links. */
export function deepLinks(
  client: SnippetId,
  { port, token, kind }: SnippetRequest,
  servers: readonly Endpoint[],
): DeepLink[] {
  const link = LINKS[client];
  if (link === undefined || kind === 'proxy') return [];
  const headers = token === null ? undefined : { Authorization: `Bearer ${token}` };
  return servers.map((server) => {
    return { server: server.name, url: link({ name: server.name, url: endpointUrl(port, server), headers }) };
  });
}

function base64(value: unknown): string {
  return encodeURIComponent(Buffer.from(JSON.stringify(value), 'utf8').toString('base64'));
}

/** Spaces as %20, which every reader understands. */
function query(pairs: readonly (readonly (string | undefined)[])[]): string {
  return pairs.map(([key = '', value = '']) => `${key}=${encodeURIComponent(value)}`).join('&');
}

/** What stands for the parts only the person knows. */
export const PLACEHOLDER = { server: 'your-server', command: 'your-command', image: 'your-image' } as const;

/** This machine's name in a container. */
export const CONTAINER_HOST = 'host.docker.internal';

/** The default server's address also serves whatever is set up later. */
export function withFallback(servers: readonly Endpoint[]): readonly Endpoint[] {
  return servers.length > 0 ? servers : [{ name: 'gangway', isDefault: true }];
}

/** Sentences one after the other; Chinese sets no spaces between them. */
export function joined(sentences: readonly string[], language: Language): string {
  return sentences.join(language === 'zh-Hant' ? '' : ' ');
}

export type SnippetId =
  | ClientId
  | 'claude-code-command'
  | 'chatbox'
  | 'open-webui'
  | 'posix'
  | 'fish'
  | 'powershell'
  | 'docker';

/** What a snippet is made from. */
export interface SnippetRequest {
  /** The port that is really bound. */
  readonly port: number;
  readonly token: string | null;
  readonly servers: readonly Endpoint[];
  /** `proxy` sends the servers a client has through us, `endpoint` lets the client use the servers we have. */
  readonly kind: 'proxy' | 'endpoint';
  readonly language: Language;
  readonly platform: NodeJS.Platform;
  /** The program that connects a client's stdio to a server of ours; the server's name is added to `args`. */
  readonly shim: PlanEnvironment['shim'];
}

/** A link that opens the client and offers it one server. */
export interface DeepLink {
  readonly server: string;
  readonly url: string;
}

/** One line of a form that has to be filled in by hand. */
export interface Field {
  readonly label: string;
  readonly value: string;
}

interface Described {
  readonly client: SnippetId;
  readonly title: string;
  /** Which file or which menu, in words. */
  readonly where: string;
  readonly note: string | null;
  readonly deepLinks: readonly DeepLink[];
  /** What goes to the clipboard. */
  readonly text: string;
}

export type Snippet =
  | (Described & { readonly format: 'json' | 'toml' | 'yaml' | 'shell' })
  /** One form for each server. */
  | (Described & { readonly format: 'fields'; readonly forms: readonly (readonly Field[])[] });
