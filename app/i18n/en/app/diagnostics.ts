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
