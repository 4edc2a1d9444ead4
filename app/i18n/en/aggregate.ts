/** What is said of several servers behind one address. */
export const aggregate = () => ({
  title: {
    all: `MCP Gangway: all servers`,
    group: (name: string) => `MCP Gangway: ${name}`,
  },
  instructions: {
    names: (servers: readonly { readonly name: string; readonly alias: string }[]) =>
      `This is MCP Gangway, which puts several MCP servers behind one. Each tool and prompt is named after its server, and instructions below leave that part out: ${servers.map(({ name, alias }) => `those of ${name} are ${alias}__NAME`).join(', ')}. Dashes and dots in a name become _; one that is too long is cut and ends with a code.`,
    absent: (servers: readonly { readonly name: string; readonly why: string }[]) =>
      `Not available at the moment:\n${servers.map(({ name, why }) => `- ${name}: ${why}`).join('\n')}`,
  },
  silent: (server: string) => `The MCP server ${server} has not answered yet. What it offers is added when it has.`,
  refused: (server: string, reason: string) =>
    `The MCP server ${server} refused the handshake.${reason === '' ? '' : ` It said: ${reason}`}`,
  staleCursor: `Invalid params: the cursor is of a list that has changed since, or of none. Begin again without a cursor.`,
  noName: `Invalid params: the name is missing.`,
  noAddress: `Invalid params: the uri is missing.`,
  noTool: (name: string, near: readonly string[]) =>
    `Unknown tool: ${name}.${near.length === 0 ? '' : ` Did you mean ${near.join(', ')}?`}`,
  noPrompt: (name: string, near: readonly string[]) =>
    `Unknown prompt: ${name}.${near.length === 0 ? '' : ` Did you mean ${near.join(', ')}?`}`,
  noResource: (uri: string) => `Resource not found: ${uri}. None of the servers lists it, or a template that it fits.`,
  ambiguous: (uri: string, servers: readonly string[]) =>
    `Several servers have ${uri}: ${servers.join(', ')}. Read it at the address of the one that is meant, /servers/NAME/mcp.`,
  noServers: `No MCP server is set up here. Add one in the settings or the --config file.`,
  noneInSet: `None of the servers at this address is in the set that you use it with. Add one to the set in the settings.`,
  unknownGroup: (name: string, names: readonly string[]) =>
    `There is no group named ${name}. ${names.length === 0 ? 'None is set up yet.' : `There are: ${names.join(', ')}.`} All servers together are at /all/mcp.`,
  strangers: (group: string, servers: readonly string[]) =>
    `The group ${group} names servers that are not set up, and leaves them out: ${servers.join(', ')}`,
});
