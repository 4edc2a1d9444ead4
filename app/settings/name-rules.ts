import { matchesGlob } from './patterns.ts';
import type { NameRules } from './settings.ts';

/** Whether rules let a tool or a prompt through: what is denied never, an empty list of what is allowed nothing, none at all everything else. */
export function letsName({ allow, deny = [] }: NameRules, name: string): boolean {
  if (deny.some((pattern) => matchesGlob(pattern, name))) return false;
  return allow === undefined || allow.some((pattern) => matchesGlob(pattern, name));
}

/** Whether a name stands for several. */
export function isPattern(name: string): boolean {
  return /[*?]/.test(name);
}

/** The entries of `deny` that go on hiding a name, or some of the listed tools that a pattern means. */
export function hidingRules({ deny = [] }: NameRules, name: string, listed: readonly string[]): readonly string[] {
  const meant = isPattern(name) ? listed.filter((tool) => matchesGlob(name, tool)) : [name];
  return deny.filter((pattern) => meant.some((tool) => matchesGlob(pattern, tool)));
}

/** The rules once these names and patterns are allowed or denied. The very rules that were given where nothing changes. */
export function changedRules(rules: NameRules, action: 'allow' | 'deny', names: readonly string[]): NameRules {
  const changed = names.reduce(action === 'deny' ? withDenied : withAllowed, rules);
  return JSON.stringify(changed) === JSON.stringify(rules) ? rules : changed;
}

/** `deny` wins, so that an entry of `allow` with the same text would only mislead. An empty `allow` lets nothing through, and stays. */
function withDenied({ allow, deny = [] }: NameRules, name: string): NameRules {
  return rulesOf(
    allow?.filter((entry) => entry !== name),
    deny.includes(name) ? deny : [...deny, name],
  );
}

function withAllowed({ allow, deny = [] }: NameRules, name: string): NameRules {
  // Whether a pattern is covered by another cannot be told from their texts; twice does no harm.
  const isAllowed =
    allow === undefined || allow.some((entry) => entry === name || (!isPattern(name) && matchesGlob(entry, name)));
  return rulesOf(
    isAllowed ? allow : [...allow, name],
    deny.filter((entry) => entry !== name),
  );
}

function rulesOf(allow: readonly string[] | undefined, deny: readonly string[]): NameRules {
  return { ...(allow === undefined ? {} : { allow }), ...(deny.length === 0 ? {} : { deny }) };
}

/**
 * Limits on the number of tools, over all servers of the client; the lowest first. Numbers as the clients document them. A client
 * offers the tools of all its servers to its model at once; above its limit it leaves tools out or refuses the request.
 */
export const TOOL_LIMITS: readonly { readonly client: string; readonly tools: number }[] = [
  { client: 'Trae', tools: 40 },
  { client: 'Cursor', tools: 80 },
  { client: 'Windsurf', tools: 100 },
  { client: 'GitHub Copilot', tools: 128 },
];

const BYTES_PER_TOKEN = 4;

/** About how many tokens `bytes` of JSON take: four bytes to a token, rounded up. An estimate: each model counts otherwise. */
export function tokensOf(bytes: number): number {
  return Math.ceil(bytes / BYTES_PER_TOKEN);
}
