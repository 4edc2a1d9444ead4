import { request } from 'node:http';

export interface PortProbe {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly token?: string | null;
  /**
   * Milliseconds in which this process runs: a pause of its event loop does not count, for the answer may have come meanwhile.
   * Gangway answers in one or two; a program that speaks no HTTP never does.
   */
  readonly timeout: number;
}

/** What listens on a port of this machine. */
export type Reply =
  /** A Gangway, with the page. */
  | { readonly kind: 'page'; readonly body: object }
  /** A Gangway that requires a token, and another one than was sent. */
  | { readonly kind: 'token-required' }
  /** Not a Gangway. A `silent` one said nothing in time, and may be one that is busy. */
  | { readonly kind: 'other-program'; readonly silent: boolean }
  /** No connection: `code` is the system's error, ETIMEDOUT where it took too long. */
  | { readonly kind: 'no-listener'; readonly code: string };

/** Characters: a snapshot of thousands of tunnels fits; an endless stream of another program is cut off. */
const BODY_LIMIT = 16 * 1024 * 1024;

/** Asks whatever listens at host:port for one of our pages. Never rejects. */
export function askGangway({ host, port, path, token = null, timeout }: PortProbe): Promise<Reply> {
  const patience = new AbortController();
  const ticks = countTicks(timeout, () => patience.abort());
  const asked = new Promise<Reply>((resolve) => {
    let connected = false;
    const failed = (error: NodeJS.ErrnoException) =>
      resolve(
        connected
          ? { kind: 'other-program', silent: outgoing.socket?.bytesRead === 0 }
          : { kind: 'no-listener', code: error.name === 'AbortError' ? 'ETIMEDOUT' : (error.code ?? 'UNKNOWN') },
      );
    const outgoing = request({
      host: reachable(host),
      port,
      path,
      agent: false,
      signal: patience.signal,
      headers: token === null ? {} : { authorization: `Bearer ${token}` },
    });
    outgoing.on('error', failed);
    outgoing.on('socket', (socket) => {
      socket.once('connect', () => {
        connected = true;
      });
    });
    outgoing.on('response', (incoming) => {
      let text = '';
      incoming.setEncoding('utf8');
      incoming.on('error', failed);
      incoming.on('data', (chunk: string) => {
        text += chunk;
        if (text.length > BODY_LIMIT) outgoing.destroy();
      });
      incoming.on('end', () => resolve(judge(incoming.statusCode, incoming.headers['www-authenticate'], text)));
    });
    outgoing.end();
  });
  return asked.finally(() => clearInterval(ticks));
}

const TICKS = 20;

/** Calls `late` after `timeout` milliseconds in ticks; a timer that fires late, after a pause of the event loop, is one tick. */
function countTicks(timeout: number, late: () => void): NodeJS.Timeout {
  let left = TICKS;
  return setInterval(() => {
    left -= 1;
    if (left === 0) late();
  }, timeout / TICKS);
}

function judge(status: number | undefined, challenge: string | undefined, text: string): Reply {
  if (status === 401 && challenge?.includes('realm="MCP Gangway"') === true) return { kind: 'token-required' };
  const body = status === 200 ? readObject(text) : null;
  const isOurs = body !== null && 'product' in body && body.product === 'mcp-gangway';
  return isOurs ? { kind: 'page', body } : { kind: 'other-program', silent: false };
}

function readObject(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' ? value : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Where to connect to a listener on `host`: the unspecified addresses are reached through loopback. */
export function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  return host === '::' ? '::1' : host;
}
