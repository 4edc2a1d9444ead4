import { request } from 'node:http';

export interface PortProbe {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly token?: string | null;
  /** Milliseconds. We answer in one or two; strangers that speak no HTTP never answer. */
  readonly timeout: number;
}

/** What came back from a port of this machine. */
export type Reply =
  /** One of us, with its page. */
  | { readonly kind: 'page'; readonly body: object }
  /** One of us, who wants to see the right token first. */
  | { readonly kind: 'token-required' }
  | { readonly kind: 'stranger' }
  | { readonly kind: 'nobody' };

/** Characters: a snapshot of thousands of tunnels fits; a stranger's endless stream is cut off. */
const BODY_LIMIT = 16 * 1024 * 1024;

/** Asks whatever listens at host:port for one of our pages. Never rejects. */
export function askGangway({ host, port, path, token = null, timeout }: PortProbe): Promise<Reply> {
  return new Promise((resolve) => {
    let connected = false;
    const failed = () => resolve({ kind: connected ? 'stranger' : 'nobody' });
    const outgoing = request({
      host: reachable(host),
      port,
      path,
      agent: false,
      signal: AbortSignal.timeout(timeout),
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
}

function judge(status: number | undefined, challenge: string | undefined, text: string): Reply {
  if (status === 401 && challenge?.includes('realm="MCP Gangway"') === true) return { kind: 'token-required' };
  const body = status === 200 ? readObject(text) : null;
  const isOurs = body !== null && 'product' in body && body.product === 'mcp-gangway';
  return isOurs ? { kind: 'page', body } : { kind: 'stranger' };
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

/** An address that means every interface is asked through loopback. */
export function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  return host === '::' ? '::1' : host;
}
