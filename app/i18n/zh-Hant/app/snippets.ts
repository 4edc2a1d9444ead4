import type { snippets as en } from '../../en/app/snippets.ts';

/** The two things a client can be configured for. */
export const snippets: typeof en = () => ({
  kinds: {
    endpoint: `使用這裡的 MCP 伺服器`,
    proxy: `借用這個網路`,
  },
  token: `請把 TOKEN 換成您的權杖；可在「設定 > 存取權」產生。`,
});
