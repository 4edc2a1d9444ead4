/** What commands of the command line say that a gateway without a window has no use for. */
export const commandLine = () => ({
  settings: {
    busy: (file: string) => `Another program of MCP Gangway is writing to ${file}. Nothing was changed; try again.`,
    notSaved: (file: string, reason: string) => `${file} could not be written: ${reason}. Nothing was changed.`,
    unreadable: (file: string, reason: string) => `The settings in ${file} cannot be read: ${reason}.`,
    unknownKey: (key: string) => `There is no setting "${key}".`,
    unknownKeys: (keys: string) => `These are no settings, and are left out: ${keys}`,
    toBeGiven: (paths: string) => `These hold secrets, and have to be given again: ${paths}`,
    appStarted: `The app has started meanwhile. Nothing was changed; run the command again.`,
    noExport: (file: string) => `${file} is no file of "mcp-gangway settings export".`,
    damaged: (file: string) =>
      `${file} does not hold settings of this version of MCP Gangway. Nothing was changed; update this program, or open the app, which keeps the file aside and begins anew.`,
  },
  servers: {
    none: `The app has no servers. What was started with "serve" is shown by "mcp-gangway status".`,
    taken: (name: string) => `There is a server ${name} already. Remove it first, or take another name.`,
    added: (name: string) => `The server ${name} is added; clients find it at /servers/${name}/mcp.`,
    inClear: (file: string) =>
      `What its headers and the query of its URL hold stands in ${file}, which only your account can read, until the app starts and encrypts it.`,
  },
  groups: {
    none: `There are no groups. All servers together are at /all/mcp.`,
    taken: (name: string) => `There is a group ${name} already. Remove it first, or take another name.`,
    added: (name: string) => `The group ${name} is added; clients find it at /groups/${name}/mcp.`,
  },
  tools: {
    unknown: (server: string) =>
      `The tools of ${server} are not known yet. They are once a client has asked for them, or Try in the settings.`,
    empty: (server: string) => `${server} has listed no tools.`,
    on: `on`,
    off: `off`,
    tokens: (count: number) => `${count} tokens`,
    sum: (on: number, all: number, tokens: number) =>
      `${on} of ${all} ${all === 1 ? 'tool' : 'tools'} on, about ${tokens} tokens.`,
    above: (limits: readonly { readonly client: string; readonly tools: number }[]) =>
      `More than these clients take from all their servers together: ${limits.map(({ client, tools }) => `${client} ${tools}`).join(', ')}.`,
    noSuchTool: (server: string, name: string) =>
      `${server} has listed no tool ${name}. The rule is stored, and counts once there is one.`,
    fitsNothing: (server: string, pattern: string) =>
      `${pattern} fits no tool that ${server} has listed. The rule is stored, and counts once there is one.`,
    stillHidden: (name: string, patterns: readonly string[], command: string) =>
      `${name} is still hidden, as ${patterns.join(', ')} stands in deny. To take that out: ${command}`,
    stillHiddenPartly: (name: string, patterns: readonly string[], command: string) =>
      `Some of ${name} is still hidden, as ${patterns.join(', ')} stands in deny. To take that out: ${command}`,
  },
  instance: {
    broke: `MCP Gangway ended while it was asked.`,
    tooOld: (version: string) =>
      `The MCP Gangway that runs (${version}) does not offer this yet. Quit it, update it and try again.`,
    fromNextStart: `The app does not run: this holds from its next start on.`,
    notRunning: `MCP Gangway does not run. Start it so that what leads to it gets there.`,
  },
  clients: {
    none: `No file of an MCP client was found.`,
    noServers: `no servers`,
    isOff: `off in the client`,
    isStale: `leads to an earlier port or token of Gangway; choose its mode again`,
    suggested: (mode: string, reason: string) => `suggested: ${mode}. ${reason}`,
    nothingToDo: `There is nothing to change.`,
    change: (name: string, from: string, to: string, reason: string | null) =>
      `${name}: ${from} -> ${to}${reason === null ? '' : `  (${reason})`}`,
    /** Stands between remarks that are no sentences. */
    semicolon: `; `,
    asBefore: `as it was before Gangway`,
    left: `These stay as they are:`,
    leftAs: (client: string, name: string | null, reason: string) =>
      `${name === null ? client : `${client}, ${name}`}: ${reason}`,
    imported: (names: string) => `Gangway runs from then on: ${names}`,
    released: (names: string) => `Gangway does not run any more: ${names}`,
    upstreams: (proxies: string) =>
      `These servers went through ${proxies} so far. Make that the upstream proxy of Gangway if they still need it: mcp-gangway settings set upstream URL`,
    exceptions: (targets: string) => `Their NO_PROXY keeps these from Gangway: ${targets}`,
    pending: `Nothing has been written yet: give --yes as well.`,
    applied: (files: number) => (files === 1 ? `One file was changed.` : `${files} files were changed.`),
    backups: (files: string) => `As they were before: ${files}`,
    inClear: (folder: string) =>
      `The app does not run. What Gangway remembers of these files, and the copies in ${folder}, repeat their secrets in clear, for your account alone, until the app is started: it encrypts them.`,
    sealedBackups: `These copies are encrypted. To read one: mcp-gangway clients backups NAME`,
    backupsGone: `Nothing of Gangway's is left there, so the copies that were kept from before were deleted.`,
    noBackups: `No copies are kept: no file of an MCP client has something of Gangway's in it.`,
    noSuchBackup: (name: string) => `There is no copy "${name}". To see which there are: mcp-gangway clients backups`,
    standing: (files: string) =>
      `Another program wrote to ${files} before the change could be taken back, so it is still in there. "mcp-gangway clients undo" shows it.`,
    noSuchClient: (id: string, ids: string) => `There is no client "${id}". There are: ${ids}`,
    noSuchServer: (name: string) => `No client's file has a server named ${name}.`,
  },
});
