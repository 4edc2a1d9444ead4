import type { Target } from '../target.ts';
import { directTargets } from './no-proxy.ts';

/** The parent proxy of the settings, ready for use. */
export interface ParentRoute {
  readonly kind: 'parent';
  /** Where the parent proxy listens. */
  readonly parent: Target;
  readonly tls: boolean;
  /** Ready value for Proxy-Authorization; null when the parent wants none. */
  readonly authorization: string | null;
}

/** How a target is reached: on a connection of our own, or through the parent proxy of the settings. */
export type Route = { readonly kind: 'direct' } | ParentRoute;

const DIRECT: Route = { kind: 'direct' };

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

/** Decides for each target under one set of settings. */
export function createRouter(upstream: string | null, noProxy: string): (target: Target) => Route {
  const parent = upstream === null ? null : parseParent(upstream);
  if (parent === null) return () => DIRECT;
  const direct = directTargets(noProxy);
  return (target) => (direct.includes(target) ? DIRECT : parent);
}
