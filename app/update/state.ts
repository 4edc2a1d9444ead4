import type { Place } from './installation.ts';
import type { NoteLine } from './notes.ts';

/** A version that can be had. */
export interface Release {
  readonly version: string;
  /** What is new in it; empty when the feed does not say. */
  readonly notes: readonly NoteLine[];
}

/** How far an update is. */
export type UpdateState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'checking' }
  | { readonly kind: 'available'; readonly release: Release }
  | { readonly kind: 'downloading'; readonly release: Release; readonly percent: number }
  /** Put in place when the app quits. */
  | { readonly kind: 'ready'; readonly release: Release }
  | { readonly kind: 'installing'; readonly release: Release }
  /** Another program has put a newer version where the running one came from. */
  | { readonly kind: 'replaced'; readonly version: string };

/** What was tried, and why it failed. */
export interface UpdateFailure {
  readonly during: 'check' | 'download' | 'install';
  readonly reason: FailureReason;
  /** The error in one line, for people who help. */
  readonly detail: string;
  /** Whether a person had asked for it. */
  readonly asked: boolean;
}

/** What windows and the menu show of updates. */
export interface UpdateView {
  /** The version that runs. */
  readonly running: string;
  /** Whether this copy can look for newer versions at all. */
  readonly hasFeed: boolean;
  /** Whether there is a page where a person finds every version. */
  readonly hasPage: boolean;
  readonly state: UpdateState;
  readonly place: Place;
  /** When the feed last answered, in milliseconds since the epoch. */
  readonly checkedAt: number | null;
  readonly failure: UpdateFailure | null;
  /** Whether the person does not want to read of the available version any more. */
  readonly isDismissed: boolean;
}

/** What a person can do about updates. */
export type UpdateAction = 'check' | 'download' | 'cancel' | 'install' | 'dismiss';

/** Why something of an update has failed. */
export type FailureReason =
  | 'offline'
  | 'timeout'
  | 'redirects'
  | 'certificate'
  | 'interrupted'
  | 'server'
  | 'not-a-feed'
  | 'no-release'
  | 'no-file'
  | 'damaged'
  | 'signature'
  | 'read-only'
  | 'disk-full'
  | 'other';

/** An error that says its own reason. */
export class UpdateError extends Error {
  override readonly name = 'UpdateError';
  readonly reason: FailureReason;

  constructor(reason: FailureReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** By the code of an error, or where it has none by its message: electron-updater's, Chromium's (`net::ERR_…`), Node's, Squirrel's. */
const SIGNS: readonly (readonly [FailureReason, RegExp])[] = [
  ['redirects', /too many redirects/i],
  ['damaged', /ERR_CHECKSUM_MISMATCH|ERR_UPDATER_NO_CHECKSUM|checksum mismatch/],
  ['no-file', /ERR_UPDATER_ZIP_FILE_NOT_FOUND|ERR_UPDATER_NO_FILES_PROVIDED|^Cannot download .*status 4(?:04|10)\b/],
  [
    'no-release',
    /ERR_UPDATER_(?:CHANNEL_FILE_NOT_FOUND|NO_PUBLISHED_VERSIONS|LATEST_VERSION_NOT_FOUND)|HTTP_ERROR_404/,
  ],
  ['not-a-feed', /ERR_UPDATER_INVALID_(?:VERSION|UPDATE_INFO|RELEASE_FEED)|YAMLException/],
  ['server', /HTTP_ERROR_\d+|^Cannot download .*status \d+/],
  ['certificate', /net::ERR_CERT_|net::ERR_SSL_|CERT_|SELF_SIGNED|UNABLE_TO_(?:VERIFY|GET_ISSUER)/],
  ['timeout', /net::ERR_(?:CONNECTION_)?TIMED_OUT|ETIMEDOUT/],
  [
    'interrupted',
    /net::ERR_(?:CONNECTION_(?:CLOSED|RESET|ABORTED)|CONTENT_LENGTH_MISMATCH|INCOMPLETE_CHUNKED_ENCODING|NETWORK_CHANGED|HTTP2_|QUIC_|EMPTY_RESPONSE)|ECONNRESET|EPIPE|aborted/,
  ],
  [
    'offline',
    /net::ERR_(?:INTERNET_DISCONNECTED|NAME_NOT_RESOLVED|CONNECTION_REFUSED|ADDRESS_UNREACHABLE|PROXY_|TUNNEL_|NETWORK_)|ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|ECONNREFUSED/,
  ],
  ['disk-full', /ENOSPC|no space left/i],
  ['read-only', /EROFS|read-only (?:volume|file system)/i],
  ['signature', /code signature|did not pass validation|code requirement/i],
];

/** Why this error came about. */
export function reasonOf(error: unknown): FailureReason {
  if (error instanceof UpdateError) return error.reason;
  const { code, name, message } = Object(error) as Readonly<Record<string, unknown>>;
  const told = [code, name, message ?? error].map((part) => String(part ?? ''));
  return SIGNS.find(([, sign]) => told.some((part) => sign.test(part)))?.[0] ?? 'other';
}

/** The error in one line, for the log and behind the sentence that a person reads: of addresses only the host. */
export function detailOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const [line = ''] = message.split('\n', 1);
  return line.replace(/\b(https?:\/\/)(?:[^\s/@"']*@)?([^\s/"'?#]+)[^\s"']*/g, '$1$2').slice(0, 200);
}
