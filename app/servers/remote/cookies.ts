import type { ResponseHead } from '../../dial/http/index.ts';

/** Cookies kept of one remote, and characters of one: enough for a load balancer, and no memory for more. */
const MOST = 20;
const LONGEST = 4096;

/** `name=value` in front of the attributes (RFC 6265 section 4.1.1). */
const PAIR = /^\s*([!#$%&'*+\-.^_`|~0-9A-Za-z]+)=([^;\s]*)/;

/** Attributes that say how long a cookie is kept (RFC 6265 sections 5.2.1 and 5.2.2). */
const MAX_AGE = /;\s*max-age\s*=\s*(-?\d+)\s*(?:;|$)/i;
const EXPIRES = /;\s*expires\s*=\s*([^;]+)/i;

/**
 * The cookies of one remote server, in memory: load balancers find by them the process that has the session. They go back to
 * the origin they came from; requests to others are not made.
 */
export class Cookies {
  readonly #values = new Map<string, string>();

  take({ fields }: ResponseHead): void {
    for (let index = 0; index < fields.length; index += 2) {
      const name = fields[index] ?? '';
      if (name.length === 10 && name.toLowerCase() === 'set-cookie') this.#set(fields[index + 1] ?? '');
    }
  }

  /** The value of Cookie; null when there is none, or when the settings have one of their own among `own` fields. */
  header(own: readonly string[]): string | null {
    if (this.#values.size === 0) return null;
    if (own.some((name, index) => index % 2 === 0 && name.toLowerCase() === 'cookie')) return null;
    return [...this.#values].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  #set(written: string): void {
    const [, name, value = ''] = PAIR.exec(written.slice(0, 2 * LONGEST)) ?? [];
    if (name === undefined || name.length + value.length > LONGEST) return;
    this.#values.delete(name);
    if (isGone(written)) return;
    this.#values.set(name, value);
    const [oldest] = this.#values.keys();
    if (this.#values.size > MOST && oldest !== undefined) this.#values.delete(oldest);
  }
}

/** Whether a cookie is set so that it goes. */
function isGone(written: string): boolean {
  const maxAge = MAX_AGE.exec(written)?.[1];
  if (maxAge !== undefined) return Number(maxAge) <= 0;
  return Date.parse(EXPIRES.exec(written)?.[1] ?? '') <= Date.now();
}
