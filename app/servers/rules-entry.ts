import { nearest } from '../base/nearest.ts';
import { read } from '../base/schema/index.ts';
import { changeMode, nameRulesSchema, setsSchema } from '../settings/schema.ts';
import type { ServerRules, ServerSetting, SetSetting } from '../settings/settings.ts';
import type { JsonNode } from './jsonc.ts';
import { member } from './server-entries.ts';

const RULES = ['allow', 'deny'] as const;

/** Rules that cannot be understood; `node` is where. They are never left out in silence: more would be let through than was meant. */
export class RulesEntryFault extends Error {
  readonly field: string;
  readonly node: JsonNode;

  constructor(field: string, node: JsonNode) {
    super(field);
    this.field = field;
    this.node = node;
  }
}

/**
 * What an entry says of the tools, prompts and resources that are let through, and of tools that change. Other clients have lists and maps of their own under
 * `tools`: only an object with `allow` or `deny` in it, or with a list under a word as near as `alow`, is ours. Throws RulesEntryFault.
 */
export function rulesIn(entry: JsonNode): ServerRules & Pick<ServerSetting, 'changes'> {
  const found = (['tools', 'prompts', 'resources'] as const).flatMap((thing) => {
    const node = member(entry, thing);
    if (node?.kind !== 'object' || !node.members.some(isRule)) return [];
    const reading = read(nameRulesSchema, plain(node));
    if (!reading.ok) throw new RulesEntryFault(thing, node);
    return [[thing, reading.value] as const];
  });
  const node = member(entry, 'changes');
  if (node === undefined || (node.kind === 'scalar' && node.value === null)) return Object.fromEntries(found);
  const reading = read(changeMode, plain(node));
  if (!reading.ok) throw new RulesEntryFault('changes', node);
  return { ...Object.fromEntries(found), changes: reading.value };
}

/** Whether a member of a map is a rule, or a slip of the finger for one: a list under a word such as `alow`. */
function isRule({ key, value }: { readonly key: string; readonly value: JsonNode }): boolean {
  if (RULES.some((rule) => rule === key)) return true;
  return value.kind === 'array' && nearest(key.toLowerCase(), RULES) !== null;
}

/** The sets that stand beside the servers of a file, as a list under `sets`. Throws RulesEntryFault. */
export function setsIn(root: JsonNode): readonly SetSetting[] {
  const node = member(root, 'sets');
  if (node === undefined || (node.kind === 'scalar' && node.value === null)) return [];
  const reading = read(setsSchema, plain(node));
  const names = reading.ok ? reading.value.map(({ name }) => name) : [];
  if (!reading.ok || new Set(names).size < names.length) throw new RulesEntryFault('sets', node);
  return reading.value;
}

function plain(node: JsonNode): unknown {
  if (node.kind === 'array') return node.items.map(plain);
  if (node.kind === 'object') return Object.fromEntries(node.members.map(({ key, value }) => [key, plain(value)]));
  return node.value;
}
