import type { RemoteEnd, RemoteFault } from './end.ts';
import { isUnknownAuthority } from './tls.ts';

/** What stands between us and the tools of a remote server, in the order in which it is met with. */
export const REMOTE_STEPS = ['name', 'route', 'permission', 'tls', 'http', 'sign-in', 'initialize', 'tools'] as const;
export type RemoteStep = (typeof REMOTE_STEPS)[number];

/** How far an attempt at a remote server came. */
export interface RemoteFailure {
  /** What it did not get past. */
  readonly step: RemoteStep;
  /** SHA-256 of a certificate that a person may trust by a click, as `AA:BB:…`; null when that would not help. */
  readonly certificate: string | null;
  /** Whether another certificate has been trusted so far. */
  readonly isChanged: boolean;
}

/** How far a session came that ended so; `stage` is what it was asked last. Null where it was ended from here. */
export function remoteFailure(end: RemoteEnd, stage: 'initialize' | 'tools'): RemoteFailure | null {
  if (end.kind === 'closed' || end.asked) return null;
  const isChanged = end.fault.kind === 'other-certificate';
  return { step: stepOf(end.fault, stage), certificate: certificateIn(end.fault), isChanged };
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
  return fault.kind === 'tls' && isUnknownAuthority(fault.reason) ? fault.fingerprint : null;
}
