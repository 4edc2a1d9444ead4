import { elementsOf, memberOf, parsedJson } from '../mcp/jsonrpc/index.ts';

/** Addresses, and ids of tasks, that are remembered; the oldest are forgotten. */
const MOST = 4096;

/** Characters of one that is remembered. */
const LONGEST = 2048;

/** What every answer has that points to something: the types of content `resource` and `resource_link`, and the id of a task. */
const RESOURCE = '"resource';
const TASK = '"taskId"';

/** How the address of a page begins (MCP Apps, SEP-1865). */
const PAGE = 'ui://';

/**
 * What was asked of the servers, and what their answers have pointed to: resources in the content of tools and prompts, which need not be in any list (2025-11-25,
 * server/tools, Resource Links), and tasks (basic/utilities/tasks; the extension io.modelcontextprotocol/tasks).
 */
export class Mentions {
  readonly #resources = new Map<string, ReadonlySet<string>>();
  readonly #tasks = new Map<string, ReadonlySet<string>>();
  readonly #reads = new Map<string, ReadonlySet<string>>();
  readonly #shown = new Set<string>();

  /** The servers that have pointed to this address. */
  ofResource(uri: string): readonly string[] {
    return [...(this.#resources.get(uri) ?? [])];
  }

  /** The servers that have begun a task of this id. */
  ofTask(id: string): readonly string[] {
    return [...(this.#tasks.get(id) ?? [])];
  }

  /** The servers that were asked for this address. */
  ofRead(uri: string): readonly string[] {
    return [...(this.#reads.get(uri) ?? [])];
  }

  /** Takes note of a request to read: a read that waits for its client's answers is judged by the rules of the server that it waits in. */
  noteRead(owner: string, uri: string): void {
    remember(this.#reads, uri, owner);
    if (uri.startsWith(PAGE)) this.#shown.add(owner);
  }

  /** Whether a page of this server was read here, whose calls may come back by the same client. */
  hasShown(server: string): boolean {
    return this.#shown.has(server);
  }

  /** Takes note of a response of this server. Returns whether it says that a task has begun. */
  note(owner: string, response: Buffer): boolean {
    const hasResource = response.includes(RESOURCE);
    const hasTask = response.includes(TASK);
    const result = hasResource || hasTask ? memberOf(response, 'result') : undefined;
    if (result === undefined) return false;
    if (hasResource) for (const uri of addressesIn(result)) remember(this.#resources, uri, owner);
    const task = hasTask ? taskIn(result) : null;
    if (task !== null) remember(this.#tasks, task, owner);
    return task !== null;
  }
}

function remember(known: Map<string, ReadonlySet<string>>, key: string, owner: string): void {
  if (key.length > LONGEST) return;
  const owners = known.get(key);
  if (owners?.has(owner)) return;
  known.set(key, new Set(owners).add(owner));
  const [oldest] = known.keys();
  if (known.size > MOST && oldest !== undefined) known.delete(oldest);
}

/** Of the content of a tool or a task, or of the messages of a prompt. `result` is JSON text. */
function addressesIn(result: Buffer): readonly string[] {
  const messages = elementsOf(memberOf(result, 'messages') ?? NOTHING);
  const ofPrompt = messages.map((message) => memberOf(message, 'content') ?? NOTHING);
  const blocks = [memberOf(result, 'content') ?? NOTHING, ...ofPrompt].flatMap((content) =>
    content[0] === 0x7b ? [content] : elementsOf(content),
  );
  return blocks.flatMap((block) => {
    const type = parsedJson(memberOf(block, 'type'));
    const holder = type === 'resource_link' ? block : type === 'resource' ? memberOf(block, 'resource') : undefined;
    const uri = holder && parsedJson(memberOf(holder, 'uri'));
    return typeof uri === 'string' ? [uri] : [];
  });
}

/** The id of a task that has begun: in `task` up to 2025-11-25, in the result itself since. */
function taskIn(result: Buffer): string | null {
  const task = memberOf(result, 'task');
  const hasBegun = task !== undefined || parsedJson(memberOf(result, 'resultType')) === 'task';
  const id = hasBegun ? parsedJson(memberOf(task ?? result, 'taskId')) : undefined;
  return typeof id === 'string' ? id : null;
}

const NOTHING = Buffer.from('[]');
