/** Gangways that one request may pass. Each names itself to the next, so that a circle is seen where it closes; this is for what cuts that off. */
const MOST = 8;
/** A name as we give it, or a place that stands for one. */
const NAME = /^[\w.-]{1,64}$/;

/**
 * The instances that a request has passed on its way through servers with a URL, this one last: what it is passed on with (as Via,
 * RFC 9110 section 7.6.3). `field` is what it came with. Null where it has been here, or has come too far.
 */
export function passedOn(field: string, own: string): string | null {
  return hopsIn(field).includes(own) ? null : startedOn(field, own);
}

/**
 * Likewise for a client that was started on the way, by a server's command. It may be an agent that uses other servers of ours, so that
 * only the number counts.
 */
export function startedOn(field: string, own: string): string | null {
  const names = hopsIn(field);
  return names.length >= MOST ? null : [...names, own].join(', ');
}

/** Oldest first. */
export function hopsIn(field: string): readonly string[] {
  return field
    .split(',', MOST)
    .map((name) => name.trim())
    .filter((name) => NAME.test(name));
}

/** Ways that are told apart. */
const MOST_WAYS = 64;

/**
 * The ways that requests have come by, for what is kept for each: what lies behind a server with a URL differs with them. A client may
 * write what it likes, and each start of an instance is another one: beyond a number of them, only how long a way is counts.
 */
export class Ways {
  readonly #known = new Set<string>();

  /** `via` as it is kept; an empty text where the request has come straight to us. */
  of(via: string | undefined): string {
    if (via === undefined || !via.includes(',')) return '';
    if (this.#known.has(via)) return via;
    if (this.#known.size >= MOST_WAYS) return withoutNames(via);
    this.#known.add(via);
    return via;
  }
}

/** As many hops, of which only the last is named. */
function withoutNames(via: string): string {
  const names = hopsIn(via);
  return names.map((name, index) => (index === names.length - 1 ? name : '-')).join(', ');
}
