import { enumeration, integer, list, nullable, object, readLeniently, text } from '../../../base/schema/index.ts';

/** How a client shows who it is at the token endpoint (RFC 7591 section 2). */
export const CLIENT_METHODS = ['none', 'client_secret_basic', 'client_secret_post'] as const;
export type ClientMethod = (typeof CLIENT_METHODS)[number];

/** What we are to one authorization server. */
export interface OAuthClient {
  readonly id: string;
  readonly secret: string | null;
  readonly method: ClientMethod;
}

/** A client that an authorization server has made for us (RFC 7591). It is that server's alone. */
export interface Registration extends OAuthClient {
  readonly issuer: string;
  readonly redirectUri: string;
  /** Milliseconds since the epoch; null for one that does not expire. */
  readonly expiresAt: number | null;
}

/** The sign-in to one server. It outlives its tokens, so that a client is not shown to another issuer later. */
export interface Grant {
  /** The name of the server, and where it is: a token goes nowhere else. */
  readonly server: string;
  readonly url: string;
  readonly issuer: string;
  /** The secret is null for one that the settings hold. */
  readonly client: OAuthClient;
  /** Byte for byte as it was asked for; null when none was. */
  readonly resource: string | null;
  readonly scope: string;
  readonly accessToken: string | null;
  readonly refreshToken: string | null;
  /** Milliseconds since the epoch; null when that is not known. */
  readonly expiresAt: number | null;
  /** Seconds that it was valid for; 0 when that is not known. */
  readonly lifetime: number;
  readonly tokenEndpoint: string;
  readonly revocationEndpoint: string | null;
}

/** Everything that is kept of sign-ins. */
export interface StoredSignIns {
  readonly registrations: readonly Registration[];
  readonly grants: readonly Grant[];
  /** Issuers that may be used although they do not announce PKCE: a person has said so. */
  readonly accepted: readonly string[];
}

export const NO_SIGN_INS: StoredSignIns = { registrations: [], grants: [], accepted: [] };

/** Where sign-ins outlive a process. */
export interface SignInStore {
  /** Rejects with SignInError when what is kept cannot be read. */
  read(): Promise<StoredSignIns>;
  /** Replaces what is kept, in one step, and gives it back. Rejects with SignInError; what was kept stays then. */
  change(edit: (kept: StoredSignIns) => StoredSignIns): Promise<StoredSignIns>;
  /** Runs `renew` while no other process renews the tokens of the same server: a refresh token that is shown twice may end all of them. */
  alone<Result>(grant: Pick<Grant, 'server' | 'url'>, renew: () => Promise<Result>): Promise<Result>;
}

/** Sign-ins that are gone with the process. */
export function memorySignIns(): SignInStore {
  let kept = NO_SIGN_INS;
  return {
    read: async () => kept,
    async change(edit) {
      kept = edit(kept);
      return kept;
    },
    alone: (_, renew) => renew(),
  };
}

export function grantOf(kept: StoredSignIns, server: string, url: string): Grant | null {
  return kept.grants.find((grant) => grant.server === server && grant.url === url) ?? null;
}

export function withGrant(kept: StoredSignIns, grant: Grant): StoredSignIns {
  return { ...kept, grants: [...withoutGrant(kept, grant.server, grant.url).grants, grant] };
}

export function withoutGrant(kept: StoredSignIns, server: string, url: string): StoredSignIns {
  return { ...kept, grants: kept.grants.filter((grant) => grant.server !== server || grant.url !== url) };
}

/** Without the client that an authorization server does not know any more. */
export function withoutRegistration(
  kept: StoredSignIns,
  { issuer, client }: Pick<Grant, 'issuer' | 'client'>,
): StoredSignIns {
  const registrations = kept.registrations.filter((one) => one.issuer !== issuer || one.id !== client.id);
  return { ...kept, registrations };
}

/** Milliseconds before its end at which a token is renewed, or a tenth of its life where that is less. */
const AHEAD = 60_000;

/** Whether the access token is near its end. An end further away than the token ever lived says that the clock was set back. */
export function isDue({ expiresAt, lifetime }: Grant, now: number): boolean {
  if (expiresAt === null) return false;
  const left = expiresAt - now;
  return left < Math.min(AHEAD, lifetime * 100) || left > lifetime * 1000 + AHEAD;
}

export function isOver({ expiresAt }: Grant, now: number): boolean {
  return expiresAt !== null && expiresAt <= now;
}

const word = text({ max: 65_536 });
const moment = nullable(integer({ min: 0, max: Number.MAX_SAFE_INTEGER }));
const client = { id: word, secret: nullable(word), method: enumeration(CLIENT_METHODS) } as const;

const storedSchema = object<StoredSignIns>({
  registrations: list(object<Registration>({ ...client, issuer: word, redirectUri: word, expiresAt: moment }), 1024),
  grants: list(
    object<Grant>({
      server: word,
      url: word,
      issuer: word,
      client: object<OAuthClient>(client),
      resource: nullable(word),
      scope: word,
      accessToken: nullable(word),
      refreshToken: nullable(word),
      expiresAt: moment,
      lifetime: integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
      tokenEndpoint: word,
      revocationEndpoint: nullable(word),
    }),
    1024,
  ),
  accepted: list(word, 1024),
});

/** As far as this version knows what is in it: a newer one may have written it. */
export function readStored(value: unknown): StoredSignIns {
  return readLeniently(storedSchema, value);
}
