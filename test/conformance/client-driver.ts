/**
 * The client that the official suite runs against each of its servers, with `mcp-gangway connect` and a gateway of its own in between.
 * The suite says which scenario it is by MCP_CONFORMANCE_SCENARIO, and appends the URL of its server.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { COMPILED } from '../support/programs.ts';
import { freePort } from '../support/tcp.ts';
import { signIn } from './sign-in.ts';

const [, , cli = '', era = 'legacy', url = ''] = process.argv;
const scenario = process.env['MCP_CONFORMANCE_SCENARIO'] ?? '';
const context = Object(JSON.parse(process.env['MCP_CONFORMANCE_CONTEXT'] ?? '{}'));
const isStateless = process.env['MCP_CONFORMANCE_PROTOCOL_VERSION'] === '2026-07-28';

const environment = { PATH: process.env['PATH'] ?? '', ...COMPILED };

interface Gateway {
  readonly port: number;
  readonly home: string;
  stop(): Promise<void>;
}

/** A headless Gangway whose only server is the suite's. */
async function startGateway(): Promise<Gateway> {
  const home = await mkdtemp(join(tmpdir(), 'gangway-client-'));
  const config = join(home, 'servers.json');
  // A server of the stateless revision only is not asked to `initialize` first where its entry says what it is.
  const entry = { url, ...(isStateless && era === 'legacy' ? { era: 'modern' } : {}), ...oauthEntry() };
  await writeFile(config, JSON.stringify({ mcpServers: { remote: entry } }));
  const port = await freePort();
  const child = spawn(process.execPath, [cli, '-p', String(port), '--config', config], {
    env: { ...environment, HOME: home },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const exited = once(child, 'exit');
  const lines = createInterface({ input: child.stderr });
  for await (const line of lines) if (line.includes('listening on')) break;
  child.stderr.resume();
  return {
    port,
    home,
    async stop() {
      child.kill('SIGKILL');
      await exited;
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** What a scenario tells of the sign-in beforehand, as an entry has it. */
function oauthEntry(): object {
  const { client_id: clientId, client_secret: clientSecret } = context;
  if (scenario === 'auth/basic-cimd') {
    return { oauth: { clientMetadataUrl: 'https://conformance-test.local/client-metadata.json' } };
  }
  return typeof clientId === 'string' ? { oauth: { clientId, clientSecret } } : {};
}

async function connected({ port, home }: Gateway): Promise<Client> {
  const client = new Client(
    { name: 'conformance-client', version: '1' },
    {
      capabilities: { elicitation: { form: { applyDefaults: true } }, sampling: {}, roots: {} },
      versionNegotiation: { mode: era === 'auto' ? 'auto' : 'legacy' },
    },
  );
  client.setRequestHandler('elicitation/create', () => ({ action: 'accept', content: {} }));
  client.setRequestHandler('roots/list', () => ({ roots: [] }));
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [cli, 'connect', 'remote', '--port', String(port)],
    env: { ...environment, HOME: home },
    stderr: 'ignore',
  });
  await client.connect(transport);
  return client;
}

/** As often as a person has the patience to sign in for one request: a server may want another permission next. */
const MOST_SIGN_INS = 2;

/** Where the remote asks for a sign-in, it is done as a person would, and the request is made once more. */
async function signingIn<Answer>(gateway: Gateway, request: () => Promise<Answer>): Promise<Answer> {
  for (let signIns = 0; ; signIns++) {
    try {
      return await request();
    } catch (error) {
      if (signIns >= MOST_SIGN_INS || !String(error).includes('mcp-gangway login remote')) throw error;
    }
    await signIn({ cli, ...gateway });
  }
}

function ignoreMissingType(error: unknown): void {
  if (!String(error).includes('missing required resultType')) throw error;
}

/** What a client does in each scenario, as the suite's authors describe it. */
async function play(client: Client, gateway: Gateway): Promise<void> {
  const call = (name: string, args: Record<string, unknown> = {}) =>
    signingIn(gateway, () => client.callTool({ name, arguments: args }));
  const { tools } = await signingIn(gateway, () => client.listTools());
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
      for (const { name, arguments: args } of context.toolCalls) await call(name, args);
      break;
    case 'http-invalid-tool-headers':
      for (const { name } of tools) await call(name, { region: 'eu' });
      break;
    default:
      if (scenario.startsWith('auth/')) await call('test-tool');
  }
}

async function main(): Promise<void> {
  const gateway = await startGateway();
  try {
    const client = await connected(gateway);
    await play(client, gateway);
    await client.close();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = 1;
  } finally {
    await gateway.stop();
  }
  process.exit();
}

void main();
