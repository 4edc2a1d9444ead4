import type { Text } from '../text/index.ts';

/** Why a file, or one entry of it, cannot be used. Facts; `problemSentence` says it to a person. */
export type ConfigProblem =
  /** `code` is the errno of reading it. */
  | { readonly kind: 'unreadable'; readonly file: string; readonly code: string }
  /** It is no JSON, or has no `mcpServers` object. */
  | { readonly kind: 'no-servers' }
  | { readonly kind: 'bad-entry'; readonly server: string; readonly field: string }
  /** It names a URL: a server that needs no bridge. */
  | { readonly kind: 'remote'; readonly server: string }
  | { readonly kind: 'same-name'; readonly server: string }
  | { readonly kind: 'missing-variable'; readonly server: string; readonly variable: string };

/** Thrown while one entry is read, and caught where the entries are. */
export class EntryFault extends Error {
  readonly problem: ConfigProblem;

  constructor(problem: ConfigProblem) {
    super(problem.kind);
    this.problem = problem;
  }
}

export function problemSentence(problem: ConfigProblem, text: Text): string {
  const { config } = text.servers;
  switch (problem.kind) {
    case 'unreadable':
      return config.unreadable(problem.file, problem.code);
    case 'no-servers':
      return config.noServers;
    case 'bad-entry':
      return config.badEntry(problem.server, problem.field);
    case 'remote':
      return config.remote(problem.server);
    case 'same-name':
      return config.sameName(problem.server);
    case 'missing-variable':
      return config.missingVariable(problem.server, problem.variable);
    default:
      return problem satisfies never;
  }
}
