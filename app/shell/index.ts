export { type CommandFault, findCommand, searchPath } from './command.ts';
export { type CommandLine, commandLine } from './windows-command.ts';
