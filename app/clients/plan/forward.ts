import { authorityOf, type Target } from '../../base/address.ts';
import type { AppText } from '../../i18n/app.ts';
import type { ForwardSetting } from '../../settings/settings.ts';
import { type NamedAddress, placeNames, redirected } from '../addresses/address.ts';
import { addressesIn } from '../addresses/find.ts';
import { protocolNamed } from '../addresses/protocols.ts';
import type { Program } from '../entry/entry.ts';

/** What a person should know before an address is replaced by one of this machine. */
export type ForwardWarning =
  /** The certificate is for the name that goes. */
  | 'tls-name'
  /** ssh knows the host by the name that goes. */
  | 'host-key';

/** An address of a server that a TCP forward could lead to. */
export interface ForwardCandidate {
  readonly target: Target;
  /** `postgres`, `ssh`; null when nothing tells. */
  readonly protocol: string | null;
  /** Where it is written: `PGHOST, PGPORT`; empty for a bare argument. */
  readonly where: string;
  readonly warning: ForwardWarning | null;
}

const LOOPBACK = '127.0.0.1';
/** What PostgreSQL, MySQL and their drivers call the check of the server's name. */
const CHECKS_NAME = /\bverify[-_](?:full|identity)\b/i;

/** Each place that a server goes to past HTTP, whether one can tell the protocol or not. */
export function forwardCandidates(program: Program): ForwardCandidate[] {
  const groups = Map.groupBy(rawAddresses(program), authorityOf);
  return [...groups.values()].flatMap((addresses) => {
    const [first] = addresses;
    if (first === undefined) return [];
    const { host, port } = first;
    const protocol = addresses.map((address) => address.protocol).find((each) => each !== null) ?? null;
    const where = [...new Set(addresses.map(placeNames).filter((names) => names !== ''))].join(', ');
    return [{ target: { host, port }, protocol, where, warning: warningFor(program, protocol) }];
  });
}

/** The program, told to go to a port of this machine wherever it was told to go to the forward's target. */
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
