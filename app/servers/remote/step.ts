import type { RemoteEnd, RemoteFault } from './end.ts';
import { isUnknownAuthority } from './tls.ts';

/** What stands between us and the tools of a remote server, in the order in which it is met with. */
const REMOTE_STEPS = ['name', 'route', 'permission', 'tls', 'http', 'sign-in', 'initialize', 'tools'] as const;
export type RemoteStep = (typeof REMOTE_STEPS)[number];

/** What stands at a step, where the step alone does not tell what helps. */
export type RemoteCause =
  | 'certificate-changed'
  /** Of an authority that is not known: a person may trust the certificate itself. */
  | 'certificate-unknown'
  | 'certificate-refused'
  /** A file that the settings name cannot be read. */
  | 'certificate-file'
  /** No MCP is spoken at this path: 404, 405, 410, or a page in place of a message. */
  | 'wrong-path'
  | 'redirect'
  | 'sign-in-needed'
  | 'sign-in-ended'
  | 'scope-missing'
  /** The Authorization of the settings is refused. */
  | 'credentials-refused'
  | 'forbidden'
  /** The authorization server does not renew the sign-in for now. */
  | 'sign-in-unavailable';

/** How far an attempt at a remote server came. */
export interface RemoteFailure {
  /** What it did not get past. */
  readonly step: RemoteStep;
  /** SHA-256 of a certificate that a person may trust by a click, as `AA:BB:…`; null when that would not help. */
  readonly certificate: string | null;
  /** Whether another certificate has been trusted so far. */
  readonly isChanged: boolean;
  readonly cause: RemoteCause | null;
  /** The HTTP status that it answered with; null where that is not what stopped us. */
  readonly status: number | null;
}

/** How far a session came that ended so; `stage` is what it was asked last. Null where it was ended from here. */
export function remoteFailure(end: RemoteEnd, stage: 'initialize' | 'tools'): RemoteFailure | null {
  return end.kind === 'closed' || end.asked ? null : failureBy(end.fault, stage);
}

/** How far a session came whose last request met with this fault. */
export function failureBy(fault: RemoteFault, stage: 'initialize' | 'tools'): RemoteFailure {
  return {
    step: stepOf(fault, stage),
    certificate: certificateIn(fault),
    isChanged: fault.kind === 'other-certificate',
    cause: causeOf(fault),
    status: fault.kind === 'status' ? fault.status : null,
  };
}

/** Statuses of RFC 9110 sections 15.5.5, 15.5.6 and 15.5.11: there is nothing to talk to under this path. */
const NOTHING_THERE: ReadonlySet<number> = new Set([404, 405, 410]);

function causeOf(fault: RemoteFault): RemoteCause | null {
  switch (fault.kind) {
    case 'other-certificate':
      return 'certificate-changed';
    case 'tls':
      return isUnknownAuthority(fault) ? 'certificate-unknown' : 'certificate-refused';
    case 'tls-file':
      return 'certificate-file';
    case 'not-mcp':
      return 'wrong-path';
    case 'redirect':
      return 'redirect';
    case 'sign-in':
      return 'sign-in-unavailable';
    case 'status':
      return causeOfStatus(fault);
    default:
      return null;
  }
}

function causeOfStatus({ status, shown, signIn }: Extract<RemoteFault, { kind: 'status' }>): RemoteCause | null {
  if (NOTHING_THERE.has(status)) return 'wrong-path';
  if (status !== 401 && status !== 403) return null;
  if (shown) return 'credentials-refused';
  if (signIn === 'again') return 'sign-in-ended';
  if (signIn === 'scope') return 'scope-missing';
  return signIn === 'needed' || status === 401 ? 'sign-in-needed' : 'forbidden';
}

function stepOf(fault: RemoteFault, stage: 'initialize' | 'tools'): RemoteStep {
  switch (fault.kind) {
    case 'dial':
      return dialStep(fault);
    case 'tls':
    case 'other-certificate':
    case 'tls-file':
      return 'tls';
    case 'status':
      return fault.status === 401 || fault.status === 403 ? 'sign-in' : 'http';
    case 'sign-in':
      return 'sign-in';
    case 'circle':
    case 'broken-off':
    case 'bad-answer':
    case 'redirect':
    case 'not-mcp':
    case 'compressed':
    case 'not-decodable':
      return 'http';
    case 'no-endpoint':
    case 'foreign-endpoint':
    case 'unanswered':
    case 'cut':
    case 'session-lost':
    case 'network-left':
    case 'silent':
    case 'too-long':
      return stage;
    default:
      return fault satisfies never;
  }
}

function dialStep({ fault, onLink }: Extract<RemoteFault, { kind: 'dial' }>): RemoteStep {
  const errno = fault.kind === 'system' ? fault.errno : '';
  if (/^(?:ENOTFOUND|EAI_\w+|ENODATA|ESERVFAIL)$/.test(errno)) return 'name';
  // macOS refuses a neighbour to a program without permission at once, as if there were no route.
  const isRefusedHere = onLink && process.platform === 'darwin' && /^(?:EHOSTUNREACH|EPERM|EACCES)$/.test(errno);
  return isRefusedHere ? 'permission' : 'route';
}

function certificateIn(fault: RemoteFault): string | null {
  if (fault.kind === 'other-certificate') return fault.shown === '' ? null : fault.shown;
  return fault.kind === 'tls' && isUnknownAuthority(fault) ? fault.fingerprint : null;
}
