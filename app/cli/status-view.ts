import type { Target } from '../proxy/index.ts';

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
  readonly sessions: number;
  readonly children: number;
}

export interface FailureLine {
  readonly at: number;
  /** Null for a request that named none. */
  readonly target: Target | null;
  readonly code: string;
  readonly sentence: string;
}

/**
 * Reads a snapshot that came over the wire. The instance may be of another version than we are: what it does not say
 * is empty or 0, what it says beyond that is left out.
 */
export function statusView(body: object): StatusView {
  const totals = member(body, 'totals');
  return {
    version: text(body, 'version'),
    pid: number(body, 'pid'),
    startedAt: number(body, 'startedAt'),
    listening: list(body, 'listening').map(target),
    forwards: list(body, 'forwards').map((forward) => ({
      port: number(forward, 'port'),
      target: { host: text(forward, 'host'), port: number(forward, 'targetPort') },
    })),
    tunnels: list(body, 'tunnels').map((tunnel) => ({
      kind: text(tunnel, 'kind'),
      target: target(member(tunnel, 'target')),
      label: text(tunnel, 'label'),
      openedAt: number(tunnel, 'openedAt'),
      up: number(tunnel, 'up'),
      down: number(tunnel, 'down'),
    })),
    totals: {
      tunnels: number(totals, 'tunnels'),
      requests: number(totals, 'requests'),
      failures: number(totals, 'failures'),
      up: number(totals, 'up'),
      down: number(totals, 'down'),
    },
    failures: list(body, 'failures').map((failure) => ({
      at: number(failure, 'at'),
      target: member(failure, 'target') === null ? null : target(member(failure, 'target')),
      code: text(failure, 'code'),
      sentence: text(failure, 'sentence'),
    })),
    servers: list(member(body, 'bridge'), 'servers').map((server) => ({
      name: text(server, 'name'),
      state: text(server, 'state'),
      sessions: list(server, 'sessions').length,
      children: list(server, 'children').length,
    })),
  };
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function text(value: unknown, name: string): string {
  const found = member(value, name);
  return typeof found === 'string' ? found : '';
}

function number(value: unknown, name: string): number {
  const found = member(value, name);
  return typeof found === 'number' ? found : 0;
}

function list(value: unknown, name: string): readonly unknown[] {
  const found: unknown = member(value, name);
  return Array.isArray(found) ? found : [];
}

function target(value: unknown): Target {
  return { host: text(value, 'host'), port: number(value, 'port') };
}
