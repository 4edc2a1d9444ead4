import type { CommandFault } from '../../shell/index.ts';

interface EndFacts {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Milliseconds it lived. */
  readonly lived: number;
  /** We ended it: session closed, settings changed, stop. */
  readonly asked: boolean;
  /** The last lines it wrote to stderr, oldest first. */
  readonly stderr: readonly string[];
}

/** How a child came to its end. */
export type ChildEnd = EndFacts &
  (
    | { readonly kind: 'exited'; readonly code: number }
    | { readonly kind: 'killed'; readonly signal: NodeJS.Signals }
    | { readonly kind: 'not-started'; readonly fault: CommandFault }
  );
