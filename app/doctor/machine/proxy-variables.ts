import { leadsTo } from '../../clients/index.ts';
import type { ProxyVariable } from '../facts.ts';

const NAMES = /^(?:https?|all|no)_proxy$|^NODE_USE_ENV_PROXY$|^JAVA_TOOL_OPTIONS$/i;

/** The proxy variables that are set in an environment, by name. What they hold stays here. */
export function proxyVariables(env: NodeJS.ProcessEnv, port: number): readonly ProxyVariable[] {
  return Object.entries(env)
    .filter(([name, value]) => NAMES.test(name) && value !== undefined && value !== '')
    .map(([name, value = '']) => ({ name, leadsHere: leadsTo(value, port) }))
    .toSorted((one, other) => one.name.localeCompare(other.name));
}
