import { type EventReader, events, type Message } from './http-client.ts';

/** A request of revision 2026-07-28 as a client without an SDK writes it, and its answer. */
export interface ModernCall {
  readonly method: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly id?: string | number;
  /** JSON text in place of `id`. */
  readonly rawId?: string;
  readonly capabilities?: object;
  readonly clientInfo?: object;
  /** Further members of `_meta`. */
  readonly meta?: Readonly<Record<string, unknown>>;
  /** Over the headers a client must send; null leaves one out. */
  readonly headers?: Readonly<Record<string, string | null>>;
}

const REVISION = '2026-07-28';

export function postModern(url: string, call: ModernCall, signal: AbortSignal | null = null): Promise<Response> {
  return fetch(url, { method: 'POST', signal, ...written(call) });
}

function written(call: ModernCall): { readonly headers: Headers; readonly body: string } {
  const { method, params = {}, id = 1, capabilities = {}, clientInfo = { name: 'test', version: '1' } } = call;
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': REVISION,
    'io.modelcontextprotocol/clientCapabilities': capabilities,
    'io.modelcontextprotocol/clientInfo': clientInfo,
    ...call.meta,
  };
  const name = params['name'] ?? params['uri'];
  const headers = new Headers({
    'Content-Type': 'application/json',
    Accept: 'application/json, text/event-stream',
    'MCP-Protocol-Version': REVISION,
    'Mcp-Method': method,
    ...(typeof name === 'string' ? { 'Mcp-Name': name } : {}),
  });
  for (const [field, value] of Object.entries(call.headers ?? {})) {
    if (value === null) headers.delete(field);
    else headers.set(field, value);
  }
  const rest = JSON.stringify({ jsonrpc: '2.0', method, params: { ...params, _meta } });
  return { headers, body: `{"id":${call.rawId ?? JSON.stringify(id)},${rest.slice(1)}` };
}

/** The response in an answer, whether it came as JSON or at the end of a stream. */
export async function modernAnswer(url: string, call: ModernCall): Promise<Message> {
  const response = await postModern(`${url}/mcp`, call);
  const body = await response.text();
  if (response.headers.get('content-type') !== 'text/event-stream; charset=utf-8') return JSON.parse(body);
  const data = body.match(/^data: .*$/gm)?.at(-1) ?? '';
  return JSON.parse(data.slice('data: '.length));
}

/** The answer as the stream it is expected to be. */
export async function modernStream(url: string, call: ModernCall): Promise<EventReader> {
  const { body, headers } = written(call);
  return events(`${url}/mcp`, { method: 'POST', headers: Object.fromEntries(headers), body });
}
