import type { Target } from '../base/address.ts';
import type { RemoteTrial } from '../servers/index.ts';

/** What a probe is given. */
export interface ProbeContext {
  readonly question: DoctorRequest;
  /** Aborted when the person stops the run, or when it has taken too long. */
  readonly signal: AbortSignal;
  /** What another probe has seen; starts it if it has not been started. */
  seen<Name extends ProbeName>(name: Name): Promise<Observed<ProbeResults[Name]>>;
}

/** Looks at one thing, within seconds. What goes wrong while it looks may be thrown: it becomes `unknown`. */
export type Probe<Value> = (environment: ProbeContext) => Observed<Value> | Promise<Observed<Value>>;

export type Probes = { readonly [Name in ProbeName]: Probe<ProbeResults[Name]> };

/** What became of one look at the machine or the network. */
export type Observed<Value> =
  | { readonly state: 'seen'; readonly value: Value }
  /** There is nothing of this kind here: another system, or nothing that it depends on. */
  | { readonly state: 'not-applicable' }
  /** It could not be found out; `reason` is an errno, an exit status or `timeout`. */
  | { readonly state: 'unknown'; readonly reason: string }
  /** The person stopped the run first. */
  | { readonly state: 'stopped' };

export const NOT_APPLICABLE = { state: 'not-applicable' } as const satisfies Observed<never>;

export function seen<Value>(value: Value): Observed<Value> {
  return { state: 'seen', value };
}

export function unknown(reason: string): Observed<never> {
  return { state: 'unknown', reason };
}

/** The value, where one was seen. */
export function observedValue<Value>(observed: Observed<Value>): Value | null {
  return observed.state === 'seen' ? observed.value : null;
}

/** One attempt to connect. `errno` and the time together tell causes apart; either alone does not. */
export interface Attempt {
  readonly outcome: 'connected' | 'failed' | 'timed-out';
  /** The system's name for what went wrong, `EHOSTUNREACH` for example; null when nothing did, or nothing came back. */
  readonly errno: string | null;
  /** Milliseconds. */
  readonly elapsedMs: number;
}

export interface Names {
  readonly addresses: readonly { readonly address: string; readonly family: 4 | 6 }[];
  readonly errno: string | null;
  readonly elapsedMs: number;
}

/** How packets to an address leave this machine. */
export interface Way {
  /** `tunnel` is a VPN's interface. */
  readonly kind: 'this-machine' | 'on-link' | 'routed' | 'tunnel';
  readonly interface: string | null;
  /** The router on the way; null when there is none or it was not told. */
  readonly router: string | null;
}

/** One address of the target, tried from our own process. */
export interface AddressFacts extends Attempt {
  readonly address: string;
  readonly way: Way;
  /** An error within milliseconds is tried again: macOS may refuse while its own question is still open. */
  readonly tries: number;
}

/** One address of this machine beside those of the target. */
export interface LoopbackAttempt extends Attempt {
  readonly address: string;
}

export interface TlsFacts {
  readonly outcome: 'secured' | 'failed';
  /** There is no secure connection, and a request without TLS was answered. */
  readonly http?: true;
  /** OpenSSL's or the system's code when there is no secure connection. */
  readonly errno: string | null;
  readonly elapsedMs: number;
  readonly protocol: string | null;
  readonly certificate: CertificateFacts | null;
}

export interface CertificateFacts {
  readonly subject: string;
  readonly issuer: string;
  /** Names and addresses it is for. */
  readonly names: readonly string[];
  /** ISO 8601. */
  readonly validFrom: string;
  readonly validTo: string;
  readonly verdict: 'trusted' | 'self-signed' | 'unknown-issuer' | 'expired' | 'not-yet-valid' | 'wrong-name' | 'other';
}

export type GatewayFacts =
  | {
      readonly kind: 'running';
      readonly port: number;
      readonly version: string;
      readonly pid: number;
      /** Null when it did not tell: the token was missing. */
      readonly carried: { readonly tunnels: number; readonly requests: number; readonly failures: number } | null;
    }
  | { readonly kind: 'token-required'; readonly port: number }
  /** Another program has the port. */
  | {
      readonly kind: 'stranger';
      readonly port: number;
      readonly holder: string | null;
      readonly pid: number | null;
      /** One that is free just now. */
      readonly free: number;
    }
  | { readonly kind: 'off'; readonly port: number };

/** The answer to a CONNECT through the gateway. */
export interface GatewayAttempt {
  /** Null when the gateway itself did not answer. */
  readonly status: number | null;
  /** Error type of Proxy-Status (RFC 9209). */
  readonly error: string | null;
  /** Its `details`: the errno the gateway met. */
  readonly errno: string | null;
  readonly elapsedMs: number;
}

/** The target, tried by a program of the kind a server runs on. */
export interface RuntimeAttempt extends Attempt {
  readonly runtime: RuntimeName;
  /** The program that was started. */
  readonly file: string;
}

export type RuntimeName = 'node' | 'python' | 'bun' | 'deno';

export interface ServerFacts {
  readonly name: string;
  /** The client whose file it stands in; null when Gangway runs it. */
  readonly client: string | null;
  /** The program without its arguments: those may hold secrets. */
  readonly program: string;
  readonly runtime: string;
  /** Where the program was found on the PATH of children; null when it was not. */
  readonly file: string | null;
  readonly mode: 'off' | 'through' | 'run';
  /** Where Gangway reaches it, without the query; left out for a program. `program`, `runtime` and `file` are empty where it is given. */
  readonly url?: string;
}

export interface LaunchFacts {
  /** Which kind of program is responsible for us in the eyes of the system. */
  readonly kind: 'app' | 'terminal' | 'ssh' | 'other-app' | 'service' | 'unknown';
  /** The bundle id or name of what started us, where it can be told. */
  readonly by: string | null;
  /** Runs as root, whom macOS never asks. */
  readonly root: boolean;
}

/** What is known of macOS's Local Network permission; there is no way to ask the system. */
export type Permission = 'not-asked' | 'asked' | 'granted' | 'denied' | 'stale';

export interface ExtensionFacts {
  readonly bundleId: string;
  readonly name: string;
  readonly team: string;
  readonly version: string;
  /** As the system writes it: `activated enabled`, `activated waiting for user`. */
  readonly state: string;
  readonly enabled: boolean;
}

export interface FilterFacts {
  /** Content filters attached to the network stack. */
  readonly filters: number;
  /** Sockets they look at. */
  readonly sockets: number | null;
}

export interface VpnFacts {
  readonly services: readonly { readonly name: string; readonly kind: string; readonly connected: boolean }[];
  /** Tunnel interfaces that carry addresses of their own. */
  readonly tunnels: readonly { readonly interface: string; readonly addresses: readonly string[] }[];
}

export interface BundleFacts {
  readonly path: string;
  readonly identifier: string | null;
  readonly team: string | null;
  readonly signature: 'developer-id' | 'ad-hoc' | 'none' | 'other';
  /** LC_UUID of the program, one for each architecture. */
  readonly uuids: readonly string[];
  /** Whether that is the one made for this app, and not the one Electron brings. */
  readonly ownUuid: boolean;
  /** Runs from a quarantined place that changes with each start. */
  readonly translocated: boolean;
}

/** The program that a server runs as, by which macOS may list it under Local Network. */
export interface InterpreterFacts {
  /** With its links followed: the file whose name System Settings shows. */
  readonly file: string;
  readonly identifier: string | null;
  readonly team: string | null;
  readonly signature: BundleFacts['signature'];
}

export interface PathFacts {
  readonly folders: readonly string[];
  /** Whether a login shell had to be asked. */
  readonly fromShell: boolean;
  /** The usual launchers, and where they were found. */
  readonly commands: readonly { readonly name: string; readonly file: string | null }[];
}

export interface ProxyVariable {
  readonly name: string;
  /** Whether it names this very gateway. Its value is not kept: it may hold a password. */
  readonly leadsHere: boolean;
}

/** The state when a machine on the local network was last reached. */
export interface LastGood {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly macos: string | null;
}

/** Everything that can be looked at, by the name of the probe that looks. */
export interface ProbeResults {
  readonly names: Names;
  readonly connect: readonly AddressFacts[];
  /** Loopback addresses that the target does not name, where it is this machine and refuses. */
  readonly loopback: readonly LoopbackAttempt[];
  readonly tls: TlsFacts;
  /** The server with a URL that is asked about, asked by the running instance as a client would. */
  readonly remote: RemoteTrial;
  readonly gateway: GatewayFacts;
  readonly throughGateway: GatewayAttempt;
  readonly server: ServerFacts;
  readonly runtime: readonly RuntimeAttempt[];
  readonly interpreter: InterpreterFacts;
  /** Apple's own nc, which macOS exempts from its rules. */
  readonly appleTool: Attempt;
  readonly router: Attempt & { readonly address: string };
  readonly launch: LaunchFacts;
  readonly permission: Permission;
  readonly macos: { readonly version: string; readonly build: string };
  readonly extensions: readonly ExtensionFacts[];
  readonly filters: FilterFacts;
  readonly vpns: VpnFacts;
  readonly bundle: BundleFacts;
  readonly copies: readonly string[];
  readonly path: PathFacts;
  readonly proxyVariables: readonly ProxyVariable[];
  readonly lastGood: LastGood;
}

export type ProbeName = keyof ProbeResults;

/** What the person asked. */
export interface DoctorRequest {
  readonly target: Target | null;
  /** Whether to try a TLS handshake. */
  readonly tls: boolean;
  /** What is to be spoken there, as far as it was written. */
  readonly scheme?: 'http' | 'https';
  /** Name of the server it is about; null when it is about none. */
  readonly server: string | null;
  /** The errno that the server or its client reports; null when none was given. */
  readonly reported: string | null;
}

/** All that one run has found out. Plain data: it is stored, shown and sent as it is. */
export interface Facts {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly tookMs: number;
  readonly version: string;
  readonly platform: NodeJS.Platform;
  readonly release: string;
  readonly question: DoctorRequest;
  readonly seen: { readonly [Name in ProbeName]: Observed<ProbeResults[Name]> };
}
