import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const GANGWAY = 'MCP Gangway';

/** Columns of an earlier build begin with it. */
export const BEFORE = 'before';

/** Whether a column is of a build of ours, this one or an earlier one. */
export function isOurs(name: string): boolean {
  return name.startsWith(GANGWAY) || name.startsWith(BEFORE);
}

/** The built command-line program. */
export const CLI = fileURLToPath(new URL('../../../out/cli.cjs', import.meta.url));

/** A build of ours under the name of its column; `cli` is null where it is not built. */
export interface Build {
  readonly name: string;
  readonly cli: string | null;
}

/** This build and, where `--before` names the out/cli.cjs of another checkout, that one beside it. */
export function builds(before: string | null): readonly Build[] {
  const found = (cli: string) => (existsSync(cli) ? cli : null);
  const now = { name: GANGWAY, cli: found(CLI) };
  return before === null ? [now] : [now, { name: BEFORE, cli: found(resolve(before)) }];
}
