import { bilingual } from './language.ts';

/** What goes wrong between the generations of MCP. */
export const eras = bilingual(
  () => ({
    speaksNeither: (server: string) =>
      `The program of the MCP server ${server} runs, but answers neither initialize nor server/discover. Is it an MCP server, and does it speak over stdin and stdout?`,
    tooBusy: (server: string) => `The MCP server ${server} does not take in its requests fast enough.`,
  }),
  () => ({
    speaksNeither: (server: string) =>
      `MCP 伺服器 ${server} 的程式正在執行，但既不回應 initialize 也不回應 server/discover。它是 MCP 伺服器嗎？是否使用 stdin 與 stdout 通訊？`,
    tooBusy: (server: string) => `MCP 伺服器 ${server} 來不及接收送來的請求。`,
  }),
);
