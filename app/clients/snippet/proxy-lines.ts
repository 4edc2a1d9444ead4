import type { SnippetRequest } from './snippet.ts';

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
