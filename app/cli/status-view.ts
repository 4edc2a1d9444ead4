import type { Target } from '../base/address.ts';
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
      target: targetOrNull(failure),
      code: text(failure, 'code'),
      sentence: text(failure, 'sentence'),
    })),
    lastRequests: list(body, 'lastRequests').map((request) => {
      const outcome = member(request, 'outcome');
      return {
        label: text(request, 'label'),
        lastAt: number(request, 'lastAt'),
        target: targetOrNull(request),
        outcome: { kind: text(outcome, 'kind'), status: number(outcome, 'status'), code: text(outcome, 'code') },
        requests: number(request, 'requests'),
        failures: number(request, 'failures'),
      };
    }),
    servers: list(member(body, 'bridge'), 'servers').map((server) => ({
      name: text(server, 'name'),
      state: text(server, 'state'),
      condition: condition(member(server, 'condition')),
      sessions: list(server, 'sessions').length,
      children: list(server, 'children').length,
    })),
  };
}

function condition(value: unknown): ServerLine['condition'] {
  const kind = text(value, 'kind');
  const time = (name: string) => (member(value, name) === null ? null : number(value, name));
  return kind === '' ? null : { kind, since: time('since'), until: time('until'), detail: text(value, 'detail') };
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

function targetOrNull(value: unknown): Target | null {
  const found = member(value, 'target');
  return found === null ? null : target(found);
}

function target(value: unknown): Target {
  return { host: text(value, 'host'), port: number(value, 'port') };
}
