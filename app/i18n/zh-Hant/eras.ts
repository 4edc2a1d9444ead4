import type { eras as en } from '../en/eras.ts';

/** What goes wrong between the generations of MCP. */
export const eras: typeof en = () => ({
  speaksNeither: (server: string) =>
    `MCP 伺服器 ${server} 的程式正在執行，但既不回應 initialize 也不回應 server/discover。它是 MCP 伺服器嗎？是否使用 stdin 與 stdout 通訊？`,
  tooBusy: (server: string) => `MCP 伺服器 ${server} 來不及接收送來的請求。`,
});
