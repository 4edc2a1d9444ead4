import { BlockList, isIP, isIPv4 } from 'node:net';
import { domainToASCII } from 'node:url';
import { isHostName, type Target } from './address.ts';
import { percentDecoded } from './percent.ts';

/** The parent proxy of the settings, ready for use. */
export interface ParentRoute {
  readonly kind: 'parent';
  /** Where the parent proxy listens. */
  readonly parent: Target;
  readonly tls: boolean;
  /** Ready value for Proxy-Authorization; null when the parent takes none. */
  readonly authorization: string | null;
}

/** `http://user:password@host:port` or https as a route, with the scheme's own default port; null when it is neither. */
export function parseParent(url: string): ParentRoute | null {
  const parsed = URL.parse(url);
  const tls = parsed?.protocol === 'https:';
  if (parsed === null || (!tls && parsed.protocol !== 'http:') || parsed.hostname === '') return null;
  const credentials = percentDecoded(`${parsed.username}:${parsed.password}`);
  if (credentials === null) return null;
  return {
    kind: 'parent',
    parent: {
      host: parsed.hostname.replace(/^\[|\]$/g, ''),
      port: parsed.port === '' ? (tls ? 443 : 80) : Number(parsed.port),
    },
    tls,
    authorization: credentials === ':' ? null : `Basic ${Buffer.from(credentials).toString('base64')}`,
  };
}

/** Loopback and multicast-DNS names mean this machine and its neighbours: a parent proxy cannot reach them. */
const ALWAYS_DIRECT = 'localhost,127.0.0.0/8,::1,.local';

/** Which targets are reached without the parent proxy, and what of the list could not be understood. */
export interface DirectTargets {
  includes(target: Target): boolean;
  /** Entries that mean nothing, as they were written. */
  readonly unknown: readonly string[];
}

interface Rule {
  matches(host: string): boolean;
  /** Null for every port. */
  readonly port: number | null;
}

/**
 * Reads a NO_PROXY list. There is no standard; this is the union of what curl, Go, Python, Java and the settings of macOS
 * and Windows understand, separated by commas, semicolons, bars or white space:
 *
 * - names, which also cover their subdomains, with a leading dot or `*.`, a trailing dot, in any case and script;
 * - addresses, also in brackets; blocks as CIDR (`10.0.0.0/8`, `169.254/16`, `[fd00::]/8`), with a netmask, or as
 *   `192.168.*` and `192.168.`;
 * - each of these with `:port`, or as a URL, of which host and port count;
 * - `*` for everything and `<local>` for names without a dot.
 */
export function directTargets(noProxy: string): DirectTargets {
  const rules: Rule[] = [];
  const unknown: string[] = [];
  for (const entry of `${ALWAYS_DIRECT},${noProxy}`.split(/[\s,;|]+/)) {
    if (entry === '') continue;
    const rule = ruleOf(entry);
    if (rule === null) unknown.push(entry);
    else rules.push(rule);
  }
  return {
    unknown,
    includes: ({ host, port }) => {
      const name = host.toLowerCase().replace(/\.$/, '');
      return rules.some((rule) => (rule.port === null || rule.port === port) && rule.matches(name));
    },
  };
}

function ruleOf(entry: string): Rule | null {
  const url = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#]*@)?([^/?#]*)/i.exec(entry)?.[1];
  const written = (url ?? entry).toLowerCase();
  // A colon in a bare IPv6 address is no port.
  if (isIP(written.replace(/\/.*$/, '')) === 6) return ruleFor(written, null);
  const [, place = written, digits] = /^(.*?)(?::(\d{1,5}))?$/.exec(written) ?? [];
  const port = digits === undefined ? null : Number(digits);
  return port !== null && (port < 1 || port > 65_535) ? null : ruleFor(place, port);
}

function ruleFor(place: string, port: number | null): Rule | null {
  if (place === '*') return { matches: () => true, port };
  if (place === '<local>') return { matches: (name) => !/[.:]/.test(name), port };
  const block = blockOf(place.replace(/[[\]]/g, ''));
  if (block !== null && hasPairedBrackets(place)) return { matches: (name) => isInside(block, name), port };
  const suffix = asciiName(place.replace(/^\*?\.?/, '').replace(/\.$/, ''));
  // What looks like a number or holds a wildcard elsewhere would match nothing, or something else than was meant.
  if (!isHostName(suffix) || isIP(suffix) !== 0) return null;
  return { matches: (name) => name === suffix || name.endsWith(`.${suffix}`), port };
}

/** The URL parser behind `domainToASCII` would stop at the end of an authority: such names are left as they are. */
function asciiName(name: string): string {
  return /^[!-~]*$|[/?#\\@:]/.test(name) ? name : domainToASCII(name);
}

/** Brackets belong around an IPv6 address, with or without its prefix length. */
function hasPairedBrackets(place: string): boolean {
  return !/[[\]]/.test(place) || /^\[[^[\]]*:[^[\]]*\](?:\/\d+)?$/.test(place);
}

function isInside(block: BlockList, host: string): boolean {
  const family = isIP(host);
  return family !== 0 && block.check(host.replace(/%.*$/, ''), family === 6 ? 'ipv6' : 'ipv4');
}

/** The addresses that an entry stands for; null when it is no address and no block of them. */
function blockOf(place: string): BlockList | null {
  const [written = '', length, ...more] = place.split('/');
  if (more.length > 0) return null;
  const block = new BlockList();
  const address = written.replace(/%.*$/, '').replace(/^([\d.]+)\.$/, '$1');
  if (isIP(address) === 6) {
    const bits = length === undefined ? 128 : decimal(length, 128);
    if (bits === null) return null;
    block.addSubnet(address, bits, 'ipv6');
    return block;
  }
  const octets = /^(?:\d{1,3}\.){0,3}\d{1,3}\.?(?:(?<=\.)\*(?:\.\*)*)?$/.test(written) ? written.match(/\d+/g) : null;
  if (octets === null || octets.length > 4) return null;
  const base = [...octets, '0', '0', '0'].slice(0, 4).join('.');
  const bits = prefixOf(octets.length, written, length);
  if (bits === null || !isIPv4(base)) return null;
  block.addSubnet(base, bits, 'ipv4');
  return block;
}

/** The prefix length of an IPv4 entry of so many octets; null when it is not written. */
function prefixOf(octets: number, written: string, length: string | undefined): number | null {
  if (length !== undefined) return written.includes('*') ? null : (decimal(length, 32) ?? netmask(length));
  // `192.168` alone may be meant as a name or as 192.0.0.168: only with `.*` or a dot behind it is it unambiguous.
  return octets === 4 ? 32 : /[.*]$/.test(written) ? octets * 8 : null;
}

function decimal(text: string, most: number): number | null {
  return /^\d{1,3}$/.test(text) && Number(text) <= most ? Number(text) : null;
}

/** The number of ones of a netmask; null when they do not all come first. */
function netmask(text: string): number | null {
  if (!isIPv4(text)) return null;
  const bits = text
    .split('.')
    .map((octet) => Number(octet).toString(2).padStart(8, '0'))
    .join('');
  return /^1*0*$/.test(bits) ? bits.indexOf('0') + (bits.includes('0') ? 0 : 33) : null;
}
