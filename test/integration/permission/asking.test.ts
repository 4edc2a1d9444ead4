import { describe, expect, it } from 'vitest';
import type { PermissionRecord } from '../../../app/base/records.ts';
import { createLog } from '../../../app/log/index.ts';
import {
  type Network,
  Permission,
  type PermissionOptions,
  type PermissionState,
} from '../../../app/permission/index.ts';
import type { FailureRecord } from '../../../app/proxy/index.ts';

const identity = { system: '25A354', program: '1.0.0' };
const target = { host: '192.168.1.20', port: 8123 };
const en0 = { interface: 'en0', family: 'IPv4', address: '192.168.1.10', scope: 0 } as const;
const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });

/** A network in which nobody answers and everything may be sent, with changes; it counts what is done on it. */
function quietNetwork(changes: Partial<Network> = {}): Network & { readonly uses: string[] } {
  const uses: string[] = [];
  const own: Network = {
    addresses: () => [en0],
    isNear: (address) => address.startsWith('192.168.1.'),
    touch: async () => ({ kind: 'datagram', errno: null, elapsed: 0.1 }),
    browse: async ({ signal, seen }) => {
      seen({ kind: 'datagram', errno: null, elapsed: 0.1 });
      await untilAborted(signal);
    },
    attempt: async () => ({ errno: 'ETIMEDOUT', elapsed: 4000, onLink: true }),
    ...changes,
  };
  return {
    uses,
    addresses: () => own.addresses(),
    isNear: (address) => own.isNear(address),
    touch: (name, signal) => {
      uses.push('touch');
      return own.touch(name, signal);
    },
    browse: (options) => {
      uses.push('browse');
      return own.browse(options);
    },
    attempt: (where, ms, signal) => {
      uses.push('attempt');
      return own.attempt(where, ms, signal);
    },
  };
}

const refusing: Partial<Network> = {
  touch: async () => ({ kind: 'datagram', errno: 'EHOSTUNREACH', elapsed: 0.1 }),
  browse: async ({ signal, seen }) => {
    seen({ kind: 'datagram', errno: 'EHOSTUNREACH', elapsed: 0.1 });
    await untilAborted(signal);
  },
  attempt: async () => ({ errno: 'EHOSTUNREACH', elapsed: 0.2, onLink: true }),
};

interface Case {
  readonly permission: Permission;
  readonly states: PermissionState['kind'][];
  readonly saved: (PermissionRecord | null)[];
  readonly front: string[];
}

function ask(network: Network, changes: Partial<PermissionOptions> = {}, known: PermissionRecord | null = null): Case {
  const saved: (PermissionRecord | null)[] = [];
  const front: string[] = [];
  const permission = new Permission({
    platform: 'darwin',
    identity,
    memory: { read: () => known, write: (record) => saved.push(record) },
    network,
    log: createLog({ level: 'error' }).log,
    inFront: async (work) => {
      front.push('front');
      try {
        return await work();
      } finally {
        front.push('back');
      }
    },
    patience: { pauses: [1, 1, 1], browse: 50, attempt: 50 },
    ...changes,
  });
  const states: PermissionState['kind'][] = [];
  permission.subscribe(({ state }) => states.push(state.kind));
  return { permission, states, saved, front };
}

describe('Asking for the local network', () => {
  it('uses the network only after the click of a person', () => {
    const network = quietNetwork();
    const { permission } = ask(network);
    expect(permission.view()).toEqual({
      state: { kind: 'not-asked' },
      asking: false,
      answers: 0,
      tried: null,
      suggested: null,
    });
    expect(network.uses).toEqual([]);
  });

  it('is granted by a connection after refusals: the person has said yes meanwhile', async () => {
    let tries = 0;
    const network = quietNetwork({
      ...refusing,
      attempt: async () =>
        tries++ < 2
          ? { errno: 'EHOSTUNREACH', elapsed: 0.2, onLink: true }
          : { errno: 'ECONNREFUSED', elapsed: 2, onLink: true },
    });
    const { permission, saved, front } = ask(network);
    const view = await permission.ask(target);
    expect(view).toMatchObject({
      state: { kind: 'granted' },
      asking: false,
      tried: { target: '192.168.1.20:8123', errno: 'ECONNREFUSED' },
    });
    expect(saved.at(-1)).toMatchObject({ ...identity, outcome: 'granted' });
    expect(front).toEqual(['front', 'back']);
    expect(tries).toBe(3);
  });

  it('is granted by one machine that answers, and still tries the target once', async () => {
    const network = quietNetwork({
      browse: async ({ seen }) => {
        seen({ kind: 'answer', from: '192.168.1.7' });
        seen({ kind: 'answer', from: '192.168.1.7' });
      },
    });
    const { permission } = ask(network);
    const view = await permission.ask(target);
    expect(view).toMatchObject({ state: { kind: 'granted' }, answers: 1, tried: { errno: 'ETIMEDOUT' } });
    expect(network.uses.filter((use) => use === 'attempt')).toHaveLength(1);
  });

  it('is denied only when every try until the last was refused at once', async () => {
    const { permission, states, saved } = ask(quietNetwork(refusing));
    expect((await permission.ask(target)).state.kind).toBe('denied');
    expect(new Set(states.slice(0, -1))).toEqual(new Set(['not-asked']));
    expect(saved).toMatchObject([{ outcome: 'denied' }]);
  });

  it('stays undecided when no machine answers', async () => {
    const { permission } = ask(quietNetwork());
    expect((await permission.ask(null)).state.kind).toBe('asked');
  });

  it('stays undecided without a network', async () => {
    const { permission } = ask(quietNetwork({ addresses: () => [], browse: async () => undefined }));
    expect((await permission.ask(null)).state.kind).toBe('asked');
  });

  it('is one round for two clicks', async () => {
    const network = quietNetwork();
    const { permission } = ask(network);
    const both = await Promise.all([permission.ask(null), permission.ask(target)]);
    expect(both[0]).toEqual(both[1]);
    expect(network.uses.filter((use) => use === 'browse')).toHaveLength(1);
  });

  it('ends when it is cancelled, and keeps the evidence so far', async () => {
    const network = quietNetwork();
    const { permission, front } = ask(network, { patience: { pauses: [60_000], browse: 60_000, attempt: 60_000 } });
    const over = permission.ask(null);
    expect(permission.view().asking).toBe(true);
    const unsubscribe = permission.subscribe(() => permission.cancel());
    expect(await over).toMatchObject({ asking: false, state: { kind: 'asked' } });
    unsubscribe();
    expect(front).toEqual(['front', 'back']);
  });

  it('is not needed elsewhere, and nothing is done there', async () => {
    const network = quietNetwork();
    const { permission, saved } = ask(network, { platform: 'linux' });
    expect((await permission.ask(target)).state).toEqual({ kind: 'not-needed' });
    expect([network.uses, saved]).toEqual([[], []]);
  });

  it('goes on when the disk is full', async () => {
    const memory = {
      read: () => null,
      write: () => {
        throw new Error('ENOSPC');
      },
    };
    const { permission } = ask(quietNetwork(refusing), { memory });
    expect((await permission.ask(target)).state.kind).toBe('denied');
  });
});

describe('What the proxy meets on its way', () => {
  const granted: PermissionRecord = { ...identity, outcome: 'granted', at: 1 };
  const failure = (at: number, deniedHere: boolean, host = '192.168.1.20'): FailureRecord => ({
    at,
    status: 502,
    code: 'EHOSTUNREACH',
    error: 'destination_ip_unroutable',
    sentence: '',
    hint: '',
    label: '',
    target: { host, port: 8123 },
    ...(deniedHere ? { deniedHere } : {}),
  });

  it('makes a permission stale when connections are refused at once', () => {
    const { permission, saved } = ask(quietNetwork(), {}, granted);
    permission.observe([failure(10, true)], [], true);
    expect(permission.view()).toMatchObject({ state: { kind: 'stale', reason: 'refused' } });
    expect(saved).toMatchObject([{ outcome: 'revoked' }]);
    permission.observe([failure(10, true)], [], true);
    expect(saved).toHaveLength(1);
  });

  it('proves the permission when a connection to a neighbour is made, but not through an upstream proxy', () => {
    const { permission, saved } = ask(quietNetwork(), {}, { ...granted, outcome: 'revoked' });
    permission.observe([], [{ target: { host: 'example.com', port: 443 } }], true);
    permission.observe([], [{ target }], false);
    expect(permission.view().state.kind).toBe('stale');
    permission.observe([], [{ target }], true);
    expect(permission.view().state.kind).toBe('granted');
    expect(saved).toMatchObject([{ outcome: 'granted' }]);
  });

  it('reads a failure that came after the time of day was set back', () => {
    const { permission, saved } = ask(quietNetwork(), {}, granted);
    const before = failure(7_200_000, false);
    permission.observe([before], [], true);
    permission.observe([before, failure(10, true)], [], true);
    expect(saved).toMatchObject([{ outcome: 'revoked' }]);
  });

  it('does not mind a device that is off, and offers the last one near here as the target', () => {
    const { permission } = ask(quietNetwork(), {}, granted);
    permission.observe([failure(10, false), failure(11, false, 'example.com')], [], true);
    expect(permission.view()).toMatchObject({ state: { kind: 'granted' }, suggested: '192.168.1.20:8123' });
  });

  it('does not count as an answer while a person is still to be asked', () => {
    const { permission } = ask(quietNetwork());
    permission.observe([failure(10, true)], [], true);
    expect(permission.view().state.kind).toBe('not-asked');
  });
});
