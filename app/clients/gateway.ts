/** Where programs of this machine reach us. */
export interface Gateway {
  /** The port that is really bound. */
  readonly port: number;
  /** What is written into a file as our token; null when there is none to write. */
  readonly token: string | null;
  /** Whether a client that shows this as its token, or nothing, is refused. If left out, all that is not `token` is. */
  readonly refuses?: (shown: string) => boolean;
}

/** Whether a client that shows this to the port is refused. */
export function isRefused({ token = null, refuses }: Partial<Gateway>, shown: string): boolean {
  return refuses === undefined ? token !== null && shown !== token : refuses(shown);
}

/** A server of ours, as far as its addresses go. */
export interface Endpoint {
  /** As in `/servers/<name>/mcp`. */
  readonly name: string;
  /** Whether `/mcp` leads to it as well. */
  readonly isDefault: boolean;
}

/** Any password will do where no token is asked for; some programs send a user name only together with one. */
const NO_TOKEN = 'x';

/** The proxy's address, with a name in it that tells one server from another. */
export function proxyUrl({ port, token }: Gateway, label: string): string {
  return `http://${encodeURIComponent(label)}:${encodeURIComponent(token ?? NO_TOKEN)}@127.0.0.1:${port}`;
}

/** A server's Streamable HTTP address. Containers know this machine by another host. */
export function endpointUrl(port: number, { name, isDefault }: Endpoint, host = '127.0.0.1'): string {
  return `http://${host}:${port}${isDefault ? '' : `/servers/${encodeURIComponent(name)}`}/mcp`;
}

/** The name or title in a server's address; null where it is that of the default server. */
export function serverInUrl(url: string): string | null {
  const segment = /\/servers\/([^/]+)\//.exec(URL.parse(url)?.pathname ?? '')?.[1];
  return segment === undefined ? null : decoded(segment);
}

/** The name in our proxy's address; null when it is not our address, or has no name in it. */
export function labelIn(url: string, port: number): string | null {
  const parsed = leadsTo(url, port) ? URL.parse(url) : null;
  if (parsed === null || parsed.username === '') return null;
  return decoded(parsed.username);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A stray per cent sign, by somebody's hand: clients send it as it is written.
    return text;
  }
}

/** The password in our proxy's address; null when it is not our address, or has none. */
export function tokenIn(url: string, port: number): string | null {
  const parsed = leadsTo(url, port) ? URL.parse(url) : null;
  if (parsed === null || parsed.password === '') return null;
  return decoded(parsed.password);
}

/** Whether an address is our port on this machine. */
export function leadsTo(url: string, port: number): boolean {
  const parsed = URL.parse(url);
  if (parsed === null) return false;
  const isHere = /^(?:localhost|127(?:\.\d+){3}|\[::1\]|host\.docker\.internal)$/.test(parsed.hostname);
  return isHere && parsed.port === String(port);
}
