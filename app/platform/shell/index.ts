export { type AccountSources, peopleHere } from './accounts.ts';
export { type CommandFault, findCommand, foreignFault, runnableCommand, searchPath } from './command.ts';
export { type LoginPathOptions, loginPath, wantsLoginPath } from './login-path.ts';
export { type CommandLine, commandLine } from './windows-command.ts';
