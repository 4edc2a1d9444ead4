import { readdirSync } from 'node:fs';
import { processTree, residentBytes } from '../common/processes.ts';

/** What must be back where it was: of the gateway alone, except the children. */
export interface Measured {
  readonly megabytes: number;
  readonly descriptors: number;
  /** Processes below it. */
  readonly children: number;
  readonly tunnels: number;
  readonly sessions: number;
}

export async function measure(pid: number, port: number): Promise<Measured> {
  const status: unknown = await (await fetch(`http://127.0.0.1:${port}/status`)).json();
  return {
    megabytes: residentBytes([pid]) / 2 ** 20,
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
    children: processTree(pid).length - 1,
    tunnels: listIn(status, 'tunnels').length,
    sessions: listIn(at(status, 'bridge'), 'servers').flatMap((server) => listIn(server, 'sessions')).length,
  };
}

function at(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function listIn(value: unknown, name: string): readonly unknown[] {
  const list = at(value, name);
  return Array.isArray(list) ? list : [];
}

/** How far each may be from where it was: a spare may be starting, a connection to an origin idle, the heap not collected. */
const SLACK = { descriptors: 12, children: 2, tunnels: 0, sessions: 0 } as const;
const MEMORY = { factor: 1.25, megabytes: 40 };

export interface Comparison {
  readonly rows: readonly (readonly string[])[];
  readonly ok: boolean;
}

export function compare(before: Measured, highest: Measured, after: Measured): Comparison {
  const names = ['megabytes', 'descriptors', 'children', 'tunnels', 'sessions'] as const;
  const rows = names.map((name) => {
    const most =
      name === 'megabytes' ? before.megabytes * MEMORY.factor + MEMORY.megabytes : before[name] + SLACK[name];
    const isBack = after[name] <= most;
    return {
      isBack,
      row: [
        name,
        ...[before, highest, after].map((one) => one[name].toFixed(0)),
        isBack ? 'back' : `over ${most.toFixed(0)}`,
      ],
    };
  });
  return {
    rows: [['', 'before', 'highest', 'after', ''], ...rows.map(({ row }) => row)],
    ok: rows.every(({ isBack }) => isBack),
  };
}

export function highestOf(one: Measured, other: Measured): Measured {
  return {
    megabytes: Math.max(one.megabytes, other.megabytes),
    descriptors: Math.max(one.descriptors, other.descriptors),
    children: Math.max(one.children, other.children),
    tunnels: Math.max(one.tunnels, other.tunnels),
    sessions: Math.max(one.sessions, other.sessions),
  };
}
