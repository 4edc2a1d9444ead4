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
    engine: `container`,
    bridge: (bridge: string, where: string, runtime: string) =>
      `${bridge} only stands between the client and ${where}: let Gangway run it. Gangway connects there itself, so no ${runtime} is needed any more, and Gangway's permission for the local network counts.`,
    bridgedProgram: (bridge: string) =>
      `${bridge} only stands in front of a program: let Gangway run it. Gangway starts the program itself, so the bridge is not needed any more.`,
    product: {
      'home-assistant': (host: string) => `Home Assistant at ${host}`,
    },
    container: `It runs in a container, which these settings do not reach: let Gangway run it. The container's connections stay those of its engine, whose own permission for the local network counts.`,
    containerRun: (host: string) =>
      `It runs in a container: Gangway adds -e options, so that it finds the proxy at ${host}: send it through Gangway. Running it in Gangway would leave its connections to the container engine.`,
    machine: (program: string) =>
      `${program} starts it in another system, which these settings do not reach: let Gangway run it. Its connections stay those of that system.`,
    withheld: (program: string) =>
      `${program} keeps the variables of these settings from it: let Gangway run it, which needs none.`,
    script: (program: string) =>
      `${program} starts a script, and what that starts cannot be seen here: send it through Gangway, and let Gangway run it if nothing arrives.`,
    remote: (host: string) =>
      `The client itself connects to ${host}, so that its own permission for the local network counts: let Gangway run it as a server with a URL, and the client connects to Gangway.`,
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
    json5: (file: string, client: string, line: number, column: number) =>
      `${file} is JSON5 from line ${line}, column ${column} on (names without quotes, for example), which ${client} reads and Gangway does not edit. It was left alone; write it as JSON, where comments and trailing commas may stay, and try again.`,
    strict: {
      comment: (file: string, client: string, line: number, column: number) =>
        `${file} was left alone: ${client} reads no comments, and there is one at line ${line}, column ${column}. Take it out and try again.`,
      comma: (file: string, client: string, line: number, column: number) =>
        `${file} was left alone: ${client} takes no comma before a closing bracket, and there is one at line ${line}, column ${column}. Take it out and try again.`,
      mark: (file: string, client: string, _line: number, _column: number) =>
        `${file} was left alone: it begins with a byte order mark (line 1, column 1), which ${client} cannot read. Save it as UTF-8 without one and try again.`,
    },
    notUtf8: (file: string) => `${file} is not UTF-8 text. It was left alone; save it as UTF-8 and try again.`,
    noFile: (file: string) =>
      `${file} is no ordinary file, or larger than 4 MB. It was not read; choose the file of an MCP client.`,
    outsideFolder: (file: string, real: string) =>
      `${file} is a link to ${real}, outside of the project's folder. It was left alone; choose that file itself if it is meant.`,
    extension: (name: string, client: string) =>
      `${name} is an extension of ${client}, which starts it with settings that stand in no file, so Gangway cannot change how it connects. Turn on ${client} in System Settings › Privacy & Security › Local Network; if that does not help, switch the extension off and add the same server by its command, here or in the client's file.`,
    unreadable: (file: string, code: string) => `${file} could not be read (${code}).`,
    noEntry: (name: string) => `There is no server named ${name} in the file any more.`,
    nameTaken: (name: string) => `The file already has a server named ${name}.`,
    address: (name: string) =>
      `The client itself connects to ${name} by its address, so no proxy setting leads it through Gangway. Let Gangway run it instead: it becomes a server with a URL in Gangway, with its headers, and the client connects to Gangway.`,
    foreign: (name: string) =>
      `${name} comes with the client or is written in a notation of its own, so Gangway leaves it alone.`,
    byHand: (name: string) =>
      `${name} already leads to Gangway, but not by Gangway's doing: what stood there before is not known.`,
    container: (name: string) =>
      `${name} runs in a container, where 127.0.0.1 is the container itself. Let Gangway run it instead.`,
    machine: (name: string, program: string) =>
      `${program} starts ${name} in another system, which proxy settings of this one do not reach. Let Gangway run it instead.`,
    withheld: (name: string, program: string) =>
      `${program} keeps the proxy settings from ${name}: the variables would not reach it. Let Gangway run it instead, or have ${program} hand them on.`,
    noAddress: (name: string) =>
      `No address was found in the command line or the environment of ${name} that a TCP forward could stand for.`,
    noAddresses: (client: string) => `${client} starts programs only; its file cannot name an address.`,
    variable: (name: string, variable: string) =>
      `${name} uses ${variable}, which only the client can fill in, so Gangway cannot run it. Send it through Gangway instead.`,
    addressVariable: (name: string, variable: string) =>
      `${name} uses ${variable}, which only the client can fill in, so Gangway cannot connect in its place. Write the value itself into the address or the header and try again.`,
    /** Where values stand, and their names if it lists them. */
    outsideKey: (key: string, names: readonly string[]) => (names.length === 0 ? key : `${key}: ${names.join(', ')}`),
    outside: {
      file: (name: string, key: string) =>
        `${name} takes variables from a file (${key}), which only the client reads, so Gangway cannot run it. Send it through Gangway instead, or write the variables into the entry.`,
      keychain: (name: string, key: string) =>
        `${name} takes secrets from the client's keychain (${key}), so Gangway cannot run it. Send it through Gangway instead.`,
      environment: (name: string, key: string) =>
        `${name} takes variables from the client's environment (${key}) that Gangway does not have, so Gangway cannot run it. Send it through Gangway instead, or write them into the entry.`,
      client: (name: string, key: string) =>
        `${name} takes a part of its settings from the client (${key}), so Gangway cannot run it. Send it through Gangway instead.`,
    },
    addressOutside: {
      file: (name: string, key: string) =>
        `${name} takes values from a file (${key}), which only the client reads, so Gangway cannot connect in its place. Write them into the headers of the entry and try again.`,
      keychain: (name: string, key: string) =>
        `${name} takes secrets from the client's keychain (${key}), so Gangway cannot connect in its place. Write them into the headers of the entry and try again.`,
      environment: (name: string, key: string) =>
        `${name} takes its secrets from the client's environment (${key}), so Gangway cannot connect in its place. Write them into the headers of the entry and try again.`,
      client: (name: string, key: string) =>
        `The client itself signs in to ${name} in a way of its own or finds the connection (${key}), so Gangway cannot connect in its place. Add its URL to Gangway's own servers instead.`,
    },
    relative: (name: string, path: string) =>
      `${name} uses “${path}”, which depends on the folder that the client starts it in, so Gangway cannot run it. Write the full path and try again, or send it through Gangway instead.`,
    addressRelative: (name: string, path: string) =>
      `${name} uses “${path}”, which depends on the folder of the client, so Gangway cannot connect in its place. Write the full path and try again.`,
    addressOption: (name: string, option: string) =>
      `The client reaches ${name} with a setting that Gangway has no counterpart for (${option}), so Gangway cannot connect in its place. Take it out of the entry and try again if it is not needed, or add its URL to Gangway's own servers, where a certificate can be trusted by itself.`,
    bridgeOption: (name: string, bridge: string, option: string) =>
      `${name} gives ${bridge} something that Gangway has no counterpart for (${option}), so it was not moved. Take it out of the entry and try again if it is not needed, or send it through Gangway instead.`,
    bridgeEnvironment: (name: string, bridge: string, program: string) =>
      `${program} gives ${bridge} variables that do not stand in the entry, so ${name} cannot be moved whole. Write them into the env of the entry and try again, or send it through Gangway instead.`,
    sameName: (name: string) =>
      `The file has more than one server named ${name}. It was left alone; give them names of their own and try again.`,
    uneditable: (file: string) =>
      `${file} is written in a way that does not let this be changed without changing something else (aliases or repeated keys, for example). It was left alone.`,
    changed: (file: string) =>
      `${file} was changed by somebody else in the meantime. Nothing was written; look at the new preview.`,
    busy: (file: string) =>
      `Another program of MCP Gangway is writing to clients' files, and ${file} had to wait for too long. Nothing was written; try again.`,
    readOnly: (file: string) => `${file} is write-protected. Nothing was written; allow writing and try again.`,
    hardLink: (file: string) =>
      `${file} has a second name in another folder (a hard link), which would keep the old content. Nothing was written; make one of them a symbolic link and try again.`,
    keyElsewhere: (file: string) =>
      `What ${file} was before Gangway's changes is encrypted, and only the app has the key, so Gangway leaves the file alone. Start MCP Gangway and try again.`,
    keyLocked: (file: string, kept: string) =>
      `What ${file} was before Gangway's changes is encrypted, and the system does not give the key, so Gangway leaves the file alone. Unlock the keychain (the keyring on Linux) and try again. If the key is lost for good, move ${kept} away: Gangway then takes the file as it is.`,
    copyElsewhere: (file: string) =>
      `${file} is encrypted, and only the app has the key. Start MCP Gangway and try again.`,
    copyLocked: (file: string) =>
      `${file} is encrypted, and the system does not give the key, or another one made it, or the file is damaged. Unlock the keychain (the keyring on Linux) and try again.`,
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
      chatbox: `Chatbox: Settings › MCP › Add Server`,
      openWebUi: `Open WebUI: Admin Panel › Settings › External Tools › Add Connection`,
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
  /** What stands between us and a server with a URL, each with what helps. */
  remote: {
    name: {
      label: `Name`,
      hint: `Check the host in the URL. Names that end in .local are known in the same network only; the address of the machine works as well.`,
    },
    route: {
      label: `Route`,
      hint: `Check that the machine is on and in a network that this one reaches, and that the port in the URL is the server's.`,
    },
    permission: {
      label: `Permission`,
      hint: `Allow MCP Gangway in System Settings › Privacy & Security › Local Network; Doctor shows the way.`,
    },
    tls: {
      label: `Certificate`,
      hint: `Compare the fingerprint with what the server shows, then trust the certificate under Settings › MCP Servers › Try.`,
    },
    http: {
      label: `HTTP`,
      hint: `Check the path in the URL: that of Home Assistant ends in /api/mcp, others in /mcp or /sse.`,
    },
    'sign-in': {
      label: `Sign-in`,
      hint: `Sign in under Settings › MCP Servers, or give the server's token as the header Authorization, with “Bearer …”.`,
    },
    initialize: {
      label: `Session`,
      hint: `The address answers, but not as an MCP server does: check the path and the transport.`,
    },
    tools: { label: `Tools`, hint: `The session is open; the server's own log says why it does not list its tools.` },
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
    remote: `It is asked from here, as Gangway would ask it.`,
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
