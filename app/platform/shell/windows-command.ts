/** A command line as spawn takes it. */
export interface CommandLine {
  readonly file: string;
  readonly args: readonly string[];
  /** Windows only: the arguments are quoted already. */
  readonly verbatim: boolean;
}

/**
 * What to hand to spawn for a file and its arguments. Windows cannot run batch files itself, and Node refuses to (EINVAL since
 * CVE-2024-27980): they go through cmd.exe, with every argument quoted once for the C runtime and then once more, caret by
 * caret, for cmd.exe, so that nothing in an argument is ever read as a command.
 */
export function commandLine(
  file: string,
  args: readonly string[],
  platform: NodeJS.Platform,
  comspec: string | undefined,
): CommandLine {
  if (platform !== 'win32' || !/\.(?:bat|cmd)$/i.test(file)) return { file, args, verbatim: false };
  const line = [escapeForCmd(file.replaceAll('/', '\\')), ...args.map((arg) => batchArgument(arg, file))].join(' ');
  return { file: comspec ?? 'cmd.exe', args: ['/d', '/s', '/c', `"${line}"`], verbatim: true };
}

/**
 * npm's shims (`node_modules/.bin/x.cmd`, and the global ones) pass `%*` on to a second parsing by cmd.exe: their arguments
 * have to be escaped for both.
 */
function batchArgument(arg: string, file: string): string {
  const once = escapeForCmd(quoteForRuntime(arg));
  return /node_modules[\\/]\.bin[\\/][^\\/]+\.cmd$|[\\/](?:npm|npx|yarn|pnpm|pnpx)\.cmd$/i.test(file)
    ? escapeForCmd(once)
    : once;
}

/** As CommandLineToArgvW reads it: backslashes count only before a quote. */
function quoteForRuntime(arg: string): string {
  return `"${arg.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\*)$/, '$1$1')}"`;
}

/** A caret before everything that means something to cmd.exe. A line break would end the command: it becomes a space. */
function escapeForCmd(text: string): string {
  return text.replace(/[\r\n]+/g, ' ').replace(/[()\][%!^"`<>&|;, *?]/g, '^$&');
}
