import { bilingual } from '../language.ts';

/** The two things a client can be configured for. */
export const snippets = bilingual(
  () => ({
    kinds: {
      endpoint: `Use these MCP servers`,
      proxy: `Lend this network`,
    },
    token: `Put one of your tokens in place of TOKEN; Settings › Access makes them.`,
  }),
  () => ({
    kinds: {
      endpoint: `使用這裡的 MCP 伺服器`,
      proxy: `借用這個網路`,
    },
    token: `請把 TOKEN 換成您的權杖；可在「設定 > 存取權」產生。`,
  }),
);
