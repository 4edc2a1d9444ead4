/** What the port itself says to requests that are addressed to it. */
export const gateway = () => ({
  refused: {
    host: `The Host header names no address of this machine. Use http://127.0.0.1 or add the name to the allowed hosts.`,
    origin: `Web pages of this origin may not come here. Add the origin to the allowed origins if it is yours.`,
    page: `A web page asked for this without an Origin, as images, frames and links do, and may not. If it is a program of yours, let it send "Authorization: Bearer" with any value, or its messages as application/json.`,
    navigation: `This address is for MCP clients and is not opened in a browser: a server would start each time. Give it to your MCP client; /status is for reading.`,
    token: `A token is required: send "Authorization: Bearer TOKEN".`,
    'content-type': `Send the message as application/json.`,
  },
  notFound: (path: string) =>
    `There is nothing at ${path}. MCP clients use /mcp or /sse; programs use this port as their proxy.`,
  methodNotAllowed: (method: string, path: string) => `${path} does not know the method ${method}.`,
});
