import type { Target } from '../base/address.ts';
import { directTargets } from '../settings/no-proxy.ts';
import { type ParentRoute, parseParent } from '../settings/upstream.ts';

/** How a target is reached: on a connection of our own, or through the parent proxy of the settings. */
export type Route = { readonly kind: 'direct' } | ParentRoute;

const DIRECT: Route = { kind: 'direct' };

/** Decides for each target under one set of settings. */
export function createRouter(upstream: string | null, noProxy: string): (target: Target) => Route {
  const parent = upstream === null ? null : parseParent(upstream);
  if (parent === null) return () => DIRECT;
  const direct = directTargets(noProxy);
  return (target) => (direct.includes(target) ? DIRECT : parent);
}
