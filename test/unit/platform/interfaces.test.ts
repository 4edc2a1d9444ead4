import type { NetworkInterfaceInfo } from 'node:os';
import { describe, expect, it } from 'vitest';
import type { Interfaces } from '../../../app/base/interfaces.ts';
import { broadcastAddresses, placeOf, watchPlace } from '../../../app/platform/network/index.ts';

function ipv4(address: string, prefix = 24, changes: Partial<NetworkInterfaceInfo> = {}): NetworkInterfaceInfo {
  const own = { address, cidr: `${address}/${prefix}`, netmask: '', mac: '02:00:00:00:00:01', internal: false };
  return { ...own, family: 'IPv4', ...changes } as NetworkInterfaceInfo;
}

function linkLocal(scopeid: number, mac = '02:00:00:00:00:01'): NetworkInterfaceInfo {
  const address = 'fe80::1c2a';
  return { address, cidr: `${address}/64`, netmask: '', mac, internal: false, family: 'IPv6', scopeid };
}

/** A Mac at home, with a VPN and a virtual machine. */
const MAC = {
  lo0: [ipv4('127.0.0.1', 8, { internal: true })],
  en0: [ipv4('192.168.1.10'), linkLocal(14)],
  awdl0: [linkLocal(16)],
  llw0: [linkLocal(17)],
  utun3: [linkLocal(18, '00:00:00:00:00:00'), ipv4('100.64.0.2', 32, { mac: '00:00:00:00:00:00' })],
  ppp0: [ipv4('10.9.0.2', 32)],
  bridge100: [ipv4('192.168.64.1')],
};

describe('Interfaces that can broadcast', () => {
  it('are Wi-Fi, Ethernet and bridges; not loopback, tunnels and the radio links of AirDrop', () => {
    expect(broadcastAddresses(MAC)).toEqual([
      { interface: 'en0', family: 'IPv4', address: '192.168.1.10', scope: 0 },
      { interface: 'en0', family: 'IPv6', address: 'fe80::1c2a', scope: 14 },
      { interface: 'bridge100', family: 'IPv4', address: '192.168.64.1', scope: 0 },
    ]);
  });

  it('are none on a machine without a network', () => {
    expect(broadcastAddresses({ lo0: MAC.lo0 })).toEqual([]);
  });
});

describe('The place in the network', () => {
  it('is the same in whatever order the system lists it', () => {
    const turned = Object.fromEntries(Object.entries(MAC).reverse());
    expect(placeOf(turned)).toBe(placeOf(MAC));
  });

  it('is another one when an address has come or gone', () => {
    expect(placeOf({ ...MAC, en0: [ipv4('192.168.7.3')] })).not.toBe(placeOf(MAC));
    expect(placeOf({ lo0: MAC.lo0 })).toBe('');
  });

  it('is the same one when a link-local address of IPv6 has come, as with each container', () => {
    expect(placeOf({ ...MAC, veth7: [linkLocal(21)] })).toBe(placeOf(MAC));
  });
});

describe('Watching the place', () => {
  it('tells of each change once, and of nothing after its end', async () => {
    let current: Interfaces = MAC;
    let looks = 0;
    const changes: number[] = [];
    let looked = Promise.withResolvers<void>();
    const stop = watchPlace({
      every: 1,
      interfaces: () => {
        looks++;
        looked.resolve();
        return current;
      },
      changed: () => changes.push(looks),
    });
    // Its timer keeps no process alive; this one has to wait for it.
    const awake = setInterval(() => undefined, 1000);
    const look = async (): Promise<void> => {
      looked = Promise.withResolvers<void>();
      await looked.promise;
    };
    await look();
    await look();
    expect(changes).toEqual([]);
    current = { lo0: MAC.lo0 };
    await look();
    await look();
    await look();
    expect(changes).toHaveLength(1);
    current = MAC;
    stop();
    const before = looks;
    await new Promise((resolve) => setTimeout(resolve, 20));
    clearInterval(awake);
    expect([looks, changes.length]).toEqual([before, 1]);
  });

  it('takes interfaces that cannot be read, for want of a descriptor, for no other place', async () => {
    const answers = [MAC, null, MAC, null, { lo0: MAC.lo0 }];
    let changes = 0;
    const ended = Promise.withResolvers<void>();
    const stop = watchPlace({
      every: 1,
      interfaces: () => {
        if (answers.length === 0) ended.resolve();
        const answer = answers.shift() ?? null;
        if (answer === null) throw Object.assign(new Error('uv_interface_addresses'), { code: 'ERR_SYSTEM_ERROR' });
        return answer;
      },
      changed: () => changes++,
    });
    const awake = setInterval(() => undefined, 1000);
    await ended.promise;
    stop();
    clearInterval(awake);
    expect(changes).toBe(1);
  });

  it('tells of a sleep of the machine once, where it is asked to', async () => {
    let missed = 0;
    let ticks = 0;
    const slept = Promise.withResolvers<number>();
    let sleeps = 0;
    const stop = watchPlace({
      every: 1,
      interfaces: () => MAC,
      changed: () => slept.reject(new Error('no address has changed')),
      slept: () => slept.resolve(++sleeps),
      clocks: { monotonic: () => ++ticks, wall: () => ticks + missed },
    });
    const awake = setInterval(() => undefined, 1000);
    missed = 3_600_000;
    expect(await slept.promise).toBe(1);
    const before = ticks;
    await expect.poll(() => ticks).toBeGreaterThan(before + 3);
    stop();
    clearInterval(awake);
    expect(sleeps).toBe(1);
  });
});
