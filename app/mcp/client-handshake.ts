import manifest from '../../package.json' with { type: 'json' };
import type { Redactor } from '../log/index.ts';
import { CODE } from './jsonrpc/index.ts';
import { META, MODERN_REVISION, NEWEST_LEGACY_REVISION } from './protocol.ts';

/** A tool as its server describes it. */
export interface ToolFacts {
  readonly name: string;
  readonly description: string;
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

/** Tools shown; a server may have thousands, a window shows some. */
const MOST_TOOLS = 500;

/**
 * Greets a server of any generation and asks for its tools; `greeted` is called in between. What the server says of itself is
 * shown in windows and reports: `redactor` takes the secrets out here.
 */
export async function introduce(
  { ask, notify, greets }: Wire,
  redactor: Redactor,
  greeted: (introduction: ServerIntroduction) => void,
): Promise<Introduced> {
  const words = (value: unknown, name: string): string => redactor.text(textOf(value, name));
  const clientInfo = { name: 'mcp-gangway', version: manifest.version };
  const hello = await ask('initialize', { protocolVersion: NEWEST_LEGACY_REVISION, capabilities: {}, clientInfo });
  const unavailable = words(member(hello.result, '_meta'), UNAVAILABLE);
  if (unavailable !== '') return { kind: 'refuses', reason: unavailable };
  if (hello.result !== undefined) {
    const revision = words(hello.result, 'protocolVersion');
    const introduction = introductionIn(revision, member(hello.result, 'serverInfo'), words);
    greeted(introduction);
    notify('notifications/initialized');
    const list = await ask('tools/list', {});
    // A server without tools need not know the method.
    const isRefused = list.result === undefined && member(list.error, 'code') !== CODE.methodNotFound;
    if (isRefused) return { kind: 'withholds-tools', reason: words(list.error, 'message') };
    return { kind: 'works', ...introduction, tools: toolsIn(list, words) };
  }
  const reason = words(hello.error, 'message');
  if (greets) return { kind: 'refuses', reason };
  // A server of 2026-07-28 knows no initialize: every request brings its own context.
  const meta = {
    [META.protocolVersion]: MODERN_REVISION,
    [META.clientInfo]: clientInfo,
    [META.clientCapabilities]: {},
  };
  const list = await ask('tools/list', { _meta: meta });
  if (list.result === undefined) return { kind: 'refuses', reason };
  const info = member(member(list.result, '_meta'), META.serverInfo);
  const introduction = introductionIn(MODERN_REVISION, info, words);
  greeted(introduction);
  return { kind: 'works', ...introduction, tools: toolsIn(list, words) };
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

function toolsIn({ result }: Answer, words: Words): readonly ToolFacts[] {
  const tools = member(result, 'tools');
  if (!Array.isArray(tools)) return [];
  return tools
    .slice(0, MOST_TOOLS)
    .map((tool: unknown) => ({ name: words(tool, 'name'), description: words(tool, 'description').slice(0, 500) }));
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
