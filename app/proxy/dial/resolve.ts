import type { LookupAddress } from 'node:dns';
import { isIP } from 'node:net';

/** How long an answer of the system's resolver is believed, in ms. */
const CACHE_MS = 10_000;
const CACHE_ENTRIES = 1_000;

/** dns.lookup with all addresses, in the system's order. */
export type Lookup = (
  host: string,
  done: (error: NodeJS.ErrnoException | null, addresses: readonly LookupAddress[]) => void,
) => void;

/** Receives the addresses, best first, or the resolver's error. Called at once for literals and cached names. */
export type Resolved = (error: NodeJS.ErrnoException | null, addresses: readonly LookupAddress[]) => void;

/**
 * Names to addresses, by the system's own resolver: it knows /etc/hosts, the VPN's name servers and `.local`.
 * dns.lookup runs on four threads, so equal look-ups under way are one, and an answer serves for ten seconds
 * of `now`, a monotonic clock.
 */
export function createResolver(lookup: Lookup, now: () => number): (host: string, resolved: Resolved) => void {
  const cache = new Map<string, { readonly addresses: readonly LookupAddress[]; readonly until: number }>();
  const asking = new Map<string, Resolved[]>();

  return (host, resolved) => {
    const family = isIP(host);
    if (family !== 0) return resolved(null, [{ address: host, family }]);
    const name = host.toLowerCase();
    const known = cache.get(name);
    if (known !== undefined && known.until > now()) return resolved(null, known.addresses);
    const others = asking.get(name);
    if (others !== undefined) return void others.push(resolved);
    asking.set(name, [resolved]);
    lookup(name, (error, addresses) => {
      const waiting = asking.get(name) ?? [];
      asking.delete(name);
      const ordered = error === null ? alternateFamilies(addresses) : [];
      cache.delete(name);
      if (error === null) {
        const oldest = cache.size >= CACHE_ENTRIES ? cache.keys().next().value : undefined;
        if (oldest !== undefined) cache.delete(oldest);
        cache.set(name, { addresses: ordered, until: now() + CACHE_MS });
      }
      for (const each of waiting) each(error, ordered);
    });
  };
}

/** The system's order with the families taken in turn (RFC 8305 section 4), so that a dead family costs one attempt. */
function alternateFamilies(addresses: readonly LookupAddress[]): readonly LookupAddress[] {
  const first = addresses.filter(({ family }) => family === addresses[0]?.family);
  const second = addresses.filter(({ family }) => family !== addresses[0]?.family);
  return Array.from({ length: Math.max(first.length, second.length) }, (_, i) => [first[i], second[i]])
    .flat()
    .filter((address) => address !== undefined);
}
