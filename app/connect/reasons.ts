import type { Text } from '../i18n/index.ts';
import { type JsonRpcError, RPC } from '../mcp/jsonrpc/index.ts';
import type { Place } from './discovery-file.ts';
import type { ConnectFailure } from './transport.ts';

/** What is known of the app while it cannot be reached. */
export type Absence = 'not-running' | 'off' | 'starting';

/** Why a request cannot be made, as its answer. */
export interface Reason {
  readonly error: JsonRpcError;
  /** Waiting may help. */
  readonly passing: boolean;
}

export function reasonFor(refusal: ConnectFailure, absence: Absence, place: Place, words: Text['shim']): Reason {
  switch (refusal.kind) {
    case 'unreachable':
      return { error: absentError(absence, place, words, refusal.code), passing: true };
    case 'answered':
      return refusal;
    case 'stranger':
      return { error: unavailable(words.stranger(shown(place))), passing: refusal.silent };
    case 'token':
      return { error: unavailable(place.token === null ? words.tokenNeeded : words.tokenWrong), passing: false };
    default:
      return refusal satisfies never;
  }
}

/** `cause` is the system's error code, where there is one. */
export function absentError(absence: Absence, place: Place, words: Text['shim'], cause?: string): JsonRpcError {
  const data = cause === undefined ? undefined : { cause };
  switch (absence) {
    case 'not-running':
      return unavailable(words.notRunning(shown(place)), data);
    case 'off':
      return unavailable(words.off, data);
    case 'starting':
      return unavailable(words.starting(shown(place)), data);
    default:
      return absence satisfies never;
  }
}

export function unavailable(message: string, data?: object): JsonRpcError {
  return { code: RPC.badRequest, message, ...(data === undefined ? {} : { data }) };
}

function shown({ host, port }: Place): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
