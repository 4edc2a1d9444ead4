/** The state of the app in words, the same in menu, tooltip and windows. */
export const status = () => ({
  off: `MCP Gangway is off`,
  /** `left` is how long it stays so. */
  offFor: (left: string) => `MCP Gangway is off, on again in ${left}`,
  starting: `Starting…`,
  stopping: `Stopping…`,
  on: (address: string) => `On at ${address}`,
  comma: `, `,
  tunnels: (count: number) => (count === 1 ? `1 tunnel` : `${count} tunnels`),
  sessions: (count: number) => (count === 1 ? `1 MCP session` : `${count} MCP sessions`),
  server: {
    ready: `Ready`,
    failing: `Failing`,
    stopped: `Stopped`,
  },
  conditions: {
    notStarted: `not started`,
    starting: (age: string) => `starting, ${age}`,
    running: `running`,
    failed: (age: string) => `failed ${age} ago`,
    resting: (age: string, next: string) => `failed ${age} ago, tried again in ${next}`,
    signedOut: `waits for a sign-in`,
    stopped: `stopped`,
  },
  uses: { session: `for one session`, shared: `shared`, probe: `probe`, spare: `spare` },
  children: (count: number) => (count === 1 ? `1 process` : `${count} processes`),
  restarts: (count: number) => (count === 1 ? `1 unexpected end` : `${count} unexpected ends`),
  /** How long something has been there: `8 s`, `12 min`, `3 h 4 min`, `2 d 5 h`. */
  ages: {
    seconds: (seconds: number) => `${seconds} s`,
    minutes: (minutes: number) => `${minutes} min`,
    wholeHours: (hours: number) => `${hours} h`,
    hours: (hours: number, minutes: number) => `${hours} h ${minutes} min`,
    days: (days: number, hours: number) => `${days} d ${hours} h`,
  },
});

/** What is said over the control socket, and about it. */
export const control = () => ({
  notJson: `The line is not JSON.`,
  invalidRequest: `The line is no message of JSON-RPC 2.0: an object with a method, whose id is text or a number, or is left out where no answer is wanted.`,
  lineTooLong: (limit: number) => `The line has more than ${limit} bytes.`,
  helloFirst: `The first request on a connection is hello.`,
  unknownMethod: (method: string) =>
    `This MCP Gangway knows no method ${method}. It may be older than the program that asks: update it.`,
  invalidParam: (param: string) => `The parameter ${param} is missing, or of the wrong kind.`,
  noSuchSignIn: `No sign-in to this server waits for that address. Paste the whole address that the browser ended up at.`,
  tooManyStreams: (limit: number) => `No more than ${limit} streams under ids of their own can be open.`,
  tooManyConnections: (limit: number) =>
    `All ${limit} control connections are in use. Close a program that follows this MCP Gangway, and try again.`,
  clientTooOld: (version: string) =>
    `This mcp-gangway is too old for the MCP Gangway that runs (${version}). Update it, or use the one inside the app.`,
  serverTooOld: (version: string) =>
    `The MCP Gangway that runs (${version}) is too old for this mcp-gangway. Update it, or quit it and start the new one.`,
  internal: `An internal error. The log of MCP Gangway says more.`,
  onlyApp: (method: string) =>
    `"${method}" is for the app. This MCP Gangway runs without it: it has no windows, and is on for as long as it runs. To turn it off, stop its service, or press Ctrl+C where it was started.`,
  clientsOfApp: (method: string) =>
    `"${method}" is for the app, and this MCP Gangway was started from a command line. "mcp-gangway clients" changes the files of clients without the app.`,
  fixedSettings: `This MCP Gangway was started from a command line: its settings are its arguments. Start it again with others.`,
  fixedServers: (file: string) =>
    `This MCP Gangway takes its servers from ${file} and follows it: change that file. Its other settings are its arguments; start it again with others.`,
  faultySettings: (paths: string) => `These settings are not allowed: ${paths}. Nothing was changed.`,
  several: (ports: string) =>
    `Several MCP Gangways of yours are running, on the ports ${ports}. Say which one: -p PORT.`,
  notOpened: (reasons: string) =>
    `The control socket could not be opened; status, connect and doctor use the port. Looked at: ${reasons}. The folder must belong to this account alone (chmod 700).`,
  passedOver: (folders: string) =>
    `The control socket is not where it usually is, because that folder cannot be used: ${folders}. It must belong to this account alone (chmod 700).`,
  refusedFolder: (folders: string) =>
    `The control socket is not used: ${folders} must belong to this account alone (chmod 700).`,
});
