import { type Endpoint, endpointUrl } from '../gateway.ts';
import type { DeepLink, SnippetId, SnippetRequest } from './snippet.ts';

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
