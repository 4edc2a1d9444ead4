import {
  type Client,
  type ClientId,
  DISABLED,
  ENV_FILE,
  everywhere,
  inVsCode,
  NOT_ENABLED,
  PROVIDER,
  SERVER_URL,
  STDIO,
  STDIO_WITHOUT_CWD,
  TYPED_URL,
  URL,
} from './client.ts';
import { NEWER_CLIENTS } from './newer-clients.ts';

/**
 * The rule for each client. Paths and shapes follow the clients' own documentation, the files that `add-mcp` 2.4.0 writes,
 * and for Zed, Cline and Jan their sources.
 */
const CONTINUE: Client = {
  id: 'continue',
  title: 'Continue',
  format: 'yaml',
  files: everywhere('~/.continue/config.yaml'),
  // Each file of these folders is a block with a list of servers like that of the main file.
  further: everywhere('~/.continue/mcpServers/*.yaml', '~/.continue/mcpServers/*.yml'),
  project: ['.continue/mcpServers/*.yaml', '.continue/mcpServers/*.yml'],
  servers: [['mcpServers']],
  name: { key: 'name', list: true },
  stdio: STDIO,
  remote: { ...URL, headers: ['requestOptions', 'headers'], fixed: { type: 'streamable-http' } },
  disabled: [],
  references: ['secrets'],
  applies: 'after-reload',
};

const FIRST: readonly Client[] = [
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
    files: everywhere('$CLAUDE_CONFIG_DIR/.claude.json'),
    project: ['.mcp.json'],
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
    project: ['.cursor/mcp.json'],
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
    further: vsCodePlaces(),
    project: ['.vscode/mcp.json'],
    // The second is that of the settings before there was a file for servers alone.
    servers: [['servers'], ['mcp', 'servers']],
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
    files: everywhere('$COPILOT_HOME/mcp-config.json'),
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
    project: ['.zed/settings.json'],
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
    further: everywhere('$CLINE_MCP_SETTINGS_PATH'),
    servers: [['mcpServers']],
    name: null,
    stdio: { ...STDIO, only: ['transportType'], extra: { disabled: false } },
    // Without a type it would speak the old HTTP+SSE.
    remote: { ...URL, fixed: { type: 'streamableHttp' }, extra: { disabled: false } },
    disabled: [DISABLED],
    references: ['scoped'],
    applies: 'at-once',
  },
  CONTINUE,
  {
    id: 'gemini-cli',
    title: 'Gemini CLI',
    format: 'json',
    files: everywhere('~/.gemini/settings.json'),
    project: ['.gemini/settings.json'],
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
    files: everywhere('$CODEX_HOME/config.toml'),
    project: ['.codex/config.toml'],
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
    project: ['.warp/.mcp.json'],
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
    project: ['opencode.jsonc', 'opencode.json', '.opencode/opencode.jsonc', '.opencode/opencode.json'],
    ...openCodeShapes(),
  },
  {
    id: 'kilo',
    title: 'Kilo Code',
    format: 'json',
    files: everywhere('~/.config/kilo/kilo.jsonc', '~/.config/kilo/kilo.json'),
    project: ['kilo.jsonc', 'kilo.json', '.kilo/kilo.jsonc', '.kilo/kilo.json'],
    ...openCodeShapes(),
  },
];

/** All of them. */
export const CLIENTS: readonly Client[] = [...FIRST, ...NEWER_CLIENTS];

/** Clients that read files in a second notation: a rule for those files alone. */
export const OTHER_NOTATIONS: readonly Client[] = [
  {
    ...CONTINUE,
    // As Claude Desktop has them (core/context/mcp/json in its sources). It takes neither a working directory nor a file of variables from there.
    format: 'json',
    files: { darwin: [], linux: [], win32: [] },
    further: everywhere('~/.continue/mcpServers/*.json'),
    project: ['.continue/mcpServers/*.json'],
    name: null,
    stdio: { ...STDIO_WITHOUT_CWD, only: ['envFile'] },
    remote: TYPED_URL,
    references: ['braced'],
  },
];

/** The rule of one client: `rule` where that is one of its own, or of a client that only a newer version knows. */
export function clientOf(id: ClientId, rule?: Client): Client {
  const client = rule?.id === id ? rule : (CLIENTS.find((each) => each.id === id) ?? rule);
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

/** The builds beside the main one, profiles, and the settings that held servers before they had a file of their own. */
function vsCodePlaces(): NonNullable<Client['further']> {
  const own = ['Code - Insiders/User/mcp.json', 'Code/User/profiles/*/mcp.json', 'Code/User/settings.json'];
  const below = (folder: string): readonly string[] => own.map((file) => `${folder}/${file}`);
  return {
    darwin: below('~/Library/Application Support'),
    linux: below('$XDG_CONFIG_HOME'),
    win32: below('%APPDATA%'),
  };
}
