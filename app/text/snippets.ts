import { bilingual } from './language.ts';

/** Names of what a piece of configuration is for, and where it goes. */
export const snippets = bilingual(
  {
    shell: `Shell`,
    shellWhere: `In a terminal, or in ~/.zshrc to keep it`,
    mcpClient: `Any MCP client`,
    mcpWhere: `In the client’s list of MCP servers`,
  },
  {
    shell: `Shell`,
    shellWhere: `在終端機執行，或寫入 ~/.zshrc 長期使用`,
    mcpClient: `任何 MCP 用戶端`,
    mcpWhere: `用戶端的 MCP 伺服器清單`,
  },
);
