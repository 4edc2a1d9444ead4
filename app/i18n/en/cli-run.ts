/** What the command line says while it starts, stops, fails to, and reports. */
export const cliRun = () => ({
  ready: (version: string) => `MCP Gangway ${version} is ready.`,
  variables: `To lend a program this network, put these variables into its environment:`,
  tokenPlaceholder: `TOKEN stands for your token.`,
  endpoints: `MCP clients connect to:`,
  olderClients: `(older clients)`,
  noServers: `No MCP server is served. Add one with --sse COMMAND … or --config FILE.`,
  forward: (local: string, target: string) => `${local} leads to ${target}.`,
  otherMachines: `Other machines use the address of this one in place of 127.0.0.1.`,
  shortToken: `The token is short. Other machines can try many of them: openssl rand -hex 32 makes a good one.`,
  stop: `Ctrl+C stops it.`,
  sharedMachine: (people: number) =>
    `${people} people have an account on this machine, and the programs of all of them reach this port. --require-token with --tokens FILE or --token-file FILE lets in only those that have a token.`,
  tokens: {
    none: `There are no tokens.`,
    added: (name: string) =>
      `This is the token ${name}. It is not shown again: only a hash of it is kept. It goes where a password goes: http://${name}:TOKEN@127.0.0.1:28080, or "Authorization: Bearer TOKEN".`,
    revoked: (name: string) => `The token ${name} is no longer valid.`,
    taken: (name: string) => `There is a token ${name} already. Revoke it first, or take another name.`,
    unknown: (name: string) => `There is no token ${name}; "mcp-gangway token list" shows those that there are.`,
    noFile: (file: string) =>
      `There is no file ${file}. Make it with its first token: mcp-gangway token add NAME --tokens ${file}`,
    unreadable: (file: string, code: string) => `The tokens in ${file} cannot be read: ${code}.`,
    notWritten: (file: string, code: string) => `${file} could not be written: ${code}. The tokens are as they were.`,
    badLine: (file: string, line: number) =>
      `Line ${line} of ${file} is no token: a name, its SHA-256 in hex and a date belong there, as "mcp-gangway token add" writes them.`,
    twice: (file: string, name: string) => `The name ${name} is in ${file} twice; each token needs one of its own.`,
    asBefore: `The tokens from before go on.`,
  },
  fileDoubts: {
    writable: (file: string, path: string, mode: string) =>
      `Other accounts may write ${file} (permissions ${mode}), and so choose what runs or who comes in. Take that away: chmod go-w ${path}`,
    replaceable: (file: string, path: string, mode: string) =>
      `Other accounts may replace ${file}: they may write the folder ${path} (permissions ${mode}). Take that away: chmod go-w ${path}`,
    foreign: (file: string, path: string, _mode: string, uid: number) =>
      `${file} can be changed by the account with the number ${uid}, which owns ${path}. Keep the file where only you and root may write.`,
    readable: (file: string, path: string, mode: string) =>
      `Other accounts may read the token in ${file} (permissions ${mode}). Take that away: chmod 600 ${path}`,
  },
  portTaken: {
    byGangway: (port: number, pid: number | null) =>
      pid === null
        ? `MCP Gangway already runs on port ${port}.`
        : `MCP Gangway already runs on port ${port} (process ${pid}).`,
    useIt: (port: number) => `Use it as it is (mcp-gangway status -p ${port}), or stop it first.`,
    stopIt: (pid: number, windows: boolean) =>
      windows ? `To stop it: taskkill /PID ${pid}` : `To stop it: kill ${pid}`,
    byProgram: (port: number, name: string, pid: number) =>
      `Port ${port} is taken by ${name === '' ? 'another program' : name} (process ${pid}).`,
    byUnknown: (port: number) => `Port ${port} is taken by a program that this user may not look at.`,
    otherPort: (free: number) => `Stop that program, or take another port: mcp-gangway -p ${free}`,
    otherForward: (free: number) => `Stop that program, or forward another port, such as ${free}.`,
  },
  notAllowed: (port: number) =>
    `This user may not listen on port ${port}. Ports below 1024 belong to the system: take a higher one.`,
  noSuchAddress: (host: string) => `This machine has no address ${host} to listen on.`,
  cannotStart: (reason: string) => `MCP Gangway could not start: ${reason}.`,
  status: {
    notRunning: (place: string) => `MCP Gangway does not run on ${place}.`,
    stranger: (place: string) => `Another program listens on ${place}; it is not MCP Gangway.`,
    tokenNeeded: `It asks for its token: set MCP_GANGWAY_TOKEN, or give --token.`,
    tokenWrong: `It does not accept this token.`,
    tokenWithAddress: `It asks for its token, which is sent only to an address that you name: give -p PORT or --host as well.`,
    broke: `MCP Gangway ended while it was asked.`,
    off: (version: string, pid: number) => `MCP Gangway ${version} is switched off (process ${pid}).`,
    running: (version: string, pid: number, since: string) =>
      `MCP Gangway ${version} runs since ${since} (process ${pid}).`,
    listening: (addresses: string) => `Listens on ${addresses}.`,
    server: (name: string, state: string, sessions: number, children: number) =>
      `MCP server ${name}: ${state}, ${sessions} ${sessions === 1 ? 'session' : 'sessions'}, ${children} ${children === 1 ? 'process' : 'processes'}.`,
    states: { ready: `ready`, failing: `failing again and again`, stopped: `stopped` },
    tunnels: (count: number) =>
      count === 0 ? `No open tunnels.` : count === 1 ? `One open tunnel:` : `${count} open tunnels:`,
    more: (count: number) => `and ${count} more`,
    totals: (tunnels: number, requests: number, up: string, down: string) =>
      `So far ${tunnels} ${tunnels === 1 ? 'tunnel' : 'tunnels'} and ${requests} ${requests === 1 ? 'request' : 'requests'}; ${up} sent, ${down} received.`,
    lastRequests: `Last requests, by the name that each client gave:`,
    ago: (age: string) => `${age} ago`,
    outcomes: { connected: `connected`, 'given-up': `given up` },
    requests: (requests: number, failed: number) => `${requests} in all${failed === 0 ? '' : `, ${failed} failed`}`,
    failures: (count: number) => (count === 0 ? `Nothing has failed.` : `Failures (${count} in all), newest last:`),
  },
});
