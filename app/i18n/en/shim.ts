/** What `mcp-gangway connect` says to the client it serves, and on stderr. */
export const shim = () => ({
  notRunning: (place: string) =>
    `MCP Gangway is not running: nothing listens on ${place}. Open MCP Gangway, turn it on, and try again.`,
  off: `MCP Gangway is switched off. Turn it on in its menu, and try again.`,
  starting: (place: string) =>
    `MCP Gangway is being started, but does not listen on ${place} yet. Open it, turn it on, and try again.`,
  stranger: (place: string) =>
    `What listens on ${place} is not MCP Gangway, or an old version of it. Look at the port in its settings, and give it as --port.`,
  tokenNeeded: `MCP Gangway asks for its token. Set MCP_GANGWAY_TOKEN for this server, or name a file with --token-file.`,
  tokenWithAddress: `MCP Gangway asks for its token, which is sent only to an address that you name: give -p PORT or --host as well.`,
  tokenWrong: `MCP Gangway does not accept this token. Copy it again from the settings of MCP Gangway.`,
  lost: `The connection to MCP Gangway broke before the answer came. The request may have been carried out or not.`,
  cancelled: `The connection to MCP Gangway broke.`,
  reconnected: `MCP Gangway was restarted. This session goes on with a new server process; what the old one kept in memory is gone.`,
  newServer: (why: string) =>
    `${why} This session goes on with a new server process; what the old one kept in memory is gone.`,
  notRestored: (reason: string) =>
    `MCP Gangway is back, but its server did not take the session up again: ${reason} Restart the server in this client.`,
  otherRevision: `It speaks another revision of MCP now.`,
  noAnswerAfterEnd: (seconds: number) =>
    `The input ended, and the answer did not come within ${seconds} seconds. Give connect more time with --drain SECONDS.`,
  cannotStart: (reason: string) => `MCP Gangway could not be started: ${reason}.`,
});
