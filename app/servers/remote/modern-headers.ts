import { type Frame, memberOf, parsedJson } from '../../mcp/jsonrpc/index.ts';

/** Where a request names something, and the member that does (2026-07-28, basic/transports/streamable-http, Request Metadata). */
const NAMED: Readonly<Record<string, string>> = {
  'tools/call': 'name',
  'prompts/get': 'name',
  'resources/read': 'uri',
};

const PLAIN = /^[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?$/;
const ENCODED = /^=\?base64\?.*\?=$/;

/** The value of a mirrored header: as it is where a header can hold it, else as base64 in markers. */
export function headerValue(text: string): string {
  if (PLAIN.test(text) && !ENCODED.test(text)) return text;
  return `=?base64?${Buffer.from(text).toString('base64')}?=`;
}

/** The headers that repeat what a stateless request says in its body. */
export function modernFields(message: Frame, revision: string): readonly string[] {
  const version = ['MCP-Protocol-Version', revision];
  if (message.kind !== 'request') return version;
  const member = NAMED[message.method];
  const params = member === undefined ? undefined : memberOf(message.bytes, 'params');
  const name = params === undefined || member === undefined ? undefined : parsedJson(memberOf(params, member));
  const named = typeof name === 'string' ? ['Mcp-Name', headerValue(name)] : [];
  return [...version, 'Mcp-Method', message.method.replace(/[^\x21-\x7e]/g, '?'), ...named];
}
