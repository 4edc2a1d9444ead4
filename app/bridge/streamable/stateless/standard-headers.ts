import type { IncomingHttpHeaders } from 'node:http';
import { isObject } from '../../../schema/index.ts';
import { decodeMirrored } from './sentinel.ts';

/** Which member of `params` the `Mcp-Name` header mirrors, for the methods that have one. */
const NAME_SOURCE = new Map<string, 'name' | 'uri'>([
  ['tools/call', 'name'],
  ['prompts/get', 'name'],
  ['resources/read', 'uri'],
]);

interface Mirrored {
  readonly method: string;
  readonly params: unknown;
  /** The revision that the body claims. */
  readonly revision: string;
}

/** What contradicts the body among the headers that are there; null when nothing does. Missing ones are not looked at. */
export function contradiction(headers: IncomingHttpHeaders, { method, revision }: Mirrored): string | null {
  const version = textOf(headers['mcp-protocol-version']);
  if (version !== undefined && version !== revision) {
    return `MCP-Protocol-Version says ${version}, the body says ${revision}`;
  }
  const named = textOf(headers['mcp-method']);
  if (named !== undefined && named !== method) return `Mcp-Method says ${named}, the body says ${method}`;
  return null;
}

/**
 * What is missing or wrong among the headers every modern request must carry: `MCP-Protocol-Version`, `Mcp-Method`, and
 * `Mcp-Name` where the method has a name or URI (2026-07-28, basic/transports/streamable-http, Server Validation).
 * Null when all is well. Names compare without case, values with it.
 */
export function standardHeaderFault(headers: IncomingHttpHeaders, mirrored: Mirrored): string | null {
  if (headers['mcp-protocol-version'] === undefined) return 'MCP-Protocol-Version is missing';
  if (headers['mcp-method'] === undefined) return 'Mcp-Method is missing';
  const wrong = contradiction(headers, mirrored);
  if (wrong !== null) return wrong;
  const source = NAME_SOURCE.get(mirrored.method);
  if (source === undefined || !isObject(mirrored.params)) return null;
  const value = mirrored.params[source];
  const header = textOf(headers['mcp-name']);
  if (header === undefined) return typeof value === 'string' ? 'Mcp-Name is missing' : null;
  const decoded = decodeMirrored(header);
  if (decoded === undefined) return 'Mcp-Name is not encoded as it must be';
  if (typeof value === 'string' && decoded !== value) return `Mcp-Name does not say the ${source} in the body`;
  return null;
}

/** Node joins repeated headers of these names with a comma, so a second one never matches the body. */
function textOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(', ') : header?.trim();
}
