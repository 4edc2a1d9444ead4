import type { Client, ClientId, Platform, RemoteShape, StdioShape } from './client.ts';

/** Claude Desktop's notation, which most others took over. */
const STDIO: StdioShape = {
  command: 'command',
  args: 'args',
  env: 'env',
  cwd: 'cwd',
  fixed: {},
  extra: {},
  only: [],
  outside: [],
};
const STDIO_WITHOUT_CWD: StdioShape = { ...STDIO, cwd: null };
const ENV_FILE = { only: ['envFile'], outside: [{ key: 'envFile', from: 'file' }] } as const;
const URL: RemoteShape = { url: 'url', headers: ['headers'], fixed: {}, extra: {}, required: {} };
const TYPED_URL: RemoteShape = { ...URL, fixed: { type: 'http' } };
const SERVER_URL: RemoteShape = { ...URL, url: 'serverUrl' };
const DISABLED = { key: 'disabled', value: true } as const;
const NOT_ENABLED = { key: 'enabled', value: false } as const;
/** Who signs in; Google's own credentials are the client's. */
const PROVIDER = { key: 'authProviderType', from: 'client', unless: 'dynamic_discovery' } as const;

/**
 * The rule for each client. Paths and shapes follow the clients' own documentation, the files that `add-mcp` 2.4.0 writes,
 * and for Zed, Cline and Jan their sources.
 */
export const CLIENTS: readonly Client[] = [
  {
    id: 'claude-desktop',
    title: 'Claude Desktop',
    format: 'json',
    files: {
      darwin: ['~/Library/Application Support/Claude/claude_desktop_config.json'],
      linux: ['$XDG_CONFIG_HOME/Claude/claude_desktop_config.json'],
      win32: [
        '%APPDATA%/Claude/claude_desktop_config.json',
        // The package from the store is given a %APPDATA% of its own.
        '%LOCALAPPDATA%/Packages/Claude_pzs8sxrjxfjjc/LocalCache/Roaming/Claude/claude_desktop_config.json',
      ],
    },
    servers: [['mcpServers']],
    name: null,
    stdio: STDIO_WITHOUT_CWD,
    // Remote servers are added in its settings, and dialled from the cloud: loopback is out of their reach.
    remote: null,
    disabled: [],
    references: [],
    strict: 'no-comments-no-mark',
    applies: 'after-quit',
  },
  {
    id: 'claude-code',
    title: 'Claude Code',
    format: 'json',
    files: everywhere('~/.claude.json'),
    // `claude mcp add` writes to the project it is run in unless it is given `--scope user`.
    servers: [['mcpServers'], ['projects', '*', 'mcpServers']],
    name: null,
    stdio: { ...STDIO_WITHOUT_CWD, extra: { type: 'stdio' } },
    remote: TYPED_URL,
    disabled: [],
    references: ['braced'],
    addressOutside: [{ key: 'headersHelper', from: 'client' }],
    strict: 'no-comments',
    applies: 'after-restart',
  },
  {
    id: 'cursor',
    title: 'Cursor',
    format: 'json',
    files: everywhere('~/.cursor/mcp.json'),
    servers: [['mcpServers']],
    name: null,
    stdio: { ...STDIO_WITHOUT_CWD, ...ENV_FILE },
    remote: URL,
    disabled: [DISABLED],
    references: ['scoped'],
    applies: 'after-reload',
  },
  {
    id: 'vscode',
    title: 'VS Code',
    format: 'json',
    files: inVsCode('mcp.json'),
    servers: [['servers']],
    name: null,
    stdio: { ...STDIO, ...ENV_FILE, only: ['envFile', 'dev', 'sandbox', 'sandboxEnabled'], extra: { type: 'stdio' } },
    remote: TYPED_URL,
    disabled: [],
    references: ['scoped'],
    applies: 'after-reload',
  },
  {
    id: 'copilot-cli',
    title: 'GitHub Copilot CLI',
    format: 'json',
    files: everywhere('~/.copilot/mcp-config.json'),
    servers: [['mcpServers']],
    name: null,
    stdio: { ...STDIO, fixed: { type: 'stdio' }, extra: { tools: ['*'] } },
    remote: { ...TYPED_URL, extra: { tools: ['*'] } },
    disabled: [],
    references: ['braced'],
    applies: 'after-restart',
  },
  {
    id: 'windsurf',
    title: 'Windsurf',
    format: 'json',
    files: everywhere('~/.codeium/windsurf/mcp_config.json'),
    servers: [['mcpServers']],
    name: null,
    stdio: STDIO_WITHOUT_CWD,
    remote: SERVER_URL,
    disabled: [DISABLED],
    references: ['scoped'],
    applies: 'after-reload',
  },
  {
    id: 'antigravity',
    title: 'Antigravity',
    format: 'json',
    files: everywhere('~/.gemini/config/mcp_config.json', '~/.gemini/antigravity/mcp_config.json'),
    servers: [['mcpServers']],
    name: null,
    stdio: STDIO_WITHOUT_CWD,
    remote: SERVER_URL,
    disabled: [DISABLED],
    references: ['scoped', 'braced'],
    addressOutside: [PROVIDER],
    applies: 'after-reload',
  },
  {
    id: 'zed',
    title: 'Zed',
    format: 'json',
    files: {
      darwin: ['~/.config/zed/settings.json'],
      linux: ['$XDG_CONFIG_HOME/zed/settings.json'],
      win32: ['%APPDATA%/Zed/settings.json'],
    },
    servers: [['context_servers']],
    name: null,
    stdio: { ...STDIO_WITHOUT_CWD, fixed: { source: 'custom' } },
    remote: { ...URL, fixed: { source: 'custom' } },
    disabled: [NOT_ENABLED],
    references: [],
    applies: 'at-once',
  },
  {
    id: 'cline',
    title: 'Cline',
    format: 'json',
    files: inVsCode(
      'globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json',
      '~/.cline/data/settings/cline_mcp_settings.json',
      '~/.cline/mcp.json',
    ),
    servers: [['mcpServers']],
    name: null,
    stdio: { ...STDIO, only: ['transportType'], extra: { disabled: false } },
    // Without a type it would speak the old HTTP+SSE.
    remote: { ...URL, fixed: { type: 'streamableHttp' }, extra: { disabled: false } },
    disabled: [DISABLED],
    references: ['scoped'],
    applies: 'at-once',
  },
  {
    id: 'continue',
    title: 'Continue',
    format: 'yaml',
    files: everywhere('~/.continue/config.yaml'),
    servers: [['mcpServers']],
    name: { key: 'name', list: true },
    stdio: STDIO,
    remote: { ...URL, headers: ['requestOptions', 'headers'], fixed: { type: 'streamable-http' } },
    disabled: [],
    references: ['secrets'],
    applies: 'after-reload',
  },
  {
    id: 'gemini-cli',
    title: 'Gemini CLI',
    format: 'json',
    files: everywhere('~/.gemini/settings.json'),
    servers: [['mcpServers']],
    name: null,
    stdio: STDIO,
    // `url` would be the old HTTP+SSE.
    remote: { ...URL, url: 'httpUrl' },
    disabled: [],
    references: ['braced', 'bare'],
    addressOutside: [PROVIDER],
    applies: 'after-restart',
  },
  {
    id: 'codex',
    title: 'Codex',
    format: 'toml',
    files: everywhere('~/.codex/config.toml'),
    servers: [['mcp_servers']],
    name: null,
    stdio: { ...STDIO, only: ['env_vars'], outside: [{ key: 'env_vars', from: 'environment' }] },
    remote: { ...URL, headers: ['http_headers'] },
    disabled: [NOT_ENABLED],
    references: [],
    addressOutside: [
      { key: 'bearer_token_env_var', from: 'environment' },
      { key: 'env_http_headers', from: 'environment' },
    ],
    applies: 'after-restart',
  },
  {
    id: 'lm-studio',
    title: 'LM Studio',
    format: 'json',
    files: everywhere('~/.lmstudio/mcp.json'),
    servers: [['mcpServers']],
    name: null,
    stdio: STDIO_WITHOUT_CWD,
    remote: URL,
    disabled: [],
    references: ['scoped'],
    applies: 'at-once',
  },
  {
    id: 'jan',
    title: 'Jan',
    format: 'json',
    files: {
      darwin: ['~/Library/Application Support/Jan/data/mcp_config.json'],
      linux: ['$XDG_DATA_HOME/Jan/data/mcp_config.json', '$XDG_CONFIG_HOME/Jan/data/mcp_config.json'],
      win32: ['%APPDATA%/Jan/data/mcp_config.json'],
    },
    servers: [['mcpServers']],
    name: null,
    stdio: { ...STDIO_WITHOUT_CWD, extra: { active: true } },
    // Its own remote entries keep an empty command beside the address; a program is the form all its versions agree on.
    remote: null,
    disabled: [{ key: 'active', value: false }],
    references: [],
    applies: 'after-restart',
  },
  {
    id: 'goose',
    title: 'Goose',
    format: 'yaml',
    files: {
      darwin: ['~/.config/goose/config.yaml'],
      linux: ['$XDG_CONFIG_HOME/goose/config.yaml'],
      win32: ['%APPDATA%/Block/goose/config/config.yaml'],
    },
    servers: [['extensions']],
    name: { key: 'name', list: false },
    stdio: {
      command: 'cmd',
      args: 'args',
      env: 'envs',
      cwd: null,
      fixed: { type: 'stdio' },
      extra: { enabled: true, timeout: 300 },
      only: ['env_keys'],
      outside: [{ key: 'env_keys', from: 'keychain' }],
    },
    remote: {
      url: 'uri',
      headers: ['headers'],
      fixed: { type: 'streamable_http' },
      extra: { enabled: true, timeout: 300 },
      // Some of its versions read no entry without one.
      required: { description: '' },
    },
    disabled: [NOT_ENABLED],
    references: [],
    // It fills them in from `envs` and the keychain.
    addressReferences: ['braced', 'bare'],
    addressOutside: [
      { key: 'env_keys', from: 'keychain' },
      { key: 'socket', from: 'client' },
    ],
    applies: 'after-restart',
  },
  {
    id: 'warp',
    title: 'Warp',
    format: 'json',
    files: everywhere('~/.warp/.mcp.json'),
    servers: [['mcpServers']],
    name: null,
    stdio: { ...STDIO, cwd: 'working_directory' },
    remote: URL,
    disabled: [],
    references: ['braced'],
    applies: 'after-restart',
  },
  {
    id: 'opencode',
    title: 'OpenCode',
    format: 'json',
    files: everywhere('~/.config/opencode/opencode.jsonc', '~/.config/opencode/opencode.json'),
    ...openCodeShapes(),
  },
  {
    id: 'kilo',
    title: 'Kilo Code',
    format: 'json',
    files: everywhere('~/.config/kilo/kilo.jsonc', '~/.config/kilo/kilo.json'),
    ...openCodeShapes(),
  },
];

/** The rule of one client; `other` where a newer version knew it, and we do not. */
export function clientOf(id: ClientId, other?: Client): Client {
  const client = CLIENTS.find((each) => each.id === id) ?? other;
  if (client === undefined) throw new Error(`no client ${id}`);
  return client;
}

type OpenCodeShapes = Pick<Client, 'servers' | 'name' | 'stdio' | 'remote' | 'disabled' | 'references' | 'applies'>;

function openCodeShapes(): OpenCodeShapes {
  return {
    // The second is that of OpenCode 2.
    servers: [['mcp'], ['mcp', 'servers']],
    name: null,
    stdio: {
      command: 'command',
      args: null,
      env: 'environment',
      cwd: 'cwd',
      fixed: { type: 'local' },
      extra: { enabled: true },
      only: [],
      outside: [],
    },
    remote: { ...URL, fixed: { type: 'remote' }, extra: { enabled: true } },
    disabled: [NOT_ENABLED, DISABLED],
    references: ['curly'],
    applies: 'after-restart',
  };
}

function everywhere(...files: readonly string[]): Readonly<Record<Platform, readonly string[]>> {
  return { darwin: files, linux: files, win32: files };
}

/** A file below VS Code's folder of the person's settings, and others that do not depend on the system. */
function inVsCode(file: string, ...others: readonly string[]): Readonly<Record<Platform, readonly string[]>> {
  return {
    darwin: [`~/Library/Application Support/Code/User/${file}`, ...others],
    linux: [`$XDG_CONFIG_HOME/Code/User/${file}`, ...others],
    win32: [`%APPDATA%/Code/User/${file}`, ...others],
  };
}
