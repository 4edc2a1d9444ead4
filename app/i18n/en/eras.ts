/** What goes wrong between the generations of MCP. */
export const eras = () => ({
  speaksNeither: (server: string) =>
    `The program of the MCP server ${server} runs, but answers neither initialize nor server/discover. Is it an MCP server, and does it speak over stdin and stdout?`,
  tooBusy: (server: string) => `The MCP server ${server} does not take in its requests fast enough.`,
});
