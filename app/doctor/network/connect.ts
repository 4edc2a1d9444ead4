import { lookup } from 'node:dns';
import { readFile } from 'node:fs/promises';
import { BlockList, connect, isIP, isIPv6 } from 'node:net';
import type { NetworkInterfaceInfo } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { AT_ONCE_MS, reasonOf } from '../../base/errno.ts';
import type { Interfaces } from '../../base/interfaces.ts';
import {
  type AddressFacts,
  type Attempt,
  type Names,
  NOT_APPLICABLE,
  type Observed,
  observedValue,
  type Probe,
  type ProbeResults,
  seen,
  unknown,
  type Way,
} from '../facts.ts';
import type { RunCommand } from '../run-command.ts';

/** Interfaces that lead into a VPN, by the names systems give them. */
const TUNNEL = /^(?:utun|tun|tap|wg|ppp|ipsec|tailscale|zt)/;

/** Where an address lies as seen from these interfaces: the longest matching prefix decides, as in every routing table. */
export function wayTo(address: string, interfaces: Interfaces): Way {
  const [bare = '', zone] = address.split('%');
  const type = isIPv6(bare) ? 'ipv6' : 'ipv4';
  const own = Object.entries(interfaces).flatMap(([name, infos = []]) => infos.map((info) => ({ name, info })));
  if (own.some(({ info }) => info.address.split('%')[0] === bare) || isLoopback(bare, type)) {
    return { kind: 'this-machine', interface: null, router: null };
  }
  const matches = own
    .filter(({ name, info }) => !info.internal && (zone === undefined || zone === name) && contains(info, bare, type))
    .sort((one, other) => prefixOf(other.info) - prefixOf(one.info));
  const best = matches[0];
  if (best === undefined) return { kind: 'routed', interface: null, router: null };
  return { kind: isTunnel(best.name) ? 'tunnel' : 'on-link', interface: best.name, router: null };
}

export function isTunnel(name: string): boolean {
  return TUNNEL.test(name);
}

/** The answer of macOS's `route -n get`: lines of `name: value`. Null when it names no interface. */
export function wayInRoute(output: string): Way | null {
  const field = (name: string): string | null =>
    new RegExp(`^\\s*${name}:\\s*(.+?)\\s*$`, 'm').exec(output)?.[1] ?? null;
  const name = field('interface');
  if (name === null) return null;
  const router = field('gateway');
  const flags = field('flags') ?? '';
  if (/\bLOCAL\b/.test(flags) || name.startsWith('lo')) {
    return { kind: 'this-machine', interface: name, router: null };
  }
  // A route to the link itself names the interface (`link#12`) or nothing as its gateway.
  const routed = /\bGATEWAY\b/.test(flags) && router !== null && !router.startsWith('link#');
  if (isTunnel(name)) return { kind: 'tunnel', interface: name, router: routed ? router : null };
  return { kind: routed ? 'routed' : 'on-link', interface: name, router: routed ? router : null };
}

function contains({ cidr, family }: NetworkInterfaceInfo, address: string, type: 'ipv4' | 'ipv6'): boolean {
  const [network = '', prefix = ''] = (cidr ?? '').split('/');
  if (network === '' || (family === 'IPv6') !== (type === 'ipv6')) return false;
  const subnet = new BlockList();
  subnet.addSubnet(network, Number(prefix), type);
  return subnet.check(address, type);
}

function prefixOf({ cidr }: NetworkInterfaceInfo): number {
  return Number((cidr ?? '').split('/')[1] ?? 0);
}

function isLoopback(address: string, type: 'ipv4' | 'ipv6'): boolean {
  const loopback = new BlockList();
  loopback.addSubnet('127.0.0.0', 8, 'ipv4');
  loopback.addAddress('::1', 'ipv6');
  return loopback.check(address, type);
}

/** Milliseconds to wait for an answer. A machine on the local network answers in one or two. */
export const CONNECT_PATIENCE = 4_000;

/** Connects to an address, and hangs up. Never rejects; an abort counts as no answer. */
export function attempt(
  address: string,
  port: number,
  signal: AbortSignal,
  patience: number = CONNECT_PATIENCE,
): Promise<Attempt> {
  const started = performance.now();
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, autoSelectFamily: false });
    const finish = (outcome: Attempt['outcome'], errno: string | null): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', late);
      socket.destroy();
      resolve({ outcome, errno, elapsedMs: round(performance.now() - started) });
    };
    const late = (): void => finish('timed-out', null);
    const timer = setTimeout(late, patience);
    signal.addEventListener('abort', late, { once: true });
    socket.once('connect', () => finish('connected', null));
    // Stays on: a destroyed socket may still emit an error.
    socket.on('error', (error) => finish('failed', reasonOf(error)));
  });
}

/** Tenths of a millisecond: refusals of the kernel itself take less than one. */
export function round(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}

/** Seconds that nc waits for an answer. */
const SECONDS = 3;

/**
 * The same connection made by /usr/bin/nc. macOS exempts its own programs from Local Network privacy until there is a rule for
 * the program that started them: where nc gets through and we do not, that rule is the cause, not the network (XNU, necp.c).
 */
export function connectWithAppleTool(platform: NodeJS.Platform, run: RunCommand): Probe<Attempt> {
  return async ({ question: { target }, signal, seen: look }) => {
    const tried = observedValue(await look('connect'))?.find(({ outcome }) => outcome !== 'connected');
    if (platform !== 'darwin' || target === null || tried === undefined) return NOT_APPLICABLE;
    const started = performance.now();
    const answer = await run('/usr/bin/nc', ['-z', '-G', String(SECONDS), tried.address, String(target.port)], signal);
    const elapsedMs = round(performance.now() - started);
    if (answer.fault === null) return seen({ outcome: 'connected', errno: null, elapsedMs });
    if (!answer.fault.startsWith('exit ')) return unknown(answer.fault);
    // nc reports failure without a reason; the elapsed time tells a refusal from silence.
    return seen({ outcome: elapsedMs < SECONDS * 1000 ? 'failed' : 'timed-out', errno: null, elapsedMs });
  };
}

/** Milliseconds: the system's resolver itself may take half a minute to give up. */
const PATIENCE = 4_000;

/** Asks the system's resolver, as programs do: it knows the hosts file, the VPN's name servers and `.local`. */
export const lookUpNames: Probe<Names> = ({ question: { target }, signal }) => {
  if (target === null) return NOT_APPLICABLE;
  const { host } = target;
  const family = isIP(host);
  if (family === 4 || family === 6) return seen({ addresses: [{ address: host, family }], errno: null, elapsedMs: 0 });
  const started = performance.now();
  const { promise, resolve } = Promise.withResolvers<Names>();
  const finish = (addresses: Names['addresses'], errno: string | null): void => {
    clearTimeout(timer);
    resolve({ addresses, errno, elapsedMs: Math.round(performance.now() - started) });
  };
  const timer = setTimeout(() => finish([], 'EAI_AGAIN'), PATIENCE);
  signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  lookup(host, { all: true, order: 'verbatim' }, (error, found) => {
    if (error !== null) return finish([], error.code ?? 'EAI_FAIL');
    const addresses = found.map(
      ({ address, family: version }) => ({ address, family: version === 6 ? 6 : 4 }) as const,
    );
    finish(addresses, null);
  });
  return promise.then(seen);
};

/** More addresses than a name usually has; each is tried. */
const MOST_ADDRESSES = 8;

/** Milliseconds until an error that came at once is doubted a second time. */
const PAUSE = 700;

export interface ConnectOptions {
  readonly platform: NodeJS.Platform;
  readonly run: RunCommand;
  readonly interfaces: () => Interfaces;
}

/** Connects to every address of the target from this very process, the one whose permission counts. */
export function connectDirectly({ platform, run, interfaces }: ConnectOptions): Probe<readonly AddressFacts[]> {
  return async ({ question: { target }, signal, seen: look }) => {
    const names = observedValue(await look('names'));
    if (target === null || names === null || names.addresses.length === 0) return NOT_APPLICABLE;
    const addresses = names.addresses.slice(0, MOST_ADDRESSES);
    const tried = addresses.map(async ({ address }): Promise<AddressFacts> => {
      const [way, result] = await Promise.all([wayOf(address, signal), tryTwice(address, target.port, signal)]);
      return { address, way, ...result };
    });
    return seen(await Promise.all(tried));
  };

  /** macOS's routing table has routes that interfaces do not show; elsewhere the interfaces decide. */
  async function wayOf(address: string, signal: AbortSignal): Promise<Way> {
    const guess = wayTo(address, interfaces());
    if (platform !== 'darwin') return guess;
    const family = address.includes(':') ? ['-inet6'] : [];
    const answer = await run('/sbin/route', ['-n', 'get', ...family, address], signal);
    const told = answer.fault === null ? wayInRoute(answer.stdout) : null;
    return guess.kind === 'this-machine' || told === null ? guess : told;
  }
}

async function tryTwice(address: string, port: number, signal: AbortSignal): Promise<Attempt & { tries: number }> {
  const first = await attempt(address, port, signal);
  const isDoubtful = first.errno === 'EHOSTUNREACH' && first.elapsedMs < AT_ONCE_MS && !signal.aborted;
  if (!isDoubtful) return { ...first, tries: 1 };
  await delay(PAUSE, undefined, { signal }).catch(() => undefined);
  return { ...(await attempt(address, port, signal)), tries: 2 };
}

/** Ports that home routers answer on, if only with a refusal. */
const ROUTER_PORTS = [53, 80, 443];
const ROUTER_PATIENCE = 2_000;

/** Whether the router of this network can be reached: a second opinion on a target that does not answer, and not needed on one that does. */
export function connectToRouter(platform: NodeJS.Platform, run: RunCommand): Probe<ProbeResults['router']> {
  return async ({ question: { target }, signal, seen: look }) => {
    if (target === null) return NOT_APPLICABLE;
    const needless = new AbortController();
    const either = AbortSignal.any([signal, needless.signal]);
    const answered = Promise.withResolvers<Observed<never>>();
    void look('connect').then((observed) => {
      if (observedValue(observed)?.some(isAnswer) !== true) return;
      needless.abort();
      answered.resolve(NOT_APPLICABLE);
    });
    return Promise.race([answered.promise, tryRouter(platform, run, either)]);
  };
}

async function tryRouter(
  platform: NodeJS.Platform,
  run: RunCommand,
  signal: AbortSignal,
): Promise<Observed<ProbeResults['router']>> {
  const address = await defaultRouter(platform, run, signal);
  if (address === null) return NOT_APPLICABLE;
  const attempts = await Promise.all(ROUTER_PORTS.map((port) => attempt(address, port, signal, ROUTER_PATIENCE)));
  return seen({ address, ...(bestOf(attempts) ?? { outcome: 'timed-out', errno: null, elapsedMs: ROUTER_PATIENCE }) });
}

function isAnswer({ outcome, errno }: Attempt): boolean {
  return outcome === 'connected' || errno === 'ECONNREFUSED';
}

/** An answer counts more than none, whatever it says. */
function bestOf(attempts: readonly Attempt[]): Attempt | undefined {
  const rank = ({ outcome, errno }: Attempt): number =>
    outcome === 'connected' ? 0 : errno === 'ECONNREFUSED' ? 1 : outcome === 'failed' ? 2 : 3;
  return attempts.toSorted((one, other) => rank(one) - rank(other))[0];
}

async function defaultRouter(platform: NodeJS.Platform, run: RunCommand, signal: AbortSignal): Promise<string | null> {
  if (platform === 'darwin') {
    const answer = await run('/sbin/route', ['-n', 'get', 'default'], signal);
    return answer.fault === null ? (/^\s*gateway:\s*([\d.]+)\s*$/m.exec(answer.stdout)?.[1] ?? null) : null;
  }
  if (platform !== 'linux') return null;
  return routerInProc(await readFile('/proc/net/route', 'latin1'));
}

/** The default route of Linux's table: destination 0, its gateway in hexadecimal, least significant byte first. */
export function routerInProc(table: string): string | null {
  for (const line of table.split('\n').slice(1)) {
    const [, destination, gateway = ''] = line.split('\t');
    if (destination !== '00000000' || !/^[0-9A-F]{8}$/i.test(gateway) || gateway === '00000000') continue;
    const bytes = [6, 4, 2, 0].map((at) => Number.parseInt(gateway.slice(at, at + 2), 16));
    return bytes.join('.');
  }
  return null;
}
