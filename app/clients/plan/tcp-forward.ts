import { authorityOf, type Target } from '../../base/address.ts';
import type { AppText } from '../../i18n/app.ts';
import { firstFreePort } from '../../platform/port/index.ts';
import type { ForwardSetting } from '../../settings/settings.ts';
import { type NamedAddress, redirected, variableNames } from '../addresses/address.ts';
import { addressesIn } from '../addresses/find.ts';
import { protocolNamed } from '../addresses/protocols.ts';
import type { Program } from '../entry/entry.ts';
import type { DesiredMode, EntryKey } from './record.ts';
import type { Refusal } from './refusal.ts';

/** What a person should know before an address is replaced by one of this machine. */
export type ForwardWarning =
  /** The certificate is for the name that is replaced. */
  | 'tls-name'
  /** ssh looks the host key up by the name that is replaced. */
  | 'host-key';

/** An address of a server that a TCP forward could lead to. */
export interface ForwardCandidate {
  readonly target: Target;
  /** `postgres`, `ssh`; null when it is unknown. */
  readonly protocol: string | null;
  /** Where it is written: `PGHOST, PGPORT`; empty for a bare argument. */
  readonly where: string;
  readonly warning: ForwardWarning | null;
}

const LOOPBACK = '127.0.0.1';
/** What PostgreSQL, MySQL and their drivers call the check of the server's name. */
const CHECKS_NAME = /\bverify[-_](?:full|identity)\b/i;

/** Each address that a server connects to without HTTP, whether or not its protocol is known. */
export function forwardCandidates(program: Program): ForwardCandidate[] {
  const groups = Map.groupBy(rawAddresses(program), authorityOf);
  return [...groups.values()].flatMap((addresses) => {
    const [first] = addresses;
    if (first === undefined) return [];
    const { host, port } = first;
    const protocol = addresses.map((address) => address.protocol).find((each) => each !== null) ?? null;
    const where = [...new Set(addresses.map(variableNames).filter((names) => names !== ''))].join(', ');
    return [{ target: { host, port }, protocol, where, warning: warningFor(program, protocol) }];
  });
}

/** The program with every address of the forward's target replaced by a port of this machine. */
export function forwarded(program: Program, { port, host, targetPort }: ForwardSetting): Pick<Program, 'args' | 'env'> {
  const addresses = rawAddresses(program).filter((address) => address.host === host && address.port === targetPort);
  return redirected(program, addresses, { host: LOOPBACK, port });
}

/** HTTP has a better way, which keeps the name: the proxy. */
function rawAddresses(program: Program): NamedAddress[] {
  return addressesIn(program).filter(({ protocol }) => protocolNamed(protocol ?? '')?.isHttp !== true);
}

function warningFor({ args, env }: Program, protocol: string | null): ForwardWarning | null {
  const identity = protocolNamed(protocol ?? '')?.identity;
  if (identity === 'host-key') return 'host-key';
  return identity === 'tls' || [...args, ...Object.values(env)].some((text) => CHECKS_NAME.test(text))
    ? 'tls-name'
    : null;
}

/** The warning as a sentence or two. */
export function forwardWarningSentence(warning: ForwardWarning, { host }: Target, text: AppText): string {
  const words = text.clients.forward.warning;
  switch (warning) {
    case 'tls-name':
      return words.tlsName(host);
    case 'host-key':
      return words.hostKey(host);
    default:
      return warning satisfies never;
  }
}

/** Below it, only root may listen on most systems. */
const FIRST_PORT = 1024;
const HIGHEST_PORT = 65_535;
const STEP = 10_000;

/**
 * The forward of ours that leads to a target, or a new one. Its port is the target's own where that can be had, so that a
 * server's settings need no other one; else one that looks like it: 15432 for 5432.
 */
async function localForward(
  { host, port }: Target,
  forwards: readonly ForwardSetting[],
  taken: readonly number[],
): Promise<ForwardSetting> {
  const known = forwards.find((forward) => forward.host === host && forward.targetPort === port);
  if (known !== undefined) return known;
  const used = new Set([...taken, ...forwards.map((forward) => forward.port)]);
  const wanted = Array.from({ length: 6 }, (_, index) => port + index * STEP);
  const candidates = wanted.filter((each) => each >= FIRST_PORT && each <= HIGHEST_PORT && !used.has(each));
  return { port: await firstFreePort(candidates), host, targetPort: port };
}

/** What a person has to choose, or why there is no forward, or the mode that the entry is to have. */
export type ForwardChoiceMade =
  /** At least two addresses fit, and only the person knows which one is meant. */
  | { readonly kind: 'choose'; readonly candidates: readonly ForwardCandidate[] }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | (DesiredMode & { readonly kind: 'forward' });

/** The forward for the one candidate that is meant. `target` is null when the person has not chosen; `taken` are ports of ours. */
export async function chosenForward(
  { name }: EntryKey,
  candidates: readonly ForwardCandidate[],
  target: Target | null,
  forwards: readonly ForwardSetting[],
  taken: readonly number[],
): Promise<ForwardChoiceMade> {
  const fitting = target === null ? candidates : candidates.filter((each) => isSameTarget(each.target, target));
  if (fitting.length > 1) return { kind: 'choose', candidates };
  const [only] = fitting;
  if (only === undefined) return { kind: 'refused', refusal: { kind: 'no-address', name } };
  return { kind: 'forward', forward: await localForward(only.target, forwards, taken) };
}

function isSameTarget(left: Target, right: Target): boolean {
  return left.host === right.host && left.port === right.port;
}
