import { lookup } from 'node:dns';
import { isIP } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { AT_ONCE } from '../../proxy/index.ts';
import type { AddressFacts, Attempt, Names, Way } from '../facts.ts';
import { NOT_APPLICABLE, seen, sight, unknown } from '../observed.ts';
import type { Probe } from '../probe.ts';
import type { RunCommand } from '../run-command.ts';
import { attempt, round } from './attempt.ts';
import { type Interfaces, wayInRoute, wayTo } from './way.ts';

/** Seconds that nc waits for an answer. */
const SECONDS = 3;

/**
 * The same connection made by /usr/bin/nc. macOS exempts its own programs from Local Network privacy until there is a rule for
 * whoever started them: where nc gets through and we do not, it is that rule and not the network (XNU, necp.c).
 */
export function connectWithAppleTool(platform: NodeJS.Platform, run: RunCommand): Probe<Attempt> {
  return async ({ question: { target }, signal, seen: look }) => {
    const tried = sight(await look('connect'))?.find(({ outcome }) => outcome !== 'connected');
    if (platform !== 'darwin' || target === null || tried === undefined) return NOT_APPLICABLE;
    const started = performance.now();
    const answer = await run('/usr/bin/nc', ['-z', '-G', String(SECONDS), tried.address, String(target.port)], signal);
    const elapsedMs = round(performance.now() - started);
    if (answer.fault === null) return seen({ outcome: 'connected', errno: null, elapsedMs });
    if (!answer.fault.startsWith('exit ')) return unknown(answer.fault);
    // nc says nothing but that it failed; the time tells a refusal from silence.
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
    const names = sight(await look('names'));
    if (target === null || names === null || names.addresses.length === 0) return NOT_APPLICABLE;
    const addresses = names.addresses.slice(0, MOST_ADDRESSES);
    const tried = addresses.map(async ({ address }): Promise<AddressFacts> => {
      const [way, result] = await Promise.all([wayOf(address, signal), tryTwice(address, target.port, signal)]);
      return { address, way, ...result };
    });
    return seen(await Promise.all(tried));
  };

  /** macOS's own table knows of routes that interfaces do not show; elsewhere the interfaces have to do. */
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
  const isDoubtful = first.errno === 'EHOSTUNREACH' && first.elapsedMs < AT_ONCE && !signal.aborted;
  if (!isDoubtful) return { ...first, tries: 1 };
  await delay(PAUSE, undefined, { signal }).catch(() => undefined);
  return { ...(await attempt(address, port, signal)), tries: 2 };
}
