/** A request of revision 2026-07-28 as a client without an SDK writes it, and its answer. */
export interface ModernCall {
  readonly method: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly id?: string | number;
  readonly capabilities?: object;
  readonly clientInfo?: object;
  /** Further members of `_meta`. */
  readonly meta?: Readonly<Record<string, unknown>>;
  /** Over the headers a client must send; null leaves one out. */
  readonly headers?: Readonly<Record<string, string | null>>;
  readonly signal?: AbortSignal;
}

const REVISION = '2026-07-28';

export function postModern(url: string, call: ModernCall): Promise<Response> {
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
  const body = JSON.stringify({ jsonrpc: '2.0', id, method, params: { ...params, _meta } });
  return fetch(url, { method: 'POST', headers, body, ...(call.signal ? { signal: call.signal } : {}) });
}
