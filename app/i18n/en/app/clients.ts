/** What is said about MCP clients, their files and their servers. */
export const clients = () => ({
  proposal: {
    readsProxy: {
      node: `It runs on a Node that reads proxy variables: send it through Gangway. If it uses axios before 1.16.1 for https:// addresses, let Gangway run it.`,
      bun: `It runs on Bun, whose fetch reads proxy variables: send it through Gangway.`,
      deno: `It runs on Deno, which reads proxy variables: send it through Gangway.`,
      python: `It runs on Python, whose HTTP libraries read proxy variables: send it through Gangway.`,
    },
    java: `It runs on Java, which takes its proxy from JAVA_TOOL_OPTIONS: send it through Gangway.`,
    javaToken: `It runs on Java, which sends no token to a proxy by itself: let Gangway run it.`,
    mcpRemote: `It is mcp-remote, which can use a proxy: send it through Gangway.`,
    container: `It runs in a container, which these settings do not reach: let Gangway run it.`,
    rawTcp: (word: string) =>
      `“${word}” looks like a protocol other than HTTP, which no proxy setting reaches: let Gangway run it.`,
    oldNode: (version: string) =>
      `It runs on Node ${version}, which ignores proxy variables (22.21 and 24.5 read them): let Gangway run it.`,
    noNode: `Its Node could not be asked for its version: let Gangway run it, which always works.`,
    unknownProgram: `Most programs read proxy variables: send it through Gangway, and let Gangway run it if nothing arrives.`,
  },
  refused: {
    broken: (file: string, line: number, column: number) =>
      `${file} cannot be read: there is a mistake at line ${line}, column ${column}. It was left alone; mend it and try again.`,
    notUtf8: (file: string) => `${file} is not UTF-8 text. It was left alone; save it as UTF-8 and try again.`,
    unreadable: (file: string, code: string) => `${file} could not be read (${code}).`,
    noEntry: (name: string) => `There is no server named ${name} in the file any more.`,
    nameTaken: (name: string) => `The file already has a server named ${name}.`,
    address: (name: string) =>
      `The client itself connects to ${name} by its address, so no setting of that server can lead it through Gangway. Add a TCP forward for that address instead.`,
    foreign: (name: string) =>
      `${name} comes with the client or is written in a notation of its own, so Gangway leaves it alone.`,
    byHand: (name: string) =>
      `${name} already leads to Gangway, but not by Gangway's doing: what stood there before is not known.`,
    container: (name: string) =>
      `${name} runs in a container, where 127.0.0.1 is the container itself. Let Gangway run it instead.`,
    noAddress: (name: string) =>
      `No address was found in the command line or the environment of ${name} that a TCP forward could stand for.`,
    noAddresses: (client: string) => `${client} starts programs only; its file cannot name an address.`,
    variable: (name: string, variable: string) =>
      `${name} uses ${variable}, which only the client can fill in, so Gangway cannot run it. Send it through Gangway instead.`,
    uneditable: (file: string) =>
      `${file} is written in a way that does not let this be changed without changing something else (aliases or repeated keys, for example). It was left alone.`,
    changed: (file: string) =>
      `${file} was changed by somebody else in the meantime. Nothing was written; look at the new preview.`,
    readOnly: (file: string) => `${file} is write-protected. Nothing was written; allow writing and try again.`,
    notWritten: (file: string, code: string) => `${file} could not be written (${code}). It is as it was.`,
  },
  forward: {
    warning: {
      tlsName: (host: string) =>
        `The server checks that the certificate is for ${host}, and will see 127.0.0.1 instead. Tell it to check the certificate without the name (sslmode=verify-ca, for example), or let Gangway run it.`,
      hostKey: (host: string) =>
        `ssh knows the host key under the name ${host}. Add “-o HostKeyAlias=${host}” to its options, or it will ask about an unknown host.`,
    },
  },
  applies: {
    'after-quit': (client: string) => `Quit ${client} completely and open it again; closing its window is not enough.`,
    'after-restart': (client: string) => `Restart ${client} so that it reads the change.`,
    'after-reload': (client: string) => `Reload the MCP servers in ${client}, or restart it.`,
    'at-once': (client: string) => `${client} notices the change by itself.`,
  },
  snippet: {
    titles: {
      claudeCodeCommand: `Claude Code (command)`,
      posix: `Terminal (bash, zsh)`,
      fish: `Terminal (fish)`,
      powershell: `PowerShell`,
      docker: `Docker`,
    },
    where: {
      file: (file: string) => `In the file ${file}`,
      terminal: `In a terminal`,
      startUp: (file: string) => `In a terminal, or in ${file} to keep it`,
      chatbox: `Chatbox: Settings > MCP > Add Server`,
      openWebUi: `Open WebUI: Admin Panel > Settings > External Tools > Add Connection`,
      docker: `On the command line of docker run`,
    },
    notes: {
      proxyForm: `Copy the env lines into the entries you already have; command and arguments stay as they are.`,
      shim: (client: string) =>
        `The file of ${client} can only start programs, so a program of Gangway's connects it. Where you have Node.js, npx mcp-remote with the server's URL does it as well.`,
      containerHost: `From a container, this machine is host.docker.internal.`,
      allowHost: `Add that name to the allowed hosts in the settings.`,
      listenWider: `On Linux a container does not reach loopback: let Gangway listen on the container network, with a token.`,
      noServer: `No MCP server is set up in Gangway yet.`,
    },
    fields: {
      name: `Name`,
      type: `Type`,
      url: `URL`,
      authentication: `Authentication`,
      none: `None`,
      bearer: `Bearer`,
      key: `Key`,
      headers: `HTTP headers`,
      environment: `Environment variables`,
      streamable: `MCP (Streamable HTTP)`,
      remote: `Remote (http/sse)`,
      local: `Local (stdio)`,
    },
  },
});

/** The two things a client can be configured for. */
export const snippets = () => ({
  kinds: {
    endpoint: `Use these MCP servers`,
    proxy: `Lend this network`,
  },
  token: `Put one of your tokens in place of TOKEN; Settings › Access makes them.`,
});

/** What is said while a server is checked from end to end. */
export const verify = () => ({
  steps: {
    probe: (target: string) => `Reach ${target} from here`,
    probeNone: `Reach its target from here`,
    start: `Start it as its client would`,
    initialize: `Greet it (initialize)`,
    tools: `Ask for its tools (tools/list)`,
    requests: `See its requests come through Gangway`,
  },
  cancelled: `Cancelled.`,
  before: `Left out, since a step before it failed.`,
  probe: {
    passed: (target: string) => `${target} can be reached from this app.`,
    none: `Its command line and environment name no address to try.`,
  },
  start: {
    passed: `It runs.`,
    foreign: `This entry is the client's own; Gangway cannot start it.`,
    elsewhere: `The client connects to this address itself; there is nothing to start.`,
    variable: (variable: string) => `It uses ${variable}, which only the client can fill in.`,
    variableHint: `Use it once in the client: the time of its last request shows here then.`,
    hint: `Run the same command in a terminal to see more of what it says.`,
    off: `Gangway is off.`,
    offHint: `Turn it on and check again.`,
    unknown: (server: string) => `Gangway has no server named ${server}.`,
    unknownHint: `Undo this entry and let Gangway run the server again.`,
    endpoint: `It runs in Gangway.`,
  },
  initialize: {
    passed: (server: string, version: string, revision: string) =>
      `${server} ${version} speaks MCP ${revision}.`.replaceAll(/ {2,}/g, ' '),
    brokenOff: `Its endpoint broke off before it had answered.`,
    refused: (status: number) => `Its endpoint answered with status ${status}.`,
    hint: `Look at its log: something keeps it from answering.`,
  },
  tools: {
    passed: (count: number) => (count === 1 ? `It offers one tool.` : `It offers ${count} tools.`),
  },
  requests: {
    answered: (target: string, status: number) => `Its last request went to ${target} and was answered with ${status}.`,
    connected: (target: string) => `Its last request was a connection to ${target}.`,
    givenUp: (target: string) => `It gave up a request to ${target} before the answer came.`,
    failed: (target: string, code: string) => `Its last request to ${target} failed (${code}).`,
    failedHint: `The request came through Gangway, but did not reach its target. The first step, and the list of failures, say why.`,
    unnamed: `an unreadable target`,
    none: `None yet: many servers only reach out when a tool is used. Use one in the client, and look here again.`,
    notThrough: `It does not go through Gangway.`,
    runs: `It runs in Gangway and needs no proxy.`,
    token: `The token in its proxy address is not the one of now.`,
    tokenHint: `Put it through Gangway once more: the new token is written then.`,
  },
});
