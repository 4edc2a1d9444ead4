import { bilingual } from '../language.ts';

/** The two things a client can be configured for. */
export const snippets = bilingual(
  () => ({
    kinds: {
      endpoint: `Use these MCP servers`,
      proxy: `Lend this network`,
    },
  }),
  () => ({
    kinds: {
      endpoint: `使用這裡的 MCP 伺服器`,
      proxy: `借用這個網路`,
    },
  }),
);
