import { join } from 'node:path';

/** How a client of npm is made to say what it has read. */
export interface CompatClient {
  /** As `mcp-gangway clients --client` has it. */
  readonly id: string;
  readonly title: string;
  /** The package, in the version that is examined. */
  readonly name: string;
  readonly version: string;
  /** Where it looks for its file, below the home folder. */
  readonly file: string;
  /** A file with one program, `nas`, in the client's own notation. */
  readonly before: string;
  /** What it is called with, in a folder of the cache. `node` is the one of this process. */
  readonly command: (folder: string, node: string, file: string) => readonly string[];
  /** What it shows of an entry: the environment and the headers too, or their names, or the command and the address alone. */
  readonly shows: 'everything' | 'names' | 'command';
  /** What is asked, for the table. */
  readonly asked: string;
}

const PROGRAM = '{ "command": "uvx", "args": ["nas-mcp"], "env": { "NAS_USER": "anna" } }';

/** The package that holds the program for this machine: `codex` brings its own along, Claude Code and OpenCode do not start theirs without a script. */
const SYSTEM = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;

/** The clients that npm has in a form that can be asked without a person and without a network. */
export const CLIENTS: readonly CompatClient[] = [
  {
    id: 'codex',
    title: 'Codex',
    name: '@openai/codex',
    version: '0.171.0',
    file: '.codex/config.toml',
    before:
      '[mcp_servers.nas]\ncommand = "uvx"\nargs = ["nas-mcp"]\nenv = { NAS_USER = "anna" }\nstartup_timeout_sec = 20\n',
    command: (folder, node) => [node, join(folder, 'bin/codex.js'), 'mcp', 'list', '--json'],
    shows: 'everything',
    asked: '`codex mcp list --json`',
  },
  {
    id: 'claude-code',
    title: 'Claude Code',
    name: '@anthropic-ai/claude-code',
    version: '2.1.332',
    file: '.claude.json',
    before: `{ "mcpServers": { "nas": ${PROGRAM} } }\n`,
    command: (folder) => [join(folder, `../claude-code-${SYSTEM}/claude`), 'mcp', 'get', 'nas'],
    shows: 'command',
    asked: '`claude mcp get`',
  },
  {
    id: 'opencode',
    title: 'OpenCode',
    name: 'opencode-ai',
    version: '1.18.33',
    file: '.config/opencode/opencode.jsonc',
    before:
      '// mine\n{ "mcp": { "nas": { "type": "local", "command": ["uvx", "nas-mcp"], "environment": { "NAS_USER": "anna" }, } } }\n',
    command: (folder) => [join(folder, `../opencode-${SYSTEM}/bin/opencode`), 'debug', 'config'],
    shows: 'names',
    asked: '`opencode debug config`',
  },
  {
    id: 'gemini-cli',
    title: 'Gemini CLI',
    name: '@google/gemini-cli',
    version: '0.61.0',
    file: '.gemini/settings.json',
    before: `{ "mcpServers": { "nas": ${PROGRAM} } }\n`,
    command: (folder, node) => [node, join(folder, 'bundle/gemini.js'), 'mcp', 'list'],
    shows: 'command',
    asked: '`gemini mcp list`',
  },
  {
    id: 'qwen-code',
    title: 'Qwen Code',
    name: '@qwen-code/qwen-code',
    version: '0.24.4',
    file: '.qwen/settings.json',
    before: `{ "mcpServers": { "nas": ${PROGRAM} } }\n`,
    command: (folder, node) => [node, join(folder, 'cli.js'), 'mcp', 'list'],
    shows: 'command',
    asked: '`qwen mcp list`',
  },
  {
    id: 'copilot-cli',
    title: 'GitHub Copilot CLI',
    name: '@github/copilot',
    version: '1.0.102',
    file: '.copilot/mcp-config.json',
    before:
      '{ "mcpServers": { "nas": { "type": "stdio", "command": "uvx", "args": ["nas-mcp"], "env": { "NAS_USER": "anna" }, "tools": ["*"] } } }\n',
    command: (folder, node) => [node, join(folder, 'npm-loader.js'), 'mcp', 'get', 'nas'],
    shows: 'command',
    asked: '`copilot mcp get`',
  },
  {
    id: 'openclaw',
    title: 'OpenClaw',
    name: 'openclaw',
    version: '2026.9.6',
    file: '.openclaw/openclaw.json',
    before: `{ mcp: { servers: { "nas": ${PROGRAM} } } }\n`.replace('{ mcp: { servers:', '{ "mcp": { "servers":'),
    command: (folder, node) => [node, join(folder, 'openclaw.mjs'), 'mcp', 'list', '--json'],
    shows: 'everything',
    asked: '`openclaw mcp list --json`',
  },
  {
    id: 'continue',
    title: 'Continue',
    name: '@continuedev/config-yaml',
    version: '1.42.0',
    file: '.continue/config.yaml',
    before:
      'name: Mine\nversion: 1.0.0\nschema: v1\nmcpServers:\n  - name: nas\n    command: uvx\n    args: [nas-mcp]\n    env:\n      NAS_USER: anna\n',
    command: (folder, node, file) => [node, '--input-type=module', '-e', CONTINUE, join(folder, 'dist/index.js'), file],
    shows: 'everything',
    asked: 'the parser of its configuration, `@continuedev/config-yaml`',
  },
];

/** Prints the servers as Continue's own parser and schema have them. */
const CONTINUE = `
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
const [parser, file] = process.argv.slice(1);
const { configYamlSchema, parseConfigYaml, validateConfigYaml } = await import(pathToFileURL(parser).href);
const config = configYamlSchema.strict().parse(parseConfigYaml(readFileSync(file, 'utf8')));
const [fault] = validateConfigYaml(config);
if (fault !== undefined) throw new Error(fault.message);
process.stdout.write(JSON.stringify(config.mcpServers));
`;

/** Those that cannot be asked so, with the reason, for the table. */
export const NOT_ASKED: readonly { readonly title: string; readonly why: string }[] = [
  { title: 'Kilo Code', why: '`@kilocode/cli` 7.8.1 has no program for Linux in the registry' },
  { title: 'Crush', why: '`@charmland/crush` fetches its program with a script when it is installed' },
  { title: 'Cline', why: 'its command line adds and removes servers, and lists none' },
  {
    title: 'Claude Desktop, Cursor, VS Code, Windsurf, Zed, LM Studio, Jan, Goose, Warp and the rest',
    why: 'not on npm; their notations are those of golden tests',
  },
];
