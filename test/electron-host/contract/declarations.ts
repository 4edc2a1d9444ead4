/** What a type of electron.d.ts declares, parents included. */
export interface Declared {
  readonly methods: readonly string[];
  readonly statics: readonly string[];
  readonly properties: readonly string[];
  readonly events: readonly string[];
}

type Kind = keyof Declared;

interface Block {
  readonly parent: string | undefined;
  readonly members: Record<Kind, Set<string>>;
}

const listenerMethods = new Set(['on', 'once', 'off', 'addListener', 'removeListener', 'constructor']);

/**
 * Reads member and event names out of the text of electron.d.ts. The file is generated, so its layout can be relied
 * on: types are indented by two spaces, their members by four, and the namespaces that only repeat them come last.
 */
export function readDeclarations(text: string): ReadonlyMap<string, Declared> {
  const blocks = new Map<string, Block>();
  let current: Block | undefined;
  for (const line of linesOfCode(text)) {
    if (line.startsWith('  namespace ')) break;
    const [, name, parent] = /^ {2}(?:class|interface) (\w+)(?: extends (\w+))?.* \{/.exec(line) ?? [];
    if (name !== undefined) {
      current = {
        parent,
        members: { methods: new Set(), statics: new Set(), properties: new Set(), events: new Set() },
      };
      blocks.set(name, current);
    } else if (line.startsWith('  }')) {
      current = undefined;
    } else if (current !== undefined) {
      readMember(line, current.members);
    }
  }
  return new Map([...blocks.keys()].map((name) => [name, withParents(name, blocks)]));
}

function* linesOfCode(text: string): Generator<string> {
  let comment = false;
  for (const line of text.split('\n')) {
    if (comment || /^\s*\/\*\*/.test(line)) comment = !line.includes('*/');
    else yield line;
  }
}

function readMember(line: string, members: Block['members']): void {
  const [, event] = /^ {4}on\(event: '([^']+)'/.exec(line) ?? [];
  if (event !== undefined) {
    members.events.add(event);
    return;
  }
  const [, isStatic, method] = /^ {4}(static )?(\w+)(?:<[^(]*>)?\(/.exec(line) ?? [];
  if (method !== undefined) {
    if (!listenerMethods.has(method)) members[isStatic === undefined ? 'methods' : 'statics'].add(method);
    return;
  }
  const [, property] = /^ {4}(?:readonly )?(\w+)\??: /.exec(line) ?? [];
  if (property !== undefined) members.properties.add(property);
}

function withParents(name: string, blocks: ReadonlyMap<string, Block>): Declared {
  const all: Record<Kind, string[]> = { methods: [], statics: [], properties: [], events: [] };
  for (let block = blocks.get(name); block !== undefined; block = blocks.get(block.parent ?? '')) {
    for (const kind of kinds) all[kind].push(...block.members[kind]);
  }
  return {
    methods: sorted(all.methods),
    statics: sorted(all.statics),
    properties: sorted(all.properties),
    events: sorted(all.events),
  };
}

const kinds = ['methods', 'statics', 'properties', 'events'] as const satisfies readonly Kind[];

function sorted(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}
