import type { ForwardSetting } from '../base/host.ts';
import type { LogLevel } from '../base/log.ts';
import type { Language } from '../i18n/index.ts';

export type { ForwardSetting } from '../base/host.ts';

/** One MCP server: a command that is run here, or a URL. In the words of the `mcpServers` files people already have. */
export type ServerSetting = ProgramSetting | RemoteSetting;

/** Whether a server is reached by a URL. */
export function isRemote(server: ServerSetting): server is RemoteSetting {
  return 'url' in server;
}

/**
 * Which of the things that a server lists are let through, by their own names, or URIs for resources: exact, or with `*` for any run of
 * characters and `?` for one. Case counts. A missing `allow` is all, an empty one is none; `deny` wins.
 */
export interface NameRules {
  readonly allow?: readonly string[];
  readonly deny?: readonly string[];
}

/** What of a server is let through. What is missing is let through as a whole. */
export interface ServerRules {
  readonly tools?: NameRules;
  readonly prompts?: NameRules;
  /** Templates count by their own text, and each URI that can be made of one by the rules for the URI and for the template. */
  readonly resources?: NameRules;
}

/**
 * A part of what is served, under an address of its own: `/set/NAME/mcp`. Servers that it does not name are not in it; what it lets
 * through of the others is bounded by their own rules.
 */
export interface SetSetting {
  /** Letters and digits, `-`, `_` and `.`; a path segment. No other set has it. */
  readonly name: string;
  readonly servers: Readonly<Record<string, ServerRules>>;
}

interface NamedServer extends ServerRules {
  /** Letters and digits of any script in lower case, `-`, `_` and `.`; a path segment: `/servers/<name>/mcp`. */
  readonly name: string;
  /** What its owner calls it, where that is not the name; it is found by both. */
  readonly title?: string;
  /** Before the names of its tools and prompts where it shares an address with others; from its name where it is missing, and may be empty. */
  readonly alias?: string;
  /** Which generation of MCP the server speaks; `auto` finds out when it first matters. */
  readonly era: 'auto' | 'legacy' | 'dual' | 'modern';
  /** What happens to a tool that is new or has changed: it is shown, or kept from clients until it is approved. Missing is `notice`. */
  readonly changes?: (typeof CHANGE_MODES)[number];
}

export const CHANGE_MODES = ['notice', 'hold'] as const;

/** A server that is reached over HTTP. */
export interface RemoteSetting extends NamedServer {
  /** http or https, without credentials and fragment. */
  readonly url: string;
  /** `sse` is HTTP+SSE (2024-11-05); `auto` finds out. */
  readonly transport: 'auto' | 'streamable' | 'sse';
  /** Sent with every request to that origin, and shown nowhere. */
  readonly headers: Readonly<Record<string, string>>;
  /** How to sign in where the server asks for it; `false` never does. Found out where it is missing. */
  readonly oauth?: OAuthSetting | false;
  readonly tls?: TlsSetting;
  /** Whether clients on other machines may use it although it acts for its owner, by credentials; missing is no. */
  readonly lanCredentials?: boolean;
}

export const GRANT_TYPES = ['authorization_code', 'device_code', 'client_credentials'] as const;

/** What a person has to say about the sign-in to a server (OAuth 2.1 as MCP has it). What is missing is found out. */
export interface OAuthSetting {
  /** As registered with the authorization server beforehand. */
  readonly clientId?: string;
  readonly clientSecret?: string;
  /** Scopes, separated by spaces, in place of those the server asks for. */
  readonly scope?: string;
  /** The `resource` parameter (RFC 8707), byte for byte; `false` sends none. */
  readonly resource?: string | false;
  /** Further parameters of the authorization request, such as `access_type`. */
  readonly authorizeParams?: Readonly<Record<string, string>>;
  /** Where the authorization server's metadata is, if the server does not say so. */
  readonly authServerMetadataUrl?: string;
  /** The client id metadata document that describes us, which is also the client id. */
  readonly clientMetadataUrl?: string;
  readonly grantType?: (typeof GRANT_TYPES)[number];
  /** The host of the address that the browser comes back to; some servers take only one of the two. */
  readonly callbackHost?: '127.0.0.1' | 'localhost';
}

/** How the certificates of both ends of a TLS connection are judged. Files are in PEM, by their absolute paths. */
export interface TlsSetting {
  /** Certificates that are trusted besides those of the system. */
  readonly ca?: string;
  /** Our own certificate, for a server that asks for one, and its key. */
  readonly cert?: string;
  readonly key?: string;
  /** SHA-256 of the one certificate that is trusted, in hex: lower case, 64 digits. */
  readonly fingerprint?: string;
}

/** A server that is a process of ours, spoken to over stdin and stdout. */
export interface ProgramSetting extends NamedServer {
  readonly command: string;
  readonly args: readonly string[];
  /** Added to, and winning over, our own environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Working directory; null is ours. */
  readonly cwd: string | null;
  /** Keeps one un-initialized child ready, so that a new session need not wait for the spawn. */
  readonly spare: boolean;
}

/** Servers that are reached together at one address: `/groups/<name>/mcp`. */
export interface GroupSetting {
  /** As the name of a server; `all` is every server, at `/all/mcp`, and no name of a group. */
  readonly name: string;
  /** Names of servers, in the order of their lists. One that is not set up is left out. */
  readonly servers: readonly string[];
}

/** A token by which a client is known. The token itself is kept nowhere. */
export interface TokenSetting {
  /** By which its bearer is seen; no other token has it. Letters, digits, `-`, `_` and `.`. */
  readonly name: string;
  /** SHA-256 of the token, in hex: lower case, 64 digits. */
  readonly hash: string;
  /** Milliseconds since the epoch. */
  readonly created: number;
  /** The client on this machine that it was made for and written into; null for one that a person made. */
  readonly client: string | null;
  /** The set that its bearer gets, whatever the address; missing is all. */
  readonly set?: string;
}

/** Limits that keep one client or child from exhausting the machine. */
export interface Limits {
  /** Bytes of one request body and of one line of a child. */
  readonly messageBytes: number;
  readonly sessions: number;
  /** Milliseconds a session without an open stream or request is kept: its client may send the next call later. */
  readonly sessionIdle: number;
  readonly children: number;
  /** Calls that wait for a person's answer (sampling, elicitation) at one time. */
  readonly parkedCalls: number;
  /** Bytes kept per session so that a broken stream can be resumed. */
  readonly replayBytes: number;
}

/** Everything a person can set. The engine owns it; the other rooms get the part they need. */
export interface Settings {
  /** The one port, 1 to 65535; 0 lets the system choose (tests). */
  readonly port: number;
  /** Address to listen on. `127.0.0.1` also takes `::1` where there is one. Anything beyond loopback needs a token. */
  readonly host: string;
  /** One token for all. When set, every client must show it or a named one: Proxy-Authorization, SOCKS password or Bearer. */
  readonly token: string | null;
  /** Named tokens, by which clients are distinguished. */
  readonly tokens: readonly TokenSetting[];
  /** Whether clients on this machine must show a token. Those on other machines always must. */
  readonly requireToken: boolean;
  /** Whether the clients of a reverse proxy need no token, because it checks itself who comes in. */
  readonly trustReverseProxy: boolean;
  /** Whether clients on other machines may reach this machine itself through the proxy: loopback and its own addresses. */
  readonly lanLoopback: boolean;
  /** Whether they may reach the TCP forwards through the proxy. */
  readonly lanForwards: boolean;
  /** Web origins that may talk to the MCP endpoints, exactly as browsers send them. */
  readonly allowedOrigins: readonly string[];
  /** Host names, besides loopback and our own addresses, that origin-form requests may carry. */
  readonly allowedHosts: readonly string[];
  /** Ports that CONNECT, SOCKS and absolute-form requests may not reach. */
  readonly deniedPorts: readonly number[];
  /** A parent proxy, `http://user:password@host:port` or https, for networks with no other way out. */
  readonly upstream: string | null;
  /** Targets reached directly although there is a parent, in NO_PROXY notation. */
  readonly noProxy: string;
  readonly forwards: readonly ForwardSetting[];
  readonly servers: readonly ServerSetting[];
  /** Name of the server behind `/sse`, `/messages` and `/mcp`; null when there is none. */
  readonly defaultServer: string | null;
  readonly groups: readonly GroupSetting[];
  /** Characters of a tool's name at an address that servers share, its server's alias included: clients add a name of their own. */
  readonly toolNameLength: number;
  /** Parts of what is served, each under an address of its own. */
  readonly sets: readonly SetSetting[];
  /** Names of servers whose messages are kept in memory, for Activity: what they say, without secrets where it is shown. */
  readonly recordContents: readonly string[];
  readonly limits: Limits;
  readonly logLevel: LogLevel;
  readonly language: Language;
}

export const MEBIBYTE = 1024 * 1024;

export const DEFAULT_SETTINGS: Settings = {
  port: 28080,
  host: '127.0.0.1',
  token: null,
  tokens: [],
  requireToken: false,
  trustReverseProxy: false,
  lanLoopback: false,
  lanForwards: false,
  allowedOrigins: [],
  allowedHosts: [],
  deniedPorts: [],
  upstream: null,
  noProxy: '',
  forwards: [],
  servers: [],
  defaultServer: null,
  groups: [],
  toolNameLength: 50,
  sets: [],
  recordContents: [],
  limits: {
    messageBytes: 64 * MEBIBYTE,
    sessions: 256,
    sessionIdle: 300_000,
    children: 512,
    parkedCalls: 256,
    replayBytes: MEBIBYTE,
  },
  logLevel: 'info',
  language: 'en',
};

/**
 * Names of the servers whose authorization servers have been told by hand which address a browser comes back to, with our port in it: as
 * that of a registered client, or in a metadata document of its owner. Any other sign-in is registered anew on another port.
 */
export function boundToPort(servers: readonly ServerSetting[]): readonly string[] {
  return servers.flatMap((server) => {
    if (!isRemote(server) || server.oauth === undefined || server.oauth === false) return [];
    const { clientId, clientMetadataUrl, grantType = 'authorization_code' } = server.oauth;
    const isTold = clientId !== undefined || clientMetadataUrl !== undefined;
    return isTold && grantType === 'authorization_code' ? [server.name] : [];
  });
}
