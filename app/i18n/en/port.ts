/** Why the port, or that of a TCP forward, could not be opened. */
export const port = () => ({
  taken: {
    byGangway: (port: number, pid: number | null) =>
      pid === null
        ? `Another MCP Gangway already runs on port ${port}.`
        : `Another MCP Gangway already runs on port ${port} (process ${pid}).`,
    byProgram: (port: number, name: string, pid: number) =>
      `Port ${port} is taken by ${name === '' ? 'another program' : name} (process ${pid}).`,
    byUnknown: (port: number) => `Port ${port} is taken. By which program could not be found out.`,
    /** On the command line. */
    useIt: (port: number) => `Use it as it is (mcp-gangway status -p ${port}), or stop it first.`,
    stopIt: (pid: number, windows: boolean) =>
      windows ? `To stop it: taskkill /PID ${pid}` : `To stop it: kill ${pid}`,
    otherPort: (free: number) => `Stop that program, or take another port: mcp-gangway -p ${free}`,
    otherForward: (free: number) => `Stop that program, or forward another port, such as ${free}.`,
    /** In the app. */
    hint: `Quit that program, or use another port.`,
  },
  notAllowed: {
    sentence: (port: number) => `The system does not let this user listen on port ${port}.`,
    hint: `Ports below 1024 belong to the system. Take a higher one.`,
  },
  noSuchAddress: {
    sentence: (host: string) => `This machine has no address ${host} to listen on.`,
    hint: `Listen on this machine only, or choose an address it has.`,
  },
  notOpened: {
    sentence: (reason: string) => `The port could not be opened: ${reason}.`,
    hint: `The log has the details.`,
  },
});
