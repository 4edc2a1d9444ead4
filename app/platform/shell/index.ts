export { type AccountSources, peopleHere } from './accounts.ts';
export {
  type CommandFault,
  type CommandLine,
  commandLine,
  findCommand,
  foreignFault,
  runnableCommand,
  searchPath,
} from './command.ts';
export { type LoginPathOptions, loginPath, wantsLoginPath } from './login-path.ts';
