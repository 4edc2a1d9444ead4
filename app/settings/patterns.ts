import type { NameRules } from './settings.ts';

/** One step of a pattern: a character, or any number of them. */
type Step =
  | { readonly kind: 'character'; readonly code: number }
  | { readonly kind: 'one' }
  /** `isSegment`: no `/`, `?` or `#` among them, as RFC 6570 section 3.2.2 expands a plain `{name}`. */
  | { readonly kind: 'any'; readonly isSegment: boolean };

const WILDCARDS = /[*?]/;
const EXPRESSION = /^\{([+#./;?&]?)[^{}]*\}/;

/**
 * Whether `name` is meant by a glob: `*` stands for any run of characters, `?` for one, everything else for itself. Both are read once,
 * whatever they hold: the time is bounded by the product of their lengths.
 */
export function matchesGlob(pattern: string, name: string): boolean {
  if (!WILDCARDS.test(pattern)) return pattern === name;
  return runs(stepsOf(pattern, null), name);
}

/**
 * Whether `uri` could be made of a URI template (RFC 6570). `isWide`: each expression stands for any text; else a plain `{name}` stands
 * for one segment of a path, and only the others for any text.
 */
export function matchesTemplate(template: string, uri: string, isWide: boolean): boolean {
  return runs(stepsOf(template, isWide), uri);
}

/** Whether a text holds an expression of a URI template. */
export function isTemplate(text: string): boolean {
  return /\{[^{}]+\}/.test(text);
}

/** `isWide` is null where braces are nothing special. */
function stepsOf(pattern: string, isWide: boolean | null): readonly Step[] {
  const steps: Step[] = [];
  let at = 0;
  while (at < pattern.length) {
    const expression = isWide === null ? null : EXPRESSION.exec(pattern.slice(at, at + 256));
    const character = pattern[at];
    if (expression !== null) steps.push({ kind: 'any', isSegment: isWide === false && expression[1] === '' });
    else if (character === '*') steps.push({ kind: 'any', isSegment: false });
    else if (character === '?' && isWide === null) steps.push({ kind: 'one' });
    else steps.push({ kind: 'character', code: pattern.charCodeAt(at) });
    at += expression?.[0].length ?? 1;
  }
  return steps;
}

/** All places in the pattern that the text read so far can lead to are held at once: nothing is tried twice. */
function runs(steps: readonly Step[], text: string): boolean {
  const end = steps.length;
  let here = new Set<number>();
  /** A run of characters may be empty. */
  const reach = (into: Set<number>, at: number): void => {
    let to = at;
    into.add(to);
    while (steps[to]?.kind === 'any') into.add(++to);
  };
  reach(here, 0);
  for (let at = 0; at < text.length && here.size > 0; at++) {
    const code = text.charCodeAt(at);
    const next = new Set<number>();
    for (const place of here) {
      const step = steps[place];
      if (step === undefined) continue;
      if (step.kind === 'any') {
        if (!step.isSegment || !isDelimiter(code)) reach(next, place);
      } else if (step.kind === 'one' || step.code === code) {
        reach(next, place + 1);
      }
    }
    here = next;
  }
  return here.has(end);
}

/** `/`, `?` and `#`. */
function isDelimiter(code: number): boolean {
  return code === 0x2f || code === 0x3f || code === 0x23;
}

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
