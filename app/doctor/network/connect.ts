import { setTimeout as delay } from 'node:timers/promises';
import { AT_ONCE } from '../../proxy/index.ts';
import type { AddressFacts, Attempt, Way } from '../facts.ts';
import { NOT_APPLICABLE, seen, sight } from '../observed.ts';
import type { Probe } from '../probe.ts';
import type { RunCommand } from '../run-command.ts';
import { attempt } from './attempt.ts';
import { type Interfaces, wayInRoute, wayTo } from './way.ts';

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
