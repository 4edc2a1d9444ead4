/** The window where the servers of other programs are led through Gangway. */
export const clientsWindow = () => ({
  title: `Servers in your clients`,
  lead: `MCP servers that these clients start on this Mac. Choose how each reaches your network.`,
  loading: `Looking for MCP clients…`,
  none: {
    title: `No MCP client found`,
    words: `Claude Desktop, Claude Code, Cursor, VS Code and more than twenty others were looked for, and none has a file of servers on this Mac. Add a server in your client first; it shows up here when you come back.`,
    places: `Show Where I Looked`,
    byHand: `Set Up by Hand…`,
  },
  servers: (count: number) => (count === 1 ? `1 server` : `${count} servers`),
  cannotRead: `Cannot be read`,
  noServers: `This file has no MCP servers yet. Add one in the client; it shows up here when you come back.`,
  reveal: `Show in Finder`,
  undoFile: `Undo All Changes…`,
  undo: `Undo…`,
  off: {
    sentence: `Gangway is off. Servers that go through it reach nothing until it is on.`,
    turnOn: `Turn On`,
  },
  modes: { off: `Direct`, through: `Through Gangway`, run: `Run in Gangway`, forward: `TCP Forward` },
  /** What a mode means, below the control. */
  modeHints: {
    off: `As you wrote it: its connections do not pass Gangway`,
    through: `The client starts it; its connections go through Gangway`,
    run: `Gangway starts it; the client connects to Gangway`,
    forward: `It connects to a port of Gangway that leads to its target`,
  },
  modeOf: (server: string) => `How ${server} reaches the network`,
  proposed: `suggested`,
  unfit: (mode: string, reason: string) => `“${mode}” would fit, but it stays as it is: ${reason}`,
  offInClient: (client: string) => `Switched off in ${client}`,
  project: (folder: string) => `Only in ${folder}`,
  stale: {
    through: `The file does not lead here any more: the port or the token of Gangway has changed.`,
    run: `The file does not lead to Gangway any more.`,
  },
  fix: `Fix…`,
  doctor: `Ask Doctor…`,
  forward: {
    button: `Forward a Port…`,
    buttonOf: (server: string) => `Forward a Port for ${server}…`,
  },
  changedByHand: `Set by hand`,
  chosen: {
    folder: `Choose a Folder…`,
    file: `Choose a File…`,
    folderHint: `Choose a project's folder, to see the servers in its .mcp.json, .vscode, .cursor, .codex and the like`,
    fileHint: `Choose the file of an MCP client that was not found`,
    forget: `Remove from This List`,
    nothingIn: (folder: string) =>
      `No MCP client's file with servers was found in ${folder}. Choose the folder that holds .mcp.json, .vscode, .cursor, .codex or the like.`,
    noClientsFile: (file: string) =>
      `${file} is not written as any known MCP client has it. Choose a file with mcpServers, servers or mcp_servers in it.`,
  },
  access: {
    project: (folder: string) =>
      `The file belongs to the project ${folder}: those you share it with get this change too, which leads to this machine alone. Undo it before you hand the project on.`,
    closed: (mode: string) =>
      `The file holds a token then: only you can read it from now on (permissions were ${mode}). Undo gives them back.`,
    restored: (mode: string) => `No token is left in the file: its permissions are ${mode} again, as before.`,
  },
  preview: {
    title: {
      off: (server: string) => `${server}: as you wrote it`,
      through: (server: string) => `${server}: through Gangway`,
      run: (server: string) => `${server}: run in Gangway`,
      forward: (server: string) => `${server}: by a TCP forward`,
      file: (client: string) => `Undo all changes in the file of ${client}`,
    },
    file: (file: string) => `This changes ${file}`,
    backup: (folder: string) => `A copy of the file as it is now goes to ${folder}`,
    backupsGo: `Nothing of Gangway’s is left there then, so the copies that were kept from before are deleted.`,
    diff: `What changes in the file`,
    line: (line: number) => `Line ${line}`,
    noEnd: `No line break at the end of the file`,
    same: `The file is like this already. Nothing has to be written.`,
    imported: (server: string) => `Gangway gets the server “${server}” with its command and variables, and starts it.`,
    release: (things: string) => `Also remove from Gangway: ${things}`,
    released: {
      server: (name: string) => `the server “${name}”`,
      forward: (port: number) => `the TCP forward at port ${port}`,
    },
    forward: {
      choose: `Address`,
      opens: (here: string, there: string) => `Gangway opens ${here}, which leads to ${there}.`,
      socks: `Or give the program this SOCKS5 address, if it takes one:`,
      copySocks: `Copy the SOCKS5 address`,
    },
    upstream: {
      use: (proxy: string) => `Let Gangway itself go through ${proxy}, as this server did`,
      instead: (proxy: string) => `Replaces the upstream proxy ${proxy}.`,
      otherwise: `Otherwise that proxy is bypassed.`,
      unusable: (proxy: string) => `This server went through ${proxy}, which Gangway cannot use: it is bypassed.`,
    },
    exceptions: (targets: string) => `Still goes past Gangway, because of its NO_PROXY: ${targets}`,
    apply: `Apply`,
  },
  done: {
    applied: `Done.`,
    undone: `Undone.`,
    backup: (file: string) => `Backup: ${file}`,
    sealedBackup: (file: string) => `Backup, encrypted: ${file}`,
    undo: `Undo`,
    undoOf: (server: string) => `Undo the change of ${server}`,
  },
  bulk: {
    suggestions: `Use Suggestions for All…`,
    undo: `Undo Everything in All Clients…`,
    titles: {
      suggestions: (servers: number) =>
        servers === 1 ? `Suggestion for 1 server` : `Suggestions for ${servers} servers`,
      undo: (servers: number) => (servers === 1 ? `Undo everything: 1 server` : `Undo everything: ${servers} servers`),
    },
    nothing: {
      suggestions: `There is no suggestion left to use.`,
      undo: `There is nothing of Gangway’s in these files.`,
    },
    lead: `All of these files are changed, or none of them.`,
    left: `These stay as they are`,
    imported: (servers: string) =>
      `Gangway gets these servers with their commands and variables, and starts them: ${servers}.`,
    several: `These servers went through several proxies, of which Gangway can use one at most: choose it in the settings.`,
    standing: (files: string) => `Another program wrote to these in between, and they stay as it left them: ${files}`,
    applied: (servers: number) => (servers === 1 ? `1 server was changed.` : `${servers} servers were changed.`),
    undone: `Undone in all clients.`,
    comma: `, `,
  },
  restart: {
    waiting: (changes: number) =>
      changes === 1 ? `1 change waits for a restart.` : `${changes} changes wait for a restart.`,
    applyAnd: (clients: string) => `Apply and Restart ${clients}`,
    button: (client: string) => `Restart ${client}`,
    working: (client: string) => `Restarting ${client}…`,
    restarted: (client: string) => `${client} was restarted.`,
    opened: (client: string) => `${client} was not running; it is open now.`,
    stillOpen: (client: string) => `${client} has not quit yet; it may be asking something. Quit it and open it again.`,
    failed: (client: string, reason: string) =>
      `${client} could not be restarted: ${reason}. Quit it and open it again.`,
  },
  badge: {
    none: `No request seen yet`,
    now: `just now`,
    ago: (age: string) => `${age} ago`,
    last: (when: string, target: string, outcome: string) =>
      `Last request ${when}${target === '' ? '' : `: ${target}`}, ${outcome}`,
    outcomes: {
      answered: (status: number) => String(status),
      connected: `connected`,
      failed: (code: string) => `failed (${code})`,
      'given-up': `given up by the server`,
    },
    counts: (requests: number, failures: number) =>
      `${requests === 1 ? '1 request' : `${requests} requests`} so far, ${failures} failed`,
    blocked: (words: string, client: string) => `Kept from the network: the log of ${client} says “${words}”`,
    inGangway: (server: string) => `Runs in Gangway as ${server}`,
    notInGangway: `Gangway has no such server any more`,
    noForward: `Leads to a TCP forward that Gangway does not have any more`,
  },
  verify: {
    button: `Verify`,
    buttonOf: (server: string) => `Verify ${server}`,
    of: (server: string) => `Check of ${server}`,
    took: (ms: number) => `${ms} ms`,
    seconds: (count: number) => `${count} s`,
    states: { running: `under way`, passed: `passed`, failed: `failed`, skipped: `skipped` },
    lastWords: `What it said last`,
    tools: `Its tools`,
  },
  notThere: `This is not there any more. The list has been read again.`,
  tooMany: {
    tokens: (most: number) =>
      `Gangway’s settings hold ${most} tokens at most, and each server that is led to Gangway gets one of its own. Change fewer servers, one client after the other for example, or revoke tokens that are not needed.`,
    servers: (most: number) =>
      `Gangway’s settings hold ${most} servers at most. Change fewer servers, one client after the other for example, or remove servers that are not needed.`,
    forwards: (most: number) =>
      `Gangway’s settings hold ${most} TCP forwards at most. Remove those that are not needed and try again.`,
  },
  settingsRefused: (reason: string) => `Gangway’s settings do not take this: ${reason}`,
});
