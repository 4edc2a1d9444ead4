/** What can go wrong while the app is switched on, off or over to other settings. */
export const operation = () => ({
  portTaken: {
    byGangway: (port: number, pid: number | null) =>
      pid === null
        ? `Port ${port} is taken: another MCP Gangway already runs there.`
        : `Port ${port} is taken: another MCP Gangway already runs there (process ${pid}).`,
    byProgram: (port: number, name: string, pid: number) =>
      `Port ${port} is taken by ${name === '' ? 'another program' : name} (process ${pid}).`,
    byUnknown: (port: number) => `Port ${port} is taken by another program.`,
    hint: `Quit that program, or use another port.`,
  },
  notAllowed: {
    sentence: (port: number) => `The system does not let this user listen on port ${port}.`,
    hint: `Ports below 1024 belong to the system. Take a higher one.`,
  },
  noSuchAddress: {
    sentence: (host: string) => `This machine has no address ${host} to listen on.`,
    hint: `Listen on this Mac only, or choose an address it has.`,
  },
  cannotStart: {
    sentence: (reason: string) => `The port could not be opened: ${reason}.`,
    hint: `The log has the details.`,
  },
  notSaved: {
    sentence: (reason: string) => `The settings could not be saved: ${reason}.`,
    hint: `They apply until the app is quit. Check that the disk is not full and that the file may be written.`,
  },
  notRestored: {
    sentence: (reason: string) =>
      `The new settings could not be applied, and those from before could not be restored: ${reason} MCP Gangway is off.`,
  },
  keptAside: {
    sentence: (file: string) =>
      `The settings file could not be read. It was kept as ${file}, and the app began with fresh settings.`,
    hint: `Repair the file and put it back, or set things up again.`,
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
