/** What the windows of the app share. */
export const windows = () => ({
  titles: {
    settings: `MCP Gangway Settings`,
    logs: `MCP Gangway Logs`,
    activity: `MCP Gangway Activity`,
    welcome: `Welcome to MCP Gangway`,
    clients: `Servers in Your Clients`,
    doctor: `MCP Gangway Doctor`,
  },
  copy: `Copy`,
  copied: `Copied`,
  close: `Close`,
  dismiss: `Dismiss`,
  cancel: `Cancel`,
  save: `Save`,
  filter: {
    label: (list: string) => `Filter: ${list}`,
    placeholder: `Filter by name`,
    shown: (count: number, all: number) => (count === 0 ? `No name fits.` : `${count} of ${all}`),
  },
  start: (server: string) => `Start ${server}`,
  restart: (server: string) => `Restart ${server}`,
  stop: (server: string) => `Stop ${server}`,
  /** Of a server without a process. */
  hold: (server: string) => `Keep ${server} from starting`,
  notDone: (reason: string) => `This could not be done: ${reason}`,
});

/** The native menus, the dialogs and the notifications of the app. */
export const menu = () => ({
  turnOn: `Turn On`,
  turnOff: `Turn Off`,
  turnOffFor: { hour: `Turn Off for 1 Hour`, tomorrow: `Turn Off Until Tomorrow` },
  stayOffFor: { hour: `Turn On Again in 1 Hour`, tomorrow: `Turn On Again Tomorrow` },
  stayOff: `Stay Off`,
  tunnels: (count: number) => `Tunnels (${count})`,
  noTunnels: `No Open Tunnels`,
  more: (count: number) => `and ${count} more`,
  closeTunnel: `Close Tunnel`,
  closeAllTunnels: `Close All Tunnels`,
  opened: (age: string) => `Open for ${age}`,
  traffic: (up: string, down: string) => `${up} sent, ${down} received`,
  servers: (count: number) => `Run by Gangway (${count})`,
  noServers: `Gangway Runs No Servers`,
  addServer: `Add Server…`,
  running: (command: string) => `Runs ${command}`,
  child: (pid: number, use: string, age: string) => `Process ${pid}, ${use}, ${age}`,
  start: `Start`,
  restart: `Restart`,
  stop: `Stop`,
  hold: `Keep from Starting`,
  showLog: `Show Log`,
  copyConfig: `Copy Configuration`,
  port: (port: number) => `Port ${port}…`,
  launchAtLogin: `Launch at Login`,
  needsApproval: `Launch at Login: Needs Approval…`,
  activity: `Activity`,
  showActivity: `Show Activity`,
  logs: `Logs`,
  settings: `Settings…`,
  clients: `Servers in Your Clients…`,
  welcome: `First Steps`,
  doctor: `Doctor…`,
  findOut: `Find Out Why…`,
  about: `About MCP Gangway`,
  quit: `Quit MCP Gangway`,
  usePort: (port: number) => `Use Port ${port} Instead`,
  restartServer: (name: string) => `Restart ${name}`,
  edit: `Edit`,
  view: `View`,
  largerText: `Larger`,
  smallerText: `Smaller`,
  actualSize: `Actual Size`,
  window: `Window`,
  closeWindow: `Close Window`,
  quitQuestion: {
    message: (tunnels: string, sessions: string) => `Quit MCP Gangway? It still carries ${tunnels} and ${sessions}.`,
    detail: `They end with it, and so do the MCP servers it runs.`,
    plain: `Quit MCP Gangway?`,
    led: (servers: number) =>
      servers === 1
        ? `1 server in your clients reaches its network only through it, and reaches nothing until it is opened again.`
        : `${servers} servers in your clients reach their network only through it, and reach nothing until it is opened again.`,
    undoAll: `Undo Everything in All Clients…`,
    quit: `Quit`,
    cancel: `Cancel`,
    never: `Do not ask again`,
  },
  exportTitle: `Export Log`,
  notify: {
    attention: `MCP Gangway needs attention`,
    toolsChanged: (server: string) => `Tools of ${server} have changed`,
  },
});

/** The window under the icon. */
export const popover = () => ({
  title: `MCP Gangway`,
  power: `MCP Gangway`,
  states: { off: `Off`, starting: `Starting…`, on: `On`, stopping: `Stopping…` },
  offHint: `Turn it on to lend this Mac’s network to your MCP servers.`,
  cutOff: (who: string) => `Cut off: ${who}.`,
  others: (count: number) => (count === 1 ? `1 more` : `${count} more`),
  unnamed: (count: number) => (count === 1 ? `1 program` : `${count} programs`),
  comma: `, `,
  undoOff: `Undo`,
  backOn: (left: string) => `On again in ${left}.`,
  backOnBy: `Turn on again by itself:`,
  backOnIn: { hour: `In 1 Hour`, tomorrow: `Tomorrow` },
  stayOff: `Stay Off`,
  copyAddress: `Copy address`,
  traffic: `Traffic`,
  trafficNow: (up: string, down: string) => `${up}/s sent, ${down}/s received`,
  noTraffic: `Quiet`,
  tunnels: `Tunnels`,
  noTunnels: `Programs that use this proxy appear here.`,
  closeTunnels: (count: number, target: string) =>
    count === 1 ? `Close the tunnel to ${target}` : `Close ${count} tunnels to ${target}`,
  times: (count: number) => `×${count}`,
  timesVoice: (count: number) => `${count} tunnels`,
  from: (label: string) => `by ${label}`,
  sent: (bytes: string) => `${bytes} sent`,
  received: (bytes: string) => `${bytes} received`,
  more: (count: number) => `Show ${count} More`,
  fewer: `Show Fewer`,
  clientServers: `Servers in your clients`,
  noClientServers: `No MCP client has a server in a file on this Mac.`,
  allClientServers: `Change how they connect`,
  showServer: (server: string) => `Show ${server}`,
  fix: { fix: `Fix…`, suggestion: `Use Suggestion…`, doctor: `Find Out Why…`, restart: `Restart`, show: `Show…` },
  fixOf: (action: string, server: string) => `${action} (${server})`,
  notSeen: `no request yet`,
  suggested: (mode: string) => `suggested: ${mode}`,
  servers: `Run by Gangway`,
  noServers: `Gangway runs no servers.`,
  addServer: `Add Server`,
  process: (pid: number) => `Process ${pid}`,
  took: (median: string, slowest: string) => `median ${median}, slowest ${slowest}`,
  lastHour: (requests: number) => `${requests} ${requests === 1 ? 'request' : 'requests'} in the last hour`,
  recorded: `Contents are recorded`,
  startsWhenUsed: `Starts when a client connects`,
  lastWords: `Last words`,
  log: (name: string) => `Log of ${name}`,
  snippet: `Set up`,
  preview: `Preview`,
  settings: `Settings`,
  logs: `Logs`,
  quit: `Quit`,
  kinds: { connect: `CONNECT`, socks: `SOCKS5`, 'tcp-forward': `TCP forward`, upgrade: `Upgrade` },
});

/** The log window. */
export const logWindow = () => ({
  title: `Logs`,
  tools: `Log tools`,
  search: `Search`,
  matches: (at: number, count: number) => (count === 0 ? `No matches` : `${at} of ${count}`),
  previous: `Previous match`,
  next: `Next match`,
  level: `Level`,
  levels: { error: `Errors only`, warn: `Warnings and errors`, info: `Normal`, debug: `Everything` },
  source: `Source`,
  allSources: `All sources`,
  program: `app`,
  follow: `Follow`,
  pause: `Pause`,
  resume: `Resume`,
  copyAll: `Copy shown lines`,
  copySelected: (count: number) => (count === 1 ? `Copy line` : `Copy ${count} lines`),
  exportAll: `Export…`,
  reveal: `Show in Finder`,
  clear: `Clear view`,
  lines: `Log lines`,
  count: (shown: number, all: number) =>
    shown !== all ? `${shown} of ${all} lines` : all === 1 ? `1 line` : `${all} lines`,
  paused: `Paused: new lines wait.`,
  none: `Nothing has been logged yet.`,
  noneShown: `No line passes the filter.`,
  exported: (file: string) => `Exported to ${file}`,
  detail: `Selected line`,
  names: { error: `Error`, warn: `Warning`, info: `Info`, debug: `Debug` },
});

/** The first-run window. */
export const welcome = () => ({
  title: `Welcome to MCP Gangway`,
  lead: `Some MCP clients start their servers without access to your network. MCP Gangway opens one port, and through it they reach what this Mac reaches.`,
  on: {
    title: `Turn it on`,
    words: `It lives in the menu bar. If the icon is not there, look in System Settings › Menu Bar, or open the app again.`,
  },
  clients: {
    title: `Make your servers work`,
    words: `Claude Desktop, Cursor and others keep their MCP servers in a file. MCP Gangway finds it and changes it for you, after a preview; everything can be undone.`,
    open: `Choose Servers…`,
    byHand: `Or by hand: copy the configuration and paste it into your MCP client’s own.`,
  },
  network: {
    title: `Allow the local network`,
  },
  shared: {
    title: `Other people use this Mac`,
    words: (people: number) =>
      `${people} people have an account here, and the programs of all of them reach the port. With a token only clients that have one come in; those that are set up here get theirs by themselves.`,
    require: `Require a token`,
  },
  login: { title: `Launch at login` },
  moved: {
    title: `Coming from another Mac?`,
    words: `Import what you have exported there. Passwords and tokens are given again.`,
  },
  stepDone: ` (done)`,
  done: `Done`,
});

/** What can go wrong while the app is switched on, off or over to other settings. */
export const problems = () => ({
  notStarted: {
    title: `MCP Gangway cannot start`,
    sentence: (reason: string) =>
      `${reason}\n\nCheck that the disk is not full, and that your account may write to its Library folder. Then open MCP Gangway again.`,
  },
  notSaved: {
    sentence: (reason: string) => `The settings could not be saved: ${reason}.`,
    hint: `They apply until the app is quit. Check that the disk is not full and that the file may be written.`,
  },
  notRestored: {
    sentence: (reason: string) =>
      `The new settings could not be applied, and those from before could not be restored: ${reason} MCP Gangway is off.`,
  },
  locked: {
    sentence: `The headers, queries and client secrets of servers with a URL cannot be decrypted: the system does not give the key.`,
    hint: `Unlock the keychain and start the app again, or type them in once more. A copy of the file is beside the settings (settings.locked.json).`,
  },
  settingAt: (path: string, fault: string) => `${path}: ${fault}`,
  unfitSettings: {
    sentence: (faults: string) => `Some settings do not go together. ${faults}`,
    hint: `Correct them in the settings, or in settings.json while the app is not running. No other change is taken until then.`,
  },
  keptAside: {
    sentence: (file: string) =>
      `The settings file could not be read. It was kept as ${file}, and the app began with fresh settings.`,
    hint: `Repair the file and put it back, or set things up again.`,
    later: (file: string) =>
      `The settings file holds what this version of MCP Gangway does not know: a later one has written it. It was kept as ${file}, and the app began with fresh settings.`,
    laterHint: `Install the later version and put the file back, or set things up again.`,
  },
  lostPort: {
    sentence: (port: number) => `Port ${port} was lost.`,
    hint: `Turn MCP Gangway off and on again.`,
  },
  iconHidden: {
    sentence: `The icon of MCP Gangway is not in the menu bar.`,
    hint: `Show it in System Settings › Menu Bar, or quit another menu-bar app to make room. Opening the app again brings this window back.`,
  },
  serverFailing: {
    hint: `Read what it wrote last, correct its command, then restart it.`,
  },
});

/** The file for people who help. */
export const diagnostics = () => ({
  title: `MCP Gangway diagnostics`,
  note: `Read it before you send it: the token, passwords and the values of environments are taken out, names of hosts and programs are not.`,
  machine: `Machine`,
  settings: `Settings`,
  state: `State`,
  log: (lines: number) => `Log, the last ${lines} lines`,
  label: `Diagnostics`,
  save: `Save Diagnostics…`,
  saveLabel: `Save diagnostics`,
  dialog: `Save Diagnostics`,
  hint: `One text file for whoever helps you: settings without secrets, state, the end of the log.`,
  saved: (file: string) => `Saved as ${file}`,
});
