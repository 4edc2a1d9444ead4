import {
  Client as ClientV2,
  SSEClientTransport as SseV2,
  StreamableHTTPClientTransport as StreamableV2,
} from '@modelcontextprotocol/client';
import { StdioClientTransport as StdioV2 } from '@modelcontextprotocol/client/stdio';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport as SseV1 } from '@modelcontextprotocol/sdk/client/sse.js';
import { StdioClientTransport as StdioV1 } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport as StreamableV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import {
  CreateMessageRequestSchema,
  ElicitRequestSchema,
  ListRootsRequestSchema,
  LoggingMessageNotificationSchema,
  ToolListChangedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';

export interface CallOptions {
  readonly onProgress?: (progress: number) => void;
  readonly signal?: AbortSignal;
}

/** One of the official SDKs' clients, connected; the same face for all of them. */
export interface TestClient {
  listTools(): Promise<string[]>;
  /** The text of a tool's result, its blocks joined. */
  call(tool: string, args?: Record<string, unknown>, options?: CallOptions): Promise<string>;
  getPrompt(name: string, args?: Record<string, string>): Promise<string>;
  readResource(uri: string): Promise<string>;
  /** Log messages received so far. */
  readonly logs: readonly string[];
  /** How often the list of tools was reported as changed. */
  readonly toolChanges: number;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface ClientKind {
  readonly label: string;
  /** The era the client speaks in front of a child of every era. */
  readonly era: 'legacy' | 'modern' | 'either';
  /** `who` is what the client answers questions with. */
  connect(url: string, who: string): Promise<TestClient>;
}

const capabilities = { elicitation: {}, sampling: {}, roots: {} };

/** Answers a form by filling every field with who we are and what was asked. */
function filled(params: object, who: string): Record<string, string> {
  const { message, requestedSchema } = Object(params);
  return Object.fromEntries(Object.keys(requestedSchema.properties).map((field) => [field, `${who} on ${message}`]));
}

function sampled(who: string) {
  return { role: 'assistant' as const, content: { type: 'text' as const, text: `sampled by ${who}` }, model: 'test' };
}

function textOf(content: unknown): string {
  return Array.isArray(content) ? content.map((block) => Object(block).text).join('\n') : '';
}

/** How both SDKs take what a call may be given. */
function requestOptions({ onProgress, signal }: CallOptions) {
  return {
    ...(onProgress ? { onprogress: ({ progress }: { readonly progress: number }) => onProgress(progress) } : {}),
    ...(signal ? { signal } : {}),
  };
}

/** What the clients of both SDKs can do in the same words. */
interface SdkClient {
  listTools(): Promise<{ readonly tools: readonly { readonly name: string }[] }>;
  getPrompt(prompt: {
    name: string;
    arguments: Record<string, string>;
  }): Promise<{ readonly messages: readonly { readonly content: unknown }[] }>;
  readResource(resource: { uri: string }): Promise<{ readonly contents: unknown }>;
  close(): Promise<void>;
}

function sameInBoth(client: SdkClient) {
  return {
    listTools: async () => (await client.listTools()).tools.map(({ name }) => name),
    getPrompt: async (name: string, args: Record<string, string> = {}) => {
      const { messages } = await client.getPrompt({ name, arguments: args });
      return textOf(messages.map(({ content }) => content));
    },
    readResource: async (uri: string) => textOf((await client.readResource({ uri })).contents),
    [Symbol.asyncDispose]: () => client.close(),
  };
}

async function connectV1(transport: SseV1 | StreamableV1 | StdioV1, who: string): Promise<TestClient> {
  const client = new ClientV1({ name: 'v1', version: '1' }, { capabilities });
  const logs: string[] = [];
  let toolChanges = 0;
  client.setRequestHandler(ElicitRequestSchema, ({ params }) => ({ action: 'accept', content: filled(params, who) }));
  client.setRequestHandler(CreateMessageRequestSchema, () => sampled(who));
  client.setRequestHandler(ListRootsRequestSchema, () => ({ roots: [{ uri: `file:///${who}` }] }));
  client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => void logs.push(String(params.data)));
  client.setNotificationHandler(ToolListChangedNotificationSchema, () => void toolChanges++);
  // The v1 transport leaves `sessionId` undefined instead of leaving it out.
  await client.connect(Object(transport));
  await client.setLoggingLevel('info');
  return {
    logs,
    get toolChanges() {
      return toolChanges;
    },
    call: async (name, args = {}, options = {}) => {
      const result = await client.callTool({ name, arguments: args }, undefined, requestOptions(options));
      return textOf(result['content']);
    },
    ...sameInBoth(client),
  };
}

async function connectV2(
  transport: SseV2 | StreamableV2 | StdioV2,
  who: string,
  mode: 'legacy' | 'auto' | { pin: string },
): Promise<TestClient> {
  const logs: string[] = [];
  let toolChanges = 0;
  const client = new ClientV2(
    { name: 'v2', version: '1' },
    {
      capabilities,
      versionNegotiation: { mode },
      listChanged: { tools: { autoRefresh: false, debounceMs: 0, onChanged: () => void toolChanges++ } },
    },
  );
  client.setRequestHandler('elicitation/create', ({ params }) => ({
    action: 'accept',
    content: filled(params, who),
  }));
  client.setRequestHandler('sampling/createMessage', () => sampled(who));
  client.setRequestHandler('roots/list', () => ({ roots: [{ uri: `file:///${who}` }] }));
  client.setNotificationHandler('notifications/message', ({ params }) => void logs.push(String(params.data)));
  await client.connect(transport);
  const modern = client.getNegotiatedProtocolVersion() === '2026-07-28';
  if (!modern) await client.setLoggingLevel('info');
  const _meta = modern ? { 'io.modelcontextprotocol/logLevel': 'info' } : {};
  return {
    logs,
    get toolChanges() {
      return toolChanges;
    },
    call: async (name, args = {}, options = {}) => {
      const result = await client.callTool({ name, arguments: args, _meta }, requestOptions(options));
      return textOf(result.content);
    },
    ...sameInBoth(client),
  };
}

const sseV2 = (url: string) => new SseV2(new URL(`${url}/sse`));
const streamableV2 = (url: string) => new StreamableV2(new URL(`${url}/mcp`));

/** Every official client over every transport it has. */
export const CLIENT_KINDS: readonly ClientKind[] = [
  {
    label: 'SDK v1 over HTTP+SSE',
    era: 'legacy',
    connect: (url, who) => connectV1(new SseV1(new URL(`${url}/sse`)), who),
  },
  {
    label: 'SDK v1 over Streamable HTTP',
    era: 'legacy',
    connect: (url, who) => connectV1(new StreamableV1(new URL(`${url}/mcp`)), who),
  },
  {
    label: 'SDK v2 (legacy) over HTTP+SSE',
    era: 'legacy',
    connect: (url, who) => connectV2(sseV2(url), who, 'legacy'),
  },
  {
    label: 'SDK v2 (legacy) over Streamable HTTP',
    era: 'legacy',
    connect: (url, who) => connectV2(streamableV2(url), who, 'legacy'),
  },
  {
    label: 'SDK v2 (auto) over HTTP+SSE',
    era: 'either',
    connect: (url, who) => connectV2(sseV2(url), who, 'auto'),
  },
  {
    label: 'SDK v2 (auto) over Streamable HTTP',
    era: 'modern',
    connect: (url, who) => connectV2(streamableV2(url), who, 'auto'),
  },
  {
    label: 'SDK v2 (modern only) over Streamable HTTP',
    era: 'modern',
    connect: (url, who) => connectV2(streamableV2(url), who, { pin: '2026-07-28' }),
  },
];

/** A program that is a stdio MCP server. */
export interface StdioProgram {
  readonly command: string;
  readonly args: string[];
  readonly env: Record<string, string>;
  readonly stderr: 'ignore';
}

/** Every official client that starts its server itself. */
export const STDIO_CLIENT_KINDS = [
  { label: 'SDK v1 over stdio', connect: (program: StdioProgram, who: string) => connectV1(new StdioV1(program), who) },
  {
    label: 'SDK v2 (legacy) over stdio',
    connect: (program: StdioProgram, who: string) => connectV2(new StdioV2(program), who, 'legacy'),
  },
  {
    label: 'SDK v2 (auto) over stdio',
    connect: (program: StdioProgram, who: string) => connectV2(new StdioV2(program), who, 'auto'),
  },
] as const;
