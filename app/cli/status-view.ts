import type { Target } from '../base/address.ts';
import { boolean, integer, list, nullable, object, readLeniently, type Schema, text } from '../base/schema/index.ts';
import type { ToldCondition } from '../ipc/index.ts';

/** The part of a snapshot that `status` prints. */
export interface StatusView {
  readonly version: string;
  readonly pid: number;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly listening: readonly Target[];
  readonly forwards: readonly { readonly port: number; readonly target: Target }[];
  readonly tunnels: readonly TunnelLine[];
  readonly totals: { readonly tunnels: number; readonly requests: number; readonly failures: number } & Bytes;
  readonly failures: readonly FailureLine[];
  readonly lastRequests: readonly LastRequestLine[];
  readonly servers: readonly ServerLine[];
}

interface Bytes {
  readonly up: number;
  readonly down: number;
}

export interface TunnelLine extends Bytes {
  readonly kind: string;
  readonly target: Target;
  readonly label: string;
  readonly openedAt: number;
}

export interface ServerLine {
  readonly name: string;
  readonly state: string;
  /** Null from an instance that is too old to tell. */
  readonly condition: (ToldCondition & { readonly detail: string }) | null;
  readonly sessions: number;
  readonly children: number;
  /** Whether what its messages say is kept. */
  readonly isRecorded: boolean;
  /** Null where there is no sign-in. `until` in milliseconds since the epoch. */
  readonly signedIn: { readonly issuer: string; readonly until: number | null; readonly renews: boolean } | null;
}

export interface LastRequestLine {
  readonly label: string;
  readonly lastAt: number;
  /** Null for a request that named none. */
  readonly target: Target | null;
  /** A kind that only a newer version knows is shown by its own name. */
  readonly outcome: { readonly kind: string; readonly status: number; readonly code: string };
  readonly requests: number;
  readonly failures: number;
}

export interface FailureLine {
  readonly at: number;
  /** Null for a request that named none. */
  readonly target: Target | null;
  readonly code: string;
  readonly sentence: string;
}

const count = integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const word = text({ max: Number.MAX_SAFE_INTEGER });
const many = <Item>(item: Schema<Item>): Schema<readonly Item[]> => list(item, Number.MAX_SAFE_INTEGER);

const target = object<Target>({ host: word, port: count });
/** Told by its length alone. */
const counted = many(object<object>({}));

/** The part of a snapshot that `status` prints, as an instance writes it. */
const snapshotSchema = object({
  recordContents: many(word),
  version: word,
  pid: count,
  startedAt: count,
  listening: many(target),
  forwards: many(object({ port: count, host: word, targetPort: count })),
  tunnels: many(object<TunnelLine>({ kind: word, target, label: word, openedAt: count, up: count, down: count })),
  totals: object<StatusView['totals']>({ tunnels: count, requests: count, failures: count, up: count, down: count }),
  failures: many(object<FailureLine>({ at: count, target: nullable(target), code: word, sentence: word })),
  lastRequests: many(
    object<LastRequestLine>({
      label: word,
      lastAt: count,
      target: nullable(target),
      outcome: object<LastRequestLine['outcome']>({ kind: word, status: count, code: word }),
      requests: count,
      failures: count,
    }),
  ),
  bridge: object({
    servers: many(
      object({
        name: word,
        state: word,
        condition: object({ kind: word, since: nullable(count), until: nullable(count), detail: word }),
        sessions: counted,
        children: counted,
        signIn: object({ state: word, issuer: nullable(word), until: nullable(count), renews: boolean }),
      }),
    ),
  }),
});

/**
 * Reads a snapshot that came over the wire. The instance may be of another version than we are: what it does not say
 * is empty or 0, what it says beyond that is left out.
 */
export function statusView(body: object): StatusView {
  const { forwards, bridge, recordContents, ...view } = readLeniently(snapshotSchema, body);
  return {
    ...view,
    forwards: forwards.map(({ port, host, targetPort }) => ({ port, target: { host, port: targetPort } })),
    servers: bridge.servers.map(({ condition, sessions, children, signIn, ...server }) => ({
      ...server,
      isRecorded: recordContents.includes(server.name),
      condition: condition.kind === '' ? null : condition,
      sessions: sessions.length,
      children: children.length,
      signedIn:
        signIn.state === 'signed-in'
          ? { issuer: signIn.issuer ?? '', until: signIn.until, renews: signIn.renews }
          : null,
    })),
  };
}
