import { readFile } from 'node:fs/promises';
import {
  type Attempt,
  NOT_APPLICABLE,
  type Observed,
  observedValue,
  type Probe,
  type ProbeResults,
  seen,
} from '../facts.ts';
import type { RunCommand } from '../run-command.ts';
import { attempt } from './connect.ts';

/** Ports that home routers answer on, if only with a refusal. */
const PORTS = [53, 80, 443];
const PATIENCE = 2_000;

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
  const attempts = await Promise.all(PORTS.map((port) => attempt(address, port, signal, PATIENCE)));
  return seen({ address, ...(bestOf(attempts) ?? { outcome: 'timed-out', errno: null, elapsedMs: PATIENCE }) });
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
