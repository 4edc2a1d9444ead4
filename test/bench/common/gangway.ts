import { fileURLToPath } from 'node:url';

export const GANGWAY = 'MCP Gangway';

/** The built command-line program. */
export const CLI = fileURLToPath(new URL('../../../out/cli.cjs', import.meta.url));
