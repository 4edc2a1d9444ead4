import { createHash } from 'node:crypto';
import { isObject } from '../base/schema/index.ts';
import { foldedKey, isTooDeep, memberOf, membersOf, parsedJson, repeatsNames } from '../mcp/jsonrpc/index.ts';

/** What version 1 of the formula looks at. */
const FIRST_PARTS = ['title', 'description', 'inputSchema', 'outputSchema', 'annotations'] as const;

/**
 * The members of a tool that are compared, besides its name (2025-11-25 and 2026-07-28, server/tools, Data Types). Clients act on all of them: by
 * `_meta` they show a page in the place of a result (MCP Apps, SEP-1865) or keep a tool from the model, by `execution` they call it as a task.
 * Icons say nothing to a model, and their addresses may be signed anew each time.
 */
export const TOOL_PARTS = [...FIRST_PARTS, 'execution', '_meta'] as const;
export type ToolPart = (typeof TOOL_PARTS)[number];

/** What a tool says of itself, in a form in which two that mean the same are equal. */
export interface ToolShape {
  readonly name: string;
  /** Of the name and the compared members. Its beginning names the formula: another one later must not look like a change. */
  readonly hash: string;
  /** The same by the formula of earlier versions: what was approved by it is known by this. */
  readonly earlier: () => string;
  /** JSON of the compared members with their keys in order; null where clients could read the tool in different ways. */
  readonly text: string | null;
}

/** Null for what has no name: no client can call it. */
export function shapeOf(item: Buffer): ToolShape | null {
  const name = parsedJson(memberOf(item, 'name'));
  if (typeof name !== 'string') return null;
  const tool = isTooDeep(item) || isAmbiguous(item) ? null : parsedJson(item);
  if (!isObject(tool)) {
    const hash = `raw1:${hashOf(item)}`;
    return { name, hash, earlier: () => hash, text: null };
  }
  const textOf = (parts: readonly ToolPart[]) => canonical(Object.fromEntries(parts.map((part) => [part, tool[part]])));
  const hashed = (text: string) => hashOf(`${JSON.stringify(name)}\n${text}`);
  const text = textOf(TOOL_PARTS);
  return { name, hash: `v2:${hashed(text)}`, earlier: () => `v1:${hashed(textOf(FIRST_PARTS))}`, text };
}

/** Whether a hash is of a tool that clients could read in different ways. */
function isOfAmbiguous(hash: string): boolean {
  return hash.startsWith('raw1:');
}

export function hashOf(text: string | Buffer): string {
  return createHash('sha256').update(text).digest('base64url');
}

const COMPARED: ReadonlySet<string> = new Set(['name', ...TOOL_PARTS].map((part) => part.toLowerCase()));

/**
 * Parsers of Go take `Description` for `description`, and of two members of one name some read the first and some the last, in a schema as
 * well: of them only the last would be compared.
 */
function isAmbiguous(item: Buffer): boolean {
  const seen = new Set<string>();
  for (const [key, value] of membersOf(item)) {
    const plain = foldedKey(key);
    if (!COMPARED.has(plain)) continue;
    if (seen.has(plain) || !(key === 'name' || TOOL_PARTS.some((part) => part === key))) return true;
    if (repeatsNames(value)) return true;
    seen.add(plain);
  }
  return false;
}

/** JSON with the keys of every object in order: servers write them in another order from run to run. Lists keep theirs (RFC 8785). */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, one: unknown) => {
    if (!isObject(one)) return one;
    const keys = Object.keys(one).sort();
    // No prototype: a member may be called __proto__.
    const ordered: Record<string, unknown> = Object.create(null);
    for (const key of keys) ordered[key] = one[key];
    return ordered;
  });
}

/** How much a change matters. `high` calls for a look before the tool is used again. */
export type Severity = 'low' | 'medium' | 'high';

/** What makes a change severe. */
export type ToolSign =
  /** Clients could read it in different ways. */
  | 'ambiguous'
  /** It says that it does more than before: that it writes, destroys, or reaches beyond its own data. */
  | 'does-more'
  /** It says that it does less, so that clients may no longer ask before they call it. */
  | 'asks-less'
  /** Characters that do not show, or that turn the direction of text. */
  | 'hidden-characters'
  /** It speaks of places where secrets are kept. */
  | 'secret-places'
  /** It asks for something to be kept from the person. */
  | 'secrecy'
  /** It tells the model what to do besides calling it. */
  | 'instructions';

export interface Comparison {
  readonly severity: Severity;
  /** What differs; all that is there for a new tool, nothing where the texts are not known. */
  readonly parts: readonly ToolPart[];
  readonly signs: readonly ToolSign[];
}

/** A tool against its approved text, both as in `ToolShape.text`; `before` is missing for a new tool, null where it was not kept. */
export function compareTools(before: string | null | undefined, after: string | null, hash: string): Comparison {
  if (isOfAmbiguous(hash)) return { severity: 'high', parts: [], signs: ['ambiguous'] };
  if (after === null || before === null) return { severity: 'medium', parts: [], signs: [] };
  const [was, is] = [partsIn(before ?? '{}'), partsIn(after)];
  const parts = TOOL_PARTS.filter((part) => JSON.stringify(was[part]) !== JSON.stringify(is[part]));
  const known = new Set(signsIn(before ?? ''));
  const signs = [
    ...(before === undefined ? [] : effectSigns(was['annotations'], is['annotations'])),
    ...signsIn(after).filter((sign) => !known.has(sign)),
  ];
  const isSmall = before !== undefined && parts.every((part) => part === 'annotations');
  return { severity: signs.length > 0 ? 'high' : isSmall ? 'low' : 'medium', parts, signs };
}

/** The compared members out of `ToolShape.text`. */
export function partsIn(text: string): Readonly<Record<string, unknown>> {
  const parts: unknown = JSON.parse(text);
  return isObject(parts) ? parts : {};
}

/** Hints that are missing count as the schema has them (2026-07-28, schema.ts, ToolAnnotations). */
function effectsOf(annotations: unknown) {
  const hints = isObject(annotations) ? annotations : {};
  const readsOnly = hints['readOnlyHint'] === true;
  return {
    writes: !readsOnly,
    destroys: !readsOnly && hints['destructiveHint'] !== false,
    reachesOut: hints['openWorldHint'] !== false,
  };
}

/** Hints are the server's own word: both directions are told. The others (title, idempotentHint) change with flags. */
function effectSigns(before: unknown, after: unknown): readonly ToolSign[] {
  const [was, is] = [effectsOf(before), effectsOf(after)];
  const doesMore = (!was.writes && is.writes) || (!was.destroys && is.destroys) || (!was.reachesOut && is.reachesOut);
  const asksLess = (was.writes && !is.writes) || (was.destroys && !is.destroys);
  return [...(doesMore ? (['does-more'] as const) : []), ...(asksLess ? (['asks-less'] as const) : [])];
}

/** Where a path begins that leads through a home folder, and a folder in it whose name is hidden and that keeps secrets. */
const HOME = /~|\$home|\/users\/|\/home\//i;
const SECRET_FOLDER = /\/\.(?:ssh|aws|gnupg|config|kube|docker)/i;
const SECRET_PLACE =
  /\bid_(?:rsa|ed25519|ecdsa)\b|\/etc\/(?:passwd|shadow)|\.ssh\/|\.aws\/credentials|\bmcp\.json\b|\bclaude_desktop_config\b|\.env\b|\bkeychain\b/iu;

/** Word by word: one expression for both ends of a path would look from each beginning to the end of the text. */
function namesSecretPlace(text: string): boolean {
  if (SECRET_PLACE.test(text)) return true;
  if (!SECRET_FOLDER.test(text)) return false;
  return text.split(/[ "]/).some((word) => {
    const from = word.search(HOME);
    return from !== -1 && SECRET_FOLDER.test(word.slice(from));
  });
}

/** In texts with blanks as single spaces. They are signs for a person, and decide nothing: harmless texts have them, too. */
const SIGNS: readonly (readonly [ToolSign, { test(text: string): boolean }])[] = [
  // Emoji and scripts of Asia need the joiners and the choice between text and picture.
  [
    'hidden-characters',
    /(?!\u200c|\u200d|\ufe0e|\ufe0f)[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\u2800\ufff9-\ufffb]/u,
  ],
  ['secret-places', { test: namesSecretPlace }],
  [
    'secrecy',
    /\b(?:do not|don't|never|without) (?:tell|telling|mention|mentioning|inform|informing|show|showing|reveal|revealing|notify|notifying)\b[^.]{0,40}\buser\b|\b(?:hide|conceal|keep)\b[^.]{0,40}\bfrom the user\b/iu,
  ],
  [
    'instructions',
    /<\/?(?:important|system|instructions?|secret)>|\bignore (?:all |any )?(?:previous|prior|other|earlier)\b|\b(?:before|after|when) (?:using|calling|invoking) (?:this|any|other|another)\b|\byou must (?:always|first|also|call|read|send|include)\b|\balways (?:call|use|read|send|include)\b/iu,
  ],
];

/** What a text for a model has that a person should look at. */
export function signsIn(text: string): readonly ToolSign[] {
  const plain = text.replace(/(?:\\[nrt]|\s)+/g, ' ');
  return SIGNS.filter(([, pattern]) => pattern.test(plain)).map(([sign]) => sign);
}
