import type { Aspect } from './compare.ts';
import type { Call } from './exam.ts';
import type { RouteName } from './routes.ts';

/** A server of npm, in the version that is examined. */
export interface CompatServer {
  readonly name: string;
  readonly version: string;
  readonly maker: string;
  /** Which of the package's programs it is, where it has several. */
  readonly bin?: string;
  /** `{work}` stands for the folder in which the server runs. */
  readonly args?: readonly string[];
  /** What it does not start without. No key in here is real: nothing is asked of a network. */
  readonly env?: Readonly<Record<string, string>>;
  /** Files in the folder in which it runs. */
  readonly files?: Readonly<Record<string, string>>;
  /** Changes nothing. Where it needs a network the error is what is compared. */
  readonly call: Call;
  /** A call that takes seconds, where there is one: withdrawn, and cut by the end of the process, while it runs. */
  readonly slow?: Call;
  /** Differences that are known, with their reason. One that no longer occurs is a fault of the list. */
  readonly known?: readonly Known[];
}

export interface Known {
  readonly routes: readonly RouteName[];
  readonly aspects: readonly Aspect[];
  readonly why: string;
}

/** Small, without native builds, and at work without an account; of many makers, SDKs and ways to write a server. */
export const SERVERS: readonly CompatServer[] = [
  {
    name: '@modelcontextprotocol/server-everything',
    version: '2026.8.31',
    maker: 'MCP project',
    call: { tool: 'get-sum', args: { a: 2, b: 3 } },
    slow: { tool: 'trigger-long-running-operation', args: { duration: 4, steps: 2 } },
    known: [
      {
        routes: ['stateless'],
        aspects: ['hello'],
        why: 'The tasks of 2025-11-25 are left out of the capabilities: 2026-07-28 has them as an extension of another form, into which they cannot be translated.',
      },
    ],
  },
  {
    name: '@modelcontextprotocol/server-filesystem',
    version: '2026.8.31',
    maker: 'MCP project',
    args: ['{work}'],
    files: { 'note.txt': 'one\r\n\u2028two\u{1f600}\n' },
    call: { tool: 'read_text_file', args: { path: '{work}/note.txt' } },
  },
  {
    name: '@modelcontextprotocol/server-memory',
    version: '2026.8.31',
    maker: 'MCP project',
    call: { tool: 'read_graph' },
  },
  {
    name: '@modelcontextprotocol/server-sequential-thinking',
    version: '2026.8.31',
    maker: 'MCP project',
    call: {
      tool: 'sequentialthinking',
      args: { thought: 'one', nextThoughtNeeded: false, thoughtNumber: 1, totalThoughts: 1 },
    },
    known: [
      {
        routes: ['stateless'],
        aspects: ['two'],
        why: 'The server counts calls in its memory. Clients of 2026-07-28 have no session to which a process could belong: those of one caller share one, and its count.',
      },
    ],
  },
  {
    name: '@agent-infra/mcp-server-commands',
    version: '1.2.18',
    maker: 'ByteDance',
    call: { tool: 'run_command', args: { command: 'printf equal' } },
    slow: { tool: 'run_command', args: { command: 'sleep 4' } },
  },
  {
    name: '@allpepper/memory-bank-mcp',
    version: '0.2.2',
    maker: 'allpepper',
    env: { MEMORY_BANK_ROOT: '{work}' },
    call: { tool: 'list_projects' },
  },
  {
    name: '@antv/mcp-server-chart',
    version: '0.9.10',
    maker: 'AntV',
    call: { tool: 'generate_liquid_chart', args: { percent: 0.5 } },
  },
  {
    name: '@brave/brave-search-mcp-server',
    version: '2.1.4',
    maker: 'Brave',
    env: { BRAVE_API_KEY: 'none' },
    call: { tool: 'brave_web_search', args: { query: 'equal' } },
  },
  {
    name: '@browsermcp/mcp',
    version: '0.1.3',
    maker: 'Browser MCP',
    call: { tool: 'browser_snapshot' },
    known: [
      {
        routes: ['/mcp', '/sse', 'connect'],
        aspects: ['two'],
        why: 'The server ends whatever process holds its port, so that the second client costs the first its process, directly too. Directly that client sees a closed pipe; `/mcp` and `/sse` tell it in a 404 how its server ended; `connect` goes on with a new process.',
      },
    ],
  },
  {
    name: '@circleci/mcp-server-circleci',
    version: '0.20.0',
    maker: 'CircleCI',
    env: { CIRCLECI_TOKEN: 'none' },
    call: { tool: 'config_helper', args: { params: { configFile: 'version: 2.1' } } },
  },
  {
    name: '@cyanheads/git-mcp-server',
    version: '2.15.3',
    maker: 'cyanheads',
    call: { tool: 'git_status', args: { path: '{work}' } },
  },
  {
    name: '@drawio/mcp',
    version: '1.6.1',
    maker: 'draw.io',
    call: { tool: 'search_shapes', args: { query: 'server' } },
  },
  {
    name: '@eslint/mcp',
    version: '0.3.13',
    maker: 'ESLint',
    files: { 'note.js': 'const one = 1;\n' },
    call: { tool: 'lint-files', args: { filePaths: ['{work}/note.js'] } },
  },
  {
    name: '@kazuph/mcp-taskmanager',
    version: '1.1.1',
    maker: 'kazuph',
    call: { tool: 'list_requests' },
  },
  {
    name: '@knip/mcp',
    version: '0.0.36',
    maker: 'Knip',
    call: { tool: 'knip-docs', args: { topic: 'configuring-project-files' } },
  },
  {
    name: '@mantine/mcp-server',
    version: '9.6.2',
    maker: 'Mantine',
    call: { tool: 'list_items', args: { query: 'button' } },
  },
  {
    name: '@mui/mcp',
    version: '0.1.6',
    maker: 'MUI',
    call: { tool: 'fetchDocs', args: { urls: ['https://mui.com/material-ui/llms.txt'] } },
  },
  {
    name: '@negokaz/excel-mcp-server',
    version: '0.12.0',
    maker: 'negokaz',
    call: { tool: 'excel_describe_sheets', args: { fileAbsolutePath: '{work}/none.xlsx' } },
  },
  {
    name: '@notionhq/notion-mcp-server',
    version: '2.5.2',
    maker: 'Notion',
    env: { NOTION_TOKEN: 'none' },
    call: { tool: 'API-get-self' },
  },
  {
    name: '@perplexity-ai/mcp-server',
    version: '1.2.1',
    maker: 'Perplexity',
    env: { PERPLEXITY_API_KEY: 'none' },
    call: { tool: 'perplexity_search', args: { query: 'equal' } },
  },
  {
    name: '@primeng/mcp',
    version: '22.1.1',
    maker: 'PrimeTek',
    call: { tool: 'list', args: { kind: 'components', limit: 5 } },
  },
  {
    name: '@sentry/mcp-server',
    version: '0.39.0',
    maker: 'Sentry',
    env: { SENTRY_ACCESS_TOKEN: 'none' },
    call: { tool: 'search_sentry_tools', args: { query: 'issues' } },
  },
  {
    name: '@shortcut/mcp',
    version: '0.25.0',
    maker: 'Shortcut',
    env: { SHORTCUT_API_TOKEN: 'none' },
    call: { tool: 'users-get-current' },
  },
  {
    name: '@sylphx/pdf-reader-mcp',
    version: '2.4.0',
    maker: 'Sylphx',
    call: { tool: 'read_pdf', args: { sources: [{ path: 'none.pdf' }] } },
  },
  {
    name: '@upstash/context7-mcp',
    version: '4.1.1',
    maker: 'Upstash',
    call: { tool: 'resolve-library-id', args: { query: 'equal', libraryName: 'react' } },
  },
  {
    name: 'exa-mcp-server',
    version: '3.4.1',
    maker: 'Exa',
    call: { tool: 'web_fetch_exa', args: { urls: ['http://127.0.0.1:9/'] } },
  },
  {
    name: 'firecrawl-mcp',
    version: '3.26.0',
    maker: 'Firecrawl',
    env: { FIRECRAWL_API_KEY: 'none' },
    call: { tool: 'firecrawl_map', args: { url: 'http://127.0.0.1:9/' } },
  },
  {
    name: 'howtocook-mcp',
    version: '0.2.2',
    maker: 'worry',
    call: { tool: 'mcp_howtocook_getRecipeById', args: { query: '番茄炒蛋' } },
  },
  {
    name: 'mcp-hello-world',
    version: '1.1.2',
    maker: 'LobeHub',
    call: { tool: 'add', args: { a: 2, b: 3 } },
  },
  {
    name: 'tavily-mcp',
    version: '0.2.22',
    maker: 'Tavily',
    env: { TAVILY_API_KEY: 'none' },
    call: { tool: 'tavily_search', args: { query: 'equal' } },
  },
];
