import type { CallContents, CallFacts } from '../../app/ipc/index.ts';

/** The request of a call as JSON-RPC; null where it is not kept whole, or holds what is hidden. */
export function requestText(contents: CallContents | null): string | null {
  const sent = contents?.sent ?? null;
  return sent === null || sent.isCut || sent.masked > 0 ? null : sent.text;
}

/**
 * The call as a command for a POSIX shell, to the endpoint for Streamable HTTP of its server, whatever way it came. Token and session are
 * variables of the shell: their values are in no copy.
 */
export function asCurl(call: CallFacts, request: string, origin: string, needsToken: boolean): string {
  const headers = ['Content-Type: application/json', 'Accept: application/json, text/event-stream'].map(quoted);
  if (needsToken) headers.push('"Authorization: Bearer $MCP_GANGWAY_TOKEN"');
  if (call.transport === 'stateless') headers.push(...statelessHeaders(call).map(quoted));
  else if (call.method !== 'initialize') headers.push('"Mcp-Session-Id: $MCP_SESSION_ID"');
  const url = `${origin}/servers/${encodeURIComponent(call.server)}/mcp`;
  const options = [...headers.map((header) => `-H ${header}`), `--data-binary ${quoted(request)}`];
  return [`curl -sS ${quoted(url)}`, ...options].join(' \\\n  ');
}

/** What a request without a session says in headers as well (MCP 2026-07-28, transports). */
function statelessHeaders({ method, target }: CallFacts): readonly string[] {
  const names = ['tools/call', 'prompts/get', 'resources/read'];
  return [
    'MCP-Protocol-Version: 2026-07-28',
    `Mcp-Method: ${method}`,
    ...(names.includes(method) ? [`Mcp-Name: ${target}`] : []),
  ];
}

/** One word of a POSIX shell (POSIX.1-2024, Shell Command Language 2.2.2): within single quotes nothing but the quote itself is special. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
