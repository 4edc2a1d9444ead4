import type { Said } from '../i18n/index.ts';
import { isRemote, type ServerSetting } from '../settings/settings.ts';
import type { RemoteCause, RemoteServer, RemoteStep } from './remote/index.ts';
import { type TryOptions, tryServer } from './try-server.ts';

/** How an attempt at a server with a URL went. Plain data without secrets, which the control socket passes on in one language. */
export interface RemoteTrial {
  readonly outcome: 'works' | 'failed';
  /** Milliseconds of the whole attempt. */
  readonly elapsedMs: number;
  /** What it did not get past; null where it works, and where it was not the server's doing. */
  readonly step: RemoteStep | null;
  /** What stood there; null where the step says all that is known. */
  readonly cause: RemoteCause | null;
  /** The HTTP status that it was stopped by. */
  readonly status: number | null;
  /** What happened and what helps; null where it works. */
  readonly sentence: Said | null;
  /** SHA-256 of a certificate that a person may trust, as `AA:BB:…`. */
  readonly certificate: string | null;
  /** Whether a person trusts one certificate by its fingerprint, and no other. */
  readonly isPinned: boolean;
  /** The MCP revision that was agreed on; null where it did not come to that. */
  readonly revision: string | null;
  /** How many tools it lists. */
  readonly tools: number | null;
}

/** Milliseconds: a report that waits for it is made within twelve seconds. */
const TRIAL_PATIENCE = 8000;

/**
 * Asks a server with a URL as Try does, with the sign-in and the trusted certificate that it is served with; null for one that is run.
 * Never rejects for what the server does.
 */
export async function tryRemote(
  setting: ServerSetting,
  served: RemoteServer | null,
  options: Pick<TryOptions, 'log' | 'text' | 'dialer' | 'signal'>,
): Promise<RemoteTrial | null> {
  if (!isRemote(setting)) return null;
  const started = performance.now();
  const result = await tryServer(setting, { ...options, served, searchPath: () => null, patience: TRIAL_PATIENCE });
  const isPinned = served?.isPinned ?? setting.tls?.fingerprint !== undefined;
  const elapsedMs = Math.round(performance.now() - started);
  const nothing = {
    step: null,
    cause: null,
    status: null,
    sentence: null,
    certificate: null,
    revision: null,
    tools: null,
  };
  if (result.kind === 'works') {
    const { revision, tools } = result;
    return { ...nothing, outcome: 'works', elapsedMs, isPinned, revision, tools: tools.length };
  }
  const { sentence, remote } = result;
  const { step = null, cause = null, status = null, certificate = null } = remote ?? {};
  return { ...nothing, outcome: 'failed', elapsedMs, isPinned, step, cause, status, sentence, certificate };
}
