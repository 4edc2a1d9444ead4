/** What the windows of the app share. */
export const windows = () => ({
  titles: {
    settings: `MCP Gangway Settings`,
    logs: `MCP Gangway Logs`,
    welcome: `Welcome to MCP Gangway`,
    clients: `MCP Gangway Clients`,
    doctor: `MCP Gangway Doctor`,
  },
  copy: `Copy`,
  copied: `Copied`,
  close: `Close`,
  dismiss: `Dismiss`,
  cancel: `Cancel`,
  save: `Save`,
  start: (server: string) => `Start ${server}`,
  restart: (server: string) => `Restart ${server}`,
  stop: (server: string) => `Stop ${server}`,
  notDone: (reason: string) => `This could not be done: ${reason}`,
});
