/** What the command line says while it starts, stops, fails to, and reports. */
export const cliRun = () => ({
  nodeTooOld: (found: string, oldest: string) =>
    `MCP Gangway needs Node.js ${oldest} or newer, and this is ${found}. Install a current one from https://nodejs.org, and start it again.`,
  crashed: `This is a fault of MCP Gangway. Please report it with the lines below.`,
  outputFailed: (reason: string) =>
    `The standard output could not be written (${reason}): what was printed is not complete. Make room where it goes, and start it again.`,
  ready: (version: string) => `MCP Gangway ${version} is ready.`,
  variables: `To lend a program this network, put these variables into its environment:`,
  tokenPlaceholder: `TOKEN stands for your token.`,
  endpoints: `MCP clients connect to:`,
  olderClients: `(older clients)`,
  allServers: `(all of them as one server)`,
  group: (name: string) => `(the group ${name} as one server)`,
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
    limited: (set: string) =>
      `Its bearer gets what the set ${set} lets through, and nothing where there is no such set.`,
    revoked: (name: string) => `The token ${name} is no longer valid.`,
    taken: (name: string) => `There is a token ${name} already. Revoke it first, or take another name.`,
    unknown: (name: string, file: string) =>
      `There is no token ${name} in ${file}. Those that there are: mcp-gangway token list --tokens ${file}`,
    noFile: (file: string) =>
      `There is no file ${file}. Make it with its first token: mcp-gangway token add NAME --tokens ${file}`,
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
  cannotStart: (reason: string) => `MCP Gangway could not start: ${reason}.`,
  server: {
    noInstance: (port: number | null) =>
      port === null
        ? `No MCP Gangway of this account runs here. Start it, or name its port: -p PORT.`
        : `No MCP Gangway of this account runs on port ${port}. "mcp-gangway status" shows where one does.`,
    done: {
      start: (name: string) => `The MCP server ${name} may be used again; its next client starts it.`,
      stop: (name: string) => `The MCP server ${name} is stopped. "mcp-gangway start ${name}" lets it be used again.`,
      restart: (name: string) => `The MCP server ${name} has ended, and starts anew for its next client.`,
    },
  },
  login: {
    opened: `Your browser opens to sign in. If it does not, open this address in it:`,
    openThis: `Open this address in a browser to sign in:`,
    paste: (redirectUri: string) =>
      `The browser ends up at ${redirectUri}. If it runs on another machine, paste the whole address that it shows then here, and press Enter.`,
    device: (url: string, code: string) => `Open ${url} in any browser, and type in the code ${code}`,
    goOn: `Sign in all the same? [y/N]`,
    acceptNoPkce: (server: string) => `To sign in all the same: mcp-gangway login ${server} --accept-no-pkce`,
    done: (server: string, issuer: string) => `You are signed in to ${server} at ${issuer}.`,
    renews: `The sign-in is renewed by itself.`,
    until: (time: string) => `It ends on ${time}.`,
    loggedOut: (server: string) => `You are signed out of ${server}; its tokens are deleted.`,
    wasLoggedOut: (server: string) => `There was no sign-in to ${server}.`,
  },
  trust: {
    shown: (server: string, fingerprint: string) =>
      `${server} shows the certificate with the SHA-256 fingerprint\n  ${fingerprint}`,
    compare: (reason: string) =>
      `No authority that is known has vouched for it (${reason}). Compare the fingerprint with what the server itself shows:\n  openssl x509 -noout -fingerprint -sha256 -in cert.pem`,
    before: (trusted: string) =>
      `Until now this one was trusted:\n  ${trusted}\nIf it was not renewed, another machine answers in the place of the server.`,
    question: `Trust it from now on, and no other? [y/N]`,
    needsYes: (server: string) =>
      `Nothing was trusted. To trust it without being asked: mcp-gangway trust ${server} --yes`,
    declined: (server: string) => `Nothing was trusted; ${server} stays out of use.`,
    done: (server: string) => `This certificate of ${server} is trusted from now on, and no other.`,
    takenBack: (server: string) =>
      `The certificate of ${server} is no longer trusted by its fingerprint. Its entry and the known authorities decide again.`,
    nothingToTakeBack: (server: string) =>
      `No certificate of ${server} was trusted with mcp-gangway trust, or with Try in the settings. A fingerprint in its entry is taken out there.`,
  },
  tap: {
    following: (server: string | null) => `Following ${server === null ? 'all servers' : server}. Ctrl+C ends it.`,
    sum: (rows: number) => `${rows} ${rows === 1 ? 'line' : 'lines'}.`,
    missed: (rows: number) => `… ${rows} left out: this end was too slow to read, or too much came at once`,
    requests: (count: number) => `${count} ${count === 1 ? 'request' : 'requests'}`,
    oneOf: (calls: number) => (calls === 1 ? `of one call` : `of one of ${calls} calls`),
    serverSide: `(server)`,
    notRecorded: (server: string) =>
      `What messages of ${server} say is not recorded. Switch it on: mcp-gangway settings set recordContents '["${server}"]', or start with --record-contents ${server}.`,
    cutAt: (bytes: string) => `… cut off; ${bytes} in all`,
    masked: (count: number) => `(${count} hidden)`,
    tooOld: `The running MCP Gangway is too old for tap. Update it, and try again.`,
    outcomes: {
      ok: `ok`,
      error: `error`,
      'tool-error': `tool failed`,
      cancelled: `cancelled`,
      'timed-out': `timed out`,
      cut: `cut off`,
      listening: `listening`,
      pending: `pending`,
      open: `open`,
      done: `closed`,
      failed: `failed`,
      'given-up': `given up`,
    },
  },
  status: {
    recorded: `what its messages say is recorded`,
    signedIn: (issuer: string) => `signed in at ${issuer}`,
    signedInUntil: (issuer: string, time: string) => `signed in at ${issuer} until ${time}`,
    signedInRenews: (issuer: string, time: string) => `signed in at ${issuer}, renewed by itself, next by ${time}`,
    notRunning: (place: string) => `MCP Gangway does not run on ${place}.`,
    unreachable: (place: string, code: string) =>
      `${place} cannot be reached (${code}). Check the address, and whether that machine is on.`,
    silent: (place: string) =>
      `What listens on ${place} does not answer. It may be MCP Gangway on a machine that is busy: try again in a moment.`,
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
    failures: (count: number) => (count === 0 ? `No request has failed.` : `Failures (${count} in all), newest last:`),
  },
});

/** What the command line says about itself, and about arguments it cannot follow: one line each. */
export const cliUsage = () => ({
  didYouMean: (name: string) => `Did you mean ${name}?`,
  seeHelp: `--help lists all options.`,
  unknownOption: (option: string) => `${option} is not an option.`,
  notForStatus: (option: string) => `${option} means nothing to status.`,
  notForConnect: (option: string) => `${option} means nothing to connect.`,
  notForServer: (option: string, action: string) => `${option} means nothing to ${action}.`,
  serverMissing: (action: string) => `Name the server: mcp-gangway ${action} SERVER. "mcp-gangway status" lists them.`,
  notForToken: (option: string) => `${option} means nothing to token.`,
  tokenNeedsFile: `Name the file of tokens: mcp-gangway token list --tokens FILE.`,
  tokenNeedsName: (action: string) => `Name the token: mcp-gangway token ${action} NAME --tokens FILE.`,
  badTokenName: (name: string) =>
    `"${name}" cannot be the name of a token: it is made of letters, digits, - _ and . and begins with a letter or digit.`,
  startNeedsMac: `--start works on macOS only.`,
  notForDoctor: (option: string) => `${option} means nothing to doctor.`,
  onlyFor: (option: string, commands: string) => `${option} belongs to ${commands}.`,
  addNeedsCommand: `Name the server and its command or URL: mcp-gangway add NAME -- COMMAND …, or mcp-gangway add NAME URL.`,
  groupNeedsServers: `Name the group, and its servers to add it: mcp-gangway group add NAME SERVER…, or mcp-gangway group remove NAME.`,
  toolsNeedNames: (action: string) =>
    `Name the tools: mcp-gangway tools SERVER ${action} NAME…, patterns with * and ? in quotes. "mcp-gangway tools SERVER" lists them.`,
  approveNames: `Name the tools, or approve all of them: mcp-gangway tools SERVER approve NAME… | --all. "mcp-gangway tools SERVER changes" shows them.`,
  settingsWords: {
    get: `Name one setting at most: mcp-gangway settings get KEY.`,
    set: `Name the setting and its value: mcp-gangway settings set KEY VALUE.`,
    export: `The settings go to the standard output: mcp-gangway settings export > FILE.`,
    import: `Name the file: mcp-gangway settings import FILE.`,
  },
  unexpectedWord: (word: string) => `"${word}" is not expected here.`,
  commandsGoBehindSse: `The command of an MCP server goes behind --sse, as the last thing.`,
  lanCredentialsOfUrl: `--lan-credentials is for a server with a URL behind --sse. In a --config file, write "lanCredentials": true into the entry.`,
  behindSse: (option: string) =>
    `${option} stands behind --sse, so it goes to the MCP server. If it is meant for MCP Gangway, put it before --sse.`,
  takesNoValue: (option: string) => `${option} takes no value.`,
  needsValue: (option: string, form: string) => `${option} needs a value: ${option} ${form}.`,
  invalid: (option: string, value: string, expected: string) => `${option} cannot be "${value}": ${expected}.`,
  expected: {
    port: `a port is a number from 1 to 65535`,
    host: `it must be an address of this machine, such as 127.0.0.1, ::1 or 0.0.0.0`,
    token: `a token is made of printable ASCII characters without spaces`,
    forward: `the form is PORT=HOST:PORT, for example 5432=db.lan:5432 or 5432=[fd00::5]:5432`,
    upstream: `the form is http://user:password@host:port or https://…`,
    upstreamIsUs: `that is this proxy itself, and every request would go round in circles`,
    origin: `an origin is scheme://host[:port] without a path, as browsers send it; there is no wildcard`,
    hostName: `it must be a host name or an address, without scheme, port or path`,
    level: (levels: readonly string[]) => `levels are ${levels.join(', ')}`,
    language: `languages are en and zh-Hant`,
    seconds: `it must be whole seconds, from 0 to 3600`,
    fingerprint: `a SHA-256 fingerprint of 64 hexadecimal digits, with colons or without, for --sse https://…`,
    serverUrl: `a server's URL is http:// or https://, without a user name, a password or a #fragment; credentials go into the headers of a --config file`,
    period: `a time such as 90s, 30m, 2h or 1d, a week at most`,
    duration: `a time such as 500ms, 2s or 1m, an hour at most`,
    outcome: (outcomes: readonly string[]) => `outcomes are ${outcomes.join(', ')}`,
    header: `the form is "Name: value", in printable characters, and not a header that is Gangway's own to set`,
    variable: `the form is NAME=value`,
    mode: `modes are direct, through and run`,
    group: `the form is NAME=SERVER,SERVER, names as in /servers/NAME/mcp; all is taken: every server is at /all/mcp`,
    groupTwice: `that group is given already`,
    portTwice: `that port is taken by another option already`,
  },
  secretHidden: `(not shown)`,
  tokenFileInvalid: (path: string) =>
    `The token file ${path} must hold one token of printable ASCII characters without spaces.`,
  tokenFileDoubtful: (reason: string) => `The token file is not used. ${reason}`,
  tokenTwice: `Give either --token or --token-file, not both.`,
  severalTargets: `Give connect one of SERVER, --all and --group NAME.`,
  badSetName: (name: string) =>
    `"${name}" cannot be the name of a set: it is made of letters, digits, - _ and . and begins with a letter or digit.`,
  setOfNewToken: `A set is given with a new token: mcp-gangway token add NAME --set SET --tokens FILE.`,
  groupOfConnect: `connect --group takes the name of a group alone, as in the settings of the running instance.`,
  folderAndFile: `Give --folder or --file, not both.`,
  emptyPath: (option: string) => `${option} needs a path.`,
  requireNeedsToken: `--require-token needs tokens to tell clients by: give --tokens FILE, --token-file FILE or MCP_GANGWAY_TOKEN.`,
  needsToken: (host: string) =>
    `Listening on ${host} lets other machines in, so a token is needed. Make one and start again: export MCP_GANGWAY_TOKEN=$(openssl rand -hex 32)`,
  title: (version: string) =>
    `MCP Gangway ${version}: one local port that lends its network to MCP servers, and serves stdio MCP servers to every MCP client`,
  /** Stands right before the first form. */
  usage: `Usage: `,
  forms: {
    serve: `[serve] [options] [--sse COMMAND ARGUMENTS…]`,
    status: `status [--json] [-p PORT]`,
    connect: `connect [SERVER | --all | --group NAME] [--set NAME] [-p PORT]`,
    server: `start | stop | restart SERVER [-p PORT]`,
    login: `login SERVER [--print] [--accept-no-pkce] | logout SERVER [-p PORT]`,
    trust: `trust SERVER [--yes] | untrust SERVER [-p PORT]`,
    tap: `tap [SERVER] [--requests] [--messages] [--contents] [--slow 500ms] [--outcome error] [--json] [-p PORT]`,
    doctor: `doctor [HOST:PORT] [--server NAME] [--error TEXT] [--json] [-p PORT]`,
    servers: `list [--json] | add NAME URL | add NAME -- COMMAND … | remove NAME`,
    group: `group [list [--json] | add NAME SERVER… | remove NAME]`,
    tools: `tools SERVER [allow NAME… | deny NAME… | changes | approve NAME… | approve --all] [--json] [-p PORT]`,
    switch: `on | off [--for=1h]`,
    settings: `settings [get [KEY] | set KEY VALUE | export | import FILE [--yes]]`,
    clients: `clients [list | plan | apply | undo | backups [NAME]] [--client C] [--server S] [--folder D | --file F] [--mode M] [--json] [--yes]`,
    token: `token [list | add NAME | revoke NAME] --tokens FILE`,
  },
  options: {
    port: { form: `PORT`, says: `port to listen on, 28080 unless given; or that of the instance that is meant` },
    host: {
      form: `ADDRESS`,
      says: `address to listen on; 127.0.0.1 and ::1 unless given; beyond loopback a token is needed`,
    },
    token: {
      form: `TOKEN`,
      says: `what every client must show, sent only with -p or --host; better as MCP_GANGWAY_TOKEN, which ps does not list`,
    },
    'token-file': { form: `FILE`, says: `reads the token from a file` },
    tokens: {
      form: `FILE`,
      says: `named tokens, kept hashed, as "mcp-gangway token" makes them; followed when it changes`,
    },
    'require-token': { form: ``, says: `clients on this machine must show a token too; those on others always must` },
    'trust-reverse-proxy': {
      form: ``,
      says: `lets in what a reverse proxy passes on without a token: that proxy checks who comes in`,
    },
    'lan-loopback': { form: ``, says: `lets other machines reach this one’s own services through the proxy` },
    'lan-forwards': { form: ``, says: `lets other machines reach the TCP forwards through the proxy` },
    forward: { form: `PORT=HOST:PORT`, says: `leads 127.0.0.1:PORT to HOST:PORT; may be given several times` },
    upstream: {
      form: `URL`,
      says: `a proxy to go through, http://user:password@host:port; or MCP_GANGWAY_UPSTREAM`,
    },
    'no-proxy': { form: `LIST`, says: `what is reached without that proxy: names, addresses, CIDR blocks` },
    'deny-port': { form: `PORTS`, says: `ports that nobody reaches through us, such as 25,465; may be repeated` },
    'allow-origin': { form: `ORIGIN`, says: `a web page that may talk to the MCP endpoints; may be repeated` },
    'allow-host': { form: `NAME`, says: `one more host name for this machine in request URLs; may be repeated` },
    config: { form: `FILE`, says: `MCP servers in an "mcpServers" JSON file, followed when it changes` },
    group: {
      form: `NAME[=SERVERS]`,
      says: `NAME=SERVER,SERVER: these as one at /groups/NAME/mcp, may be repeated; connect --group NAME leads there`,
    },
    all: {
      form: ``,
      says: `connect: every server as one, each tool under its server's name; tools: approve all changes`,
    },
    set: { form: `NAME`, says: `connect, token add: only what this set lets through` },
    'log-level': { form: `LEVEL`, says: `error, warn, info or debug; info unless given` },
    'log-file': { form: `FILE`, says: `writes the log as JSON lines too, in 5 files of 5 MB` },
    lang: { form: `LANGUAGE`, says: `en or zh-Hant; else as the locale says` },
    start: { form: ``, says: `connect opens the app first if it is not running (macOS)` },
    drain: {
      form: `SECONDS`,
      says: `from SIGTERM on, the port stays open so long and /readyz is 503; for connect: the wait for last answers, 60 unless given`,
    },
    print: { form: ``, says: `login prints the address in place of opening a browser` },
    'accept-no-pkce': {
      form: ``,
      says: `login goes on although the authorization server does not announce PKCE`,
    },
    'no-spare': { form: ``, says: `keep no process of an MCP server ready for the next session` },
    'record-contents': {
      form: `SERVER`,
      says: `keeps what its messages say in memory for a quarter of an hour, for tap --contents; may be repeated`,
    },
    trust: {
      form: `FINGERPRINT`,
      says: `of the https server behind --sse, the only certificate that is trusted (SHA-256)`,
    },
    'lan-credentials': {
      form: ``,
      says: `lets other machines use the server behind --sse URL as the person who is signed in to it`,
    },
    server: {
      form: `NAME`,
      says: `doctor: the server that fails, of --config or of a client on this machine; clients: the one that is meant`,
    },
    error: { form: `TEXT`, says: `doctor: the error it shows, as it was printed` },
    client: { form: `CLIENT`, says: `clients: only this one, such as claude-desktop, cursor or codex` },
    folder: {
      form: `DIR`,
      says: `clients: only the files of the project in this folder (.mcp.json, .vscode, .cursor, .codex …)`,
    },
    file: { form: `FILE`, says: `clients: only this file; --client says whose notation it is in` },
    mode: {
      form: `MODE`,
      says: `clients: direct, through (the proxy) or run (by Gangway); else what fits each server`,
    },
    yes: { form: ``, says: `trust does not ask; clients apply, clients undo and settings import write what is shown` },
    requests: { form: ``, says: `tap: requests through the proxy, too` },
    messages: { form: ``, says: `tap: each JSON-RPC message, on both sides of a translation, not whole calls` },
    contents: { form: ``, says: `tap: what calls say, too, without secrets, where that is recorded` },
    slow: { form: `TIME`, says: `tap: only what has taken so long, 500ms, 2s or 1m` },
    outcome: { form: `OUTCOME`, says: `tap: only what has ended so, as cancelled; error stands for every failure` },
    header: { form: `HEADER`, says: `add NAME URL: sent with every request, as "Name: value"; may be repeated` },
    env: { form: `NAME=VALUE`, says: `add NAME -- COMMAND: a variable of the server; may be repeated` },
    for: { form: `TIME`, says: `off: on again after 90s, 30m, 2h or 1d` },
    json: {
      form: ``,
      says: `status, doctor, clients, list, group, tools or settings as JSON; tap as a JSON object a line`,
    },
    help: { form: ``, says: `this text` },
    version: { form: ``, says: `the version` },
    sse: {
      form: `COMMAND …`,
      says: `serves this stdio MCP server, or the one at this URL, at /mcp and /sse; takes the rest of the line`,
    },
  },
});

/** What `mcp-gangway connect` says to the client it serves, and on stderr. */
export const shim = () => ({
  unreachable: (place: string, code: string) =>
    `MCP Gangway cannot be reached on ${place} (${code}). Check the address, and whether that machine is on and in the same network.`,
  notRunning: (place: string) =>
    `MCP Gangway is not running: nothing listens on ${place}. Open MCP Gangway, turn it on, and try again.`,
  off: `MCP Gangway is switched off. Turn it on in its menu, and try again.`,
  starting: (place: string) =>
    `MCP Gangway is being started, but does not listen on ${place} yet. Open it, turn it on, and try again.`,
  stranger: (place: string) =>
    `What listens on ${place} is not MCP Gangway, or an old version of it. Look at the port in its settings, and give it as --port.`,
  webServer: (place: string, status: number) =>
    `What answers on ${place} is a web server (HTTP ${status}), not MCP Gangway itself. Behind a reverse proxy, give your client the URL that ends in /mcp in place of connect: connect speaks plain HTTP and needs /stdio passed on with its Upgrade. Otherwise look at the port, and give it as --port.`,
  upgradeDropped: (place: string) =>
    `MCP Gangway answers on ${place}, but a reverse proxy in between drops the "Upgrade: mcp-stdio" that connect needs. Let it pass Upgrade and Connection on, or give your client the URL that ends in /mcp in place of connect.`,
  tokenNeeded: `MCP Gangway asks for its token. Set MCP_GANGWAY_TOKEN for this server, or name a file with --token-file.`,
  tokenWithAddress: `MCP Gangway asks for its token, which is sent only to an address that you name: give -p PORT or --host as well.`,
  tokenWrong: `MCP Gangway does not accept this token. Copy it again from the settings of MCP Gangway.`,
  lost: `The connection to MCP Gangway broke before the answer came. The request may have been carried out or not.`,
  cancelled: `The connection to MCP Gangway broke.`,
  reconnected: `MCP Gangway was restarted. This session goes on with a new server process; what the old one kept in memory is gone.`,
  newServer: (why: string) =>
    `${why} This session goes on with a new server process; what the old one kept in memory is gone.`,
  waitsForRequest: (why: string) => `${why} It had just been started anew; the next request starts it again.`,
  notRestored: (reason: string) =>
    `MCP Gangway is back, but its server did not take the session up again: ${reason} Restart the server in this client.`,
  otherRevision: `It speaks another revision of MCP now.`,
  noAnswerAfterEnd: (seconds: number) =>
    `The input ended, and the answer did not come within ${seconds} seconds. Give connect more time with --drain SECONDS.`,
  cannotStart: (reason: string) => `MCP Gangway could not be started: ${reason}.`,
});
