import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { inject } from 'vitest';
import { type ClientGateway, type RemoteEntry, SERVER } from './client-gateway.ts';

/** The generation of the client in front: the one with sessions, or the one that asks the server for its generation first. */
export type ClientEra = 'legacy' | 'auto';

/** What the suite asks a client for. */
export interface Asked {
  readonly scenario: string;
  readonly revision: string;
  /** The suite's server. */
  readonly url: string;
  /** What the scenario tells beforehand, such as `client_id` or `toolCalls`. */
  readonly context: Readonly<Record<string, unknown>>;
}

/** Does what the suite asks for, with `mcp-gangway connect` and a gateway in front of its server. Rejects where something fails. */
export async function play(asked: Asked, era: ClientEra, gateway: ClientGateway): Promise<void> {
  const { url, revision } = asked;
  // A server of the stateless revision only is not asked to `initialize` first where its entry says what it is.
  const isModern = revision === '2026-07-28' && era === 'legacy';
  await gateway.serve({ url, ...(isModern ? { era: 'modern' } : {}), ...oauthEntry(asked) });
  const client = await connected(era, gateway);
  try {
    await act(asked, client, gateway);
  } finally {
    await client.close();
  }
}

/** What a scenario tells of the sign-in beforehand, as an entry has it. */
function oauthEntry({ scenario, context }: Asked): Partial<RemoteEntry> {
  const { client_id: clientId, client_secret: clientSecret } = context;
  if (scenario === 'auth/basic-cimd') {
    return { oauth: { clientMetadataUrl: 'https://conformance-test.local/client-metadata.json' } };
  }
  return typeof clientId === 'string' ? { oauth: { clientId, clientSecret } } : {};
}

async function connected(era: ClientEra, { port, environment }: ClientGateway): Promise<Client> {
  const client = new Client(
    { name: 'conformance-client', version: '1' },
    {
      capabilities: { elicitation: { form: { applyDefaults: true } }, sampling: {}, roots: {} },
      versionNegotiation: { mode: era },
    },
  );
  client.setRequestHandler('elicitation/create', () => ({ action: 'accept', content: {} }));
  client.setRequestHandler('roots/list', () => ({ roots: [] }));
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [inject('cli'), 'connect', SERVER, '--port', String(port)],
    env: environment,
    stderr: 'ignore',
  });
  await client.connect(transport);
  return client;
}

/** As often as a person has the patience to sign in for one request: a server may want another permission next. */
const MOST_SIGN_INS = 2;

/** Where the remote asks for a sign-in, it is done as a person would, and the request is made once more. */
async function signingIn<Answer>(gateway: ClientGateway, request: () => Promise<Answer>): Promise<Answer> {
  for (let signIns = 0; ; signIns++) {
    try {
      return await request();
    } catch (error) {
      if (signIns >= MOST_SIGN_INS || !String(error).includes(`mcp-gangway login ${SERVER}`)) throw error;
    }
    await gateway.signIn();
  }
}

function ignoreMissingType(error: unknown): void {
  if (!String(error).includes('missing required resultType')) throw error;
}

/** What a client does in each scenario, as the suite's authors describe it. */
async function act({ scenario, context }: Asked, client: Client, gateway: ClientGateway): Promise<void> {
  const call = (name: string, args: Record<string, unknown> = {}) =>
    signingIn(gateway, () => client.callTool({ name, arguments: args }));
  const hasTools = client.getServerCapabilities()?.tools !== undefined;
  const { tools } = hasTools ? await signingIn(gateway, () => client.listTools()) : { tools: [] };
  switch (scenario) {
    case 'tools_call':
      await call('add_numbers', { a: 5, b: 3 });
      break;
    case 'elicitation-sep1034-client-defaults':
      await call('test_client_elicitation_defaults');
      break;
    case 'sse-retry':
      await call('test_reconnection');
      break;
    case 'sep-2322-client-request-state':
      // The last of them answers without a resultType on purpose. The client of the SDK says so, and must not call again.
      for (const name of ['echo_state', 'no_state', 'unrelated']) await call(`test_mrtr_${name}`);
      await call('test_mrtr_no_result_type').catch(ignoreMissingType);
      break;
    case 'http-standard-headers': {
      for (const { name } of tools) await call(name);
      for (const { uri } of (await client.listResources()).resources) await client.readResource({ uri });
      for (const { name } of (await client.listPrompts()).prompts) await client.getPrompt({ name });
      break;
    }
    case 'http-custom-headers':
      for (const { name, arguments: args } of toolCallsIn(context)) await call(name, args);
      break;
    case 'http-invalid-tool-headers':
      for (const { name } of tools) await call(name, { region: 'eu' });
      break;
    default:
      if (scenario.startsWith('auth/')) await call('test-tool');
  }
}

function toolCallsIn({
  toolCalls,
}: Asked['context']): readonly { readonly name: string; readonly arguments: Record<string, unknown> }[] {
  return Array.isArray(toolCalls) ? toolCalls : [];
}
