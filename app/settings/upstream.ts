import type { Target } from '../base/address.ts';

/** The parent proxy of the settings, ready for use. */
export interface ParentRoute {
  readonly kind: 'parent';
  /** Where the parent proxy listens. */
  readonly parent: Target;
  readonly tls: boolean;
  /** Ready value for Proxy-Authorization; null when the parent wants none. */
  readonly authorization: string | null;
}

/** `http://user:password@host:port` or https as a route, with the scheme's own default port; null when it is neither. */
export function parseParent(url: string): ParentRoute | null {
  const parsed = URL.parse(url);
  const tls = parsed?.protocol === 'https:';
  if (parsed === null || (!tls && parsed.protocol !== 'http:') || parsed.hostname === '') return null;
  const credentials = decoded(`${parsed.username}:${parsed.password}`);
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

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
