import manifest from '../../package.json' with { type: 'json' };
import { CODE } from './jsonrpc/index.ts';
import { META, MODERN_REVISION, NEWEST_LEGACY_REVISION } from './protocol.ts';

/** A tool as its server describes it. */
export interface ToolFacts {
  readonly name: string;
  readonly description: string;
  /** Whether it says that it changes nothing (2025-11-25, server/tools, annotations): a hint, for those who trust its server. */
  readonly isReadOnly: boolean;
}

/** What a server says of itself. */
export interface ServerIntroduction {
  readonly server: string;
  readonly version: string;
  readonly revision: string;
}

export type Introduced =
  | (ServerIntroduction & { readonly kind: 'works'; readonly tools: readonly ToolFacts[] })
  /** It answers neither of the two greetings; `reason` is its own word, and may be empty. */
  | { readonly kind: 'refuses'; readonly reason: string }
  /** It was greeted, and answers tools/list with an error; `reason` is its own word, and may be empty. */
  | { readonly kind: 'withholds-tools'; readonly reason: string };

/** An answer of a server, by its two possible members. */
export interface Answer {
  readonly result: unknown;
  readonly error: unknown;
}

/** A way to a server, over whichever transport. */
export interface Wire {
  /** Whether `initialize` means something to the other side, as it does to our own endpoints in front of every server. */
  readonly greets: boolean;
  ask(method: string, params: object): Promise<Answer>;
  notify(method: string): void;
}

/** Key of `_meta` in an answer to `initialize` that we gave in a server's place; its value is the sentence that says why. */
export const UNAVAILABLE = 'mcp-gangway/unavailable';

const CLIENT_INFO = { name: 'mcp-gangway', version: manifest.version };

/** Tools shown; a server may have thousands, a window shows some. */
const MOST_TOOLS = 500;
/** Pages of them that are asked for: a server may give out cursors without end. */
const MOST_PAGES = 20;

/** What takes secrets out of a text. */
interface Redaction {
  text(text: string): string;
}

export type Greeted =
  | { readonly kind: 'greeted'; readonly introduction: ServerIntroduction }
  /** It does not answer the greeting; `reason` is its own word, and may be empty. */
  | { readonly kind: 'refuses'; readonly reason: string };

/** Begins a session as a client of a legacy revision does (2025-11-25, basic/lifecycle). */
export async function greet({ ask, notify }: Wire, redactor: Redaction): Promise<Greeted> {
  const words: Words = (value, name) => redactor.text(textOf(value, name));
  const hello = await ask('initialize', {
    protocolVersion: NEWEST_LEGACY_REVISION,
    capabilities: {},
    clientInfo: CLIENT_INFO,
  });
  const unavailable = words(member(hello.result, '_meta'), UNAVAILABLE);
  if (unavailable !== '') return { kind: 'refuses', reason: unavailable };
  if (hello.result === undefined) return { kind: 'refuses', reason: words(hello.error, 'message') };
  const revision = words(hello.result, 'protocolVersion');
  notify('notifications/initialized');
  return { kind: 'greeted', introduction: introductionIn(revision, member(hello.result, 'serverInfo'), words) };
}

/**
 * Greets a server of any generation and asks for its tools; `greeted` is called in between. What the server says of itself is
 * shown in windows and reports: `redactor` takes the secrets out here.
 */
export async function introduce(
  wire: Wire,
  redactor: Redaction,
  greeted: (introduction: ServerIntroduction) => void,
): Promise<Introduced> {
  const { ask, greets } = wire;
  const words: Words = (value, name) => redactor.text(textOf(value, name));
  const answer = await greet(wire, redactor);
  if (answer.kind === 'greeted') {
    const { introduction } = answer;
    greeted(introduction);
    const list = await ask('tools/list', {});
    // A server without tools need not know the method.
    const isRefused = list.result === undefined && member(list.error, 'code') !== CODE.methodNotFound;
    if (isRefused) return { kind: 'withholds-tools', reason: words(list.error, 'message') };
    return { kind: 'works', ...introduction, tools: await allTools(list, ask, {}, words) };
  }
  if (greets) return answer;
  // A server of 2026-07-28 knows no initialize: every request brings its own context.
  const _meta = {
    [META.protocolVersion]: MODERN_REVISION,
    [META.clientInfo]: CLIENT_INFO,
    [META.clientCapabilities]: {},
  };
  const list = await ask('tools/list', { _meta });
  if (list.result === undefined) return answer;
  const info = member(member(list.result, '_meta'), META.serverInfo);
  const introduction = introductionIn(MODERN_REVISION, info, words);
  greeted(introduction);
  return { kind: 'works', ...introduction, tools: await allTools(list, ask, { _meta }, words) };
}

/** An answer in a message of a server. */
export function answerIn(message: unknown): Answer {
  return { result: member(message, 'result'), error: member(message, 'error') };
}

/** What a server says about its refusal; empty when it says nothing. */
export function errorMessage({ error }: Answer): string {
  return textOf(error, 'message');
}

type Words = (value: unknown, name: string) => string;

function introductionIn(revision: string, info: unknown, words: Words): ServerIntroduction {
  return { server: words(info, 'title') || words(info, 'name'), version: words(info, 'version'), revision };
}

/** The tools of all pages (2025-11-25, server/utilities/pagination), of which the first is there. A page that is refused is the end. */
async function allTools(first: Answer, ask: Wire['ask'], params: object, words: Words): Promise<readonly ToolFacts[]> {
  const tools = [...toolsIn(first, words)];
  let cursor = member(first.result, 'nextCursor');
  for (let page = 1; page < MOST_PAGES && tools.length < MOST_TOOLS && typeof cursor === 'string'; page++) {
    const list = await ask('tools/list', { ...params, cursor });
    tools.push(...toolsIn(list, words));
    cursor = member(list.result, 'nextCursor');
  }
  return tools.slice(0, MOST_TOOLS);
}

function toolsIn({ result }: Answer, words: Words): readonly ToolFacts[] {
  const tools = member(result, 'tools');
  if (!Array.isArray(tools)) return [];
  return tools.slice(0, MOST_TOOLS).map((tool: unknown) => ({
    name: words(tool, 'name'),
    description: words(tool, 'description').slice(0, 500),
    isReadOnly: member(member(tool, 'annotations'), 'readOnlyHint') === true,
  }));
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && name in value
    ? Object.getOwnPropertyDescriptor(value, name)?.value
    : undefined;
}

function textOf(value: unknown, name: string): string {
  const found = member(value, name);
  return typeof found === 'string' ? found : '';
}
