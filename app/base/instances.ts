/**
 * Names the processes of MCP Gangway that a request has passed, the last one last, so that each knows its own: a server's URL may lead
 * back to it through any address, and through others. An answer names the process that it comes from.
 */
export const INSTANCE_FIELD = 'x-mcp-gangway';

/** The same in the environment of a server's process: `mcp-gangway connect` passes it on, so that no process starts itself again. */
export const INSTANCE_VARIABLE = 'MCP_GANGWAY_VIA';

/** What an environment says of it; null where no instance has started this process, and where it is no list of names. */
export function startedBy(env: NodeJS.ProcessEnv): string | null {
  const value = env[INSTANCE_VARIABLE] ?? '';
  return /^[\w.-]+(?:, [\w.-]+)*$/.test(value) ? value : null;
}
