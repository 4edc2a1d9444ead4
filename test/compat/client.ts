/** The answer to a request, as its JSON was. */
export interface Answer {
  readonly result?: unknown;
  readonly error?: unknown;
}

/** A request that was sent. */
export interface Sent {
  readonly answer: Promise<Answer>;
  /** Withdraws it in the way of the transport: `notifications/cancelled`, or the end of the response stream (2026-07-28). */
  cancel(): Promise<void>;
}

/** A client of one revision on one transport, with no capabilities and no SDK in it. Its first request has been answered. */
export interface CompatClient {
  /** What the server said of itself: the answer to `initialize`, or to `server/discover`. */
  readonly hello: Answer;
  /** The processes of the server that serve this client. */
  readonly pids: readonly number[];
  /** Rejects when the connection or the process ends first. */
  request(method: string, params?: object): Promise<Answer>;
  send(method: string, params?: object): Sent;
  /** Leaves as a client does. Resolves with how that was answered. */
  close(): Promise<string>;
}

/** One way to a server. */
export interface Route {
  readonly name: string;
  open(): Promise<CompatClient>;
}

export const LEGACY_REVISION = '2025-11-25';
export const MODERN_REVISION = '2026-07-28';
export const CLIENT_INFO = { name: 'compat', version: '1.0.0' };

/** How long an answer may take, in milliseconds: a large server starts in several seconds on a busy machine. */
export const PATIENCE = 45_000;

export const INITIALIZE = {
  protocolVersion: LEGACY_REVISION,
  capabilities: {},
  clientInfo: CLIENT_INFO,
} as const;

/** What each request of revision 2026-07-28 has in `_meta`. */
export const MODERN_META = {
  'io.modelcontextprotocol/protocolVersion': MODERN_REVISION,
  'io.modelcontextprotocol/clientCapabilities': {},
  'io.modelcontextprotocol/clientInfo': CLIENT_INFO,
} as const;

/** A message as far as a client looks into it. */
export interface Message extends Answer {
  readonly id?: unknown;
  readonly method?: string;
}

export function answerOf({ result, error }: Message): Answer {
  return error === undefined ? { result } : { error };
}

/** What a client without capabilities answers to a request of the server (2025-11-25, Ping). */
export function replyTo({ id, method }: Message): object {
  if (method === 'ping') return { jsonrpc: '2.0', id, result: {} };
  return { jsonrpc: '2.0', id, error: { code: -32601, message: `The client has no method ${method}` } };
}

/** Resolves like the promise, and rejects with `what` if that takes longer than the patience. */
export async function inTime<Value>(what: string, promise: Promise<Value>, patience = PATIENCE): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took longer than ${patience} ms`)), patience);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
