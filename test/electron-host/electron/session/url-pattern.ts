const shape = /^(\*|[\w+.-]+):\/\/([^/]*)(\/.*)?$/;

/**
 * Whether a URL matches a filter pattern such as `*://*.example.test/*`.
 * @throws TypeError when the pattern is none
 */
export function matchesPattern(pattern: string, url: string): boolean {
  if (pattern === '<all_urls>') return true;
  const [, scheme, host, path = '/*'] = shape.exec(pattern) ?? [];
  if (scheme === undefined || host === undefined) throw new TypeError(`${pattern} is no URL pattern`);
  const { protocol, host: hostAndPort, hostname, pathname, search } = new URL(url);
  const schemeMatches = scheme === '*' ? /^https?:$/.test(protocol) : protocol === `${scheme}:`;
  return (
    schemeMatches &&
    hostMatches(host, host.includes(':') ? hostAndPort : hostname) &&
    matchesGlob(path, pathname + search)
  );
}

/** `*.example.test` covers example.test itself. */
function hostMatches(pattern: string, host: string): boolean {
  return matchesGlob(pattern, host) || (pattern.startsWith('*.') && host === pattern.slice(2));
}

function matchesGlob(glob: string, text: string): boolean {
  const parts = glob.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(text);
}
