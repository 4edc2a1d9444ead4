/** The two things a client can be configured for. */
export const snippets = () => ({
  kinds: {
    endpoint: `Use these MCP servers`,
    proxy: `Lend this network`,
  },
  token: `Put one of your tokens in place of TOKEN; Settings › Access makes them.`,
});
