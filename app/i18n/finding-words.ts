/** What the sentences about a finding are made of. Empty where the facts hold nothing. */
export interface FindingFacts {
  /** `host:port`. */
  readonly target: string;
  readonly host: string;
  /** The address that was tried. */
  readonly address: string;
  /** Whether that is an address of this machine. */
  readonly isHere: boolean;
  /** Addresses of the target that did not answer, separated as the language does. */
  readonly unreached: string;
  /** `host:port` of this machine where a program listens that does not at the target's address. */
  readonly elsewhere: string;
  readonly errno: string;
  readonly milliseconds: number;
  readonly server: string;
  readonly client: string;
  readonly program: string;
  readonly runtime: string;
  readonly runtimeErrno: string;
  /** The file that the server runs as. */
  readonly interpreter: string;
  /** The client's own row under Local Network, where its permission counts for the servers it starts. */
  readonly clientRow: string;
  /** What the server may be called there, separated as the language does. */
  readonly rows: string;
  /** `host:port` of the gateway. */
  readonly gateway: string;
  readonly gatewayErrno: string;
  readonly holder: string;
  readonly freePort: number;
  readonly router: string;
  /** Names of filters and security products, separated as the language does. */
  readonly products: string;
  readonly vpns: string;
  readonly copies: readonly string[];
  readonly startedBy: string;
  readonly macosBefore: string;
  readonly macosNow: string;
  readonly tlsErrno: string;
  readonly subject: string;
  readonly issuer: string;
  readonly certificateNames: string;
  readonly validFrom: string;
  readonly validTo: string;
  /** Of a server with a URL, without the query. */
  readonly remoteUrl: string;
  /** A whole sentence of the instance that asked it: what happened, and what helps. */
  readonly remoteSaid: string;
  /** SHA-256 fingerprint, as `AA:BB:…`. */
  readonly remoteCertificate: string;
  readonly remoteRevision: string;
  readonly remoteTools: number;
  readonly variables: string;
}

/** A finding in words: what it is, why we think so, and what helps, in steps. */
export interface FindingWords {
  what(facts: FindingFacts): string;
  why(facts: FindingFacts): string;
  steps(facts: FindingFacts): readonly string[];
}

/** Keeps the names of the findings, which the other language has to match. */
export const findings = <Ids extends string>(
  words: Readonly<Record<Ids, FindingWords>>,
): Readonly<Record<Ids, FindingWords>> => words;

/** Whether a command is a path, and so is looked for in no folder but its own. */
export function isPath(program: string): boolean {
  return /[\\/]/.test(program);
}
