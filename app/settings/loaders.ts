/** Variables by which a program loads or runs more than its command says: of linkers, interpreters, shells and package runners. */
const LOADERS =
  /^(?:LD_(?:PRELOAD|AUDIT|LIBRARY_PATH)|DYLD_.+|NODE_OPTIONS|NODE_PATH|PYTHON(?:PATH|HOME|STARTUP|BREAKPOINT|INSPECT|USERBASE)|RUBY(?:OPT|LIB)|PERL5(?:OPT|LIB|DB)|(?:_|JDK_)?JAVA_(?:TOOL_)?OPTIONS|BASH_ENV|ENV|PROMPT_COMMAND|PATH|PATHEXT|COMSPEC|GIT_SSH(?:_COMMAND)?|NPM_CONFIG_.+|(?:UV|PIP)_(?:.*INDEX.*|CONFIG_FILE|FIND_LINKS|PYTHON)|DOTNET_STARTUP_HOOKS|CORECLR_.+|COR_.+|BUN_(?:OPTIONS|INSPECT.*)|DENO_.+)$/i;

/** The variables among these that decide which code a program loads, beside what its command says. */
export function loadersIn(variables: readonly string[]): readonly string[] {
  return variables.filter((name) => LOADERS.test(name));
}
