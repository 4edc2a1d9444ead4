import type { LastRequest, Target } from '../proxy/index.ts';
import type { ToolFacts } from '../servers/index.ts';

/** How far one step is. Times are milliseconds. */
export type StepState =
  | { readonly state: 'running' }
  | { readonly state: 'passed'; readonly elapsedMs: number; readonly sentence: string }
  | {
      readonly state: 'failed';
      readonly elapsedMs: number;
      /** An errno, or a name of ours in the same spelling. */
      readonly code: string;
      readonly sentence: string;
      readonly hint: string;
      /** The server's last words, oldest first, without secrets; empty where no server of this check ran. */
      readonly stderr: readonly string[];
    }
  /** There was nothing to do, or a step before it failed; the sentence says which. */
  | { readonly state: 'skipped'; readonly sentence: string };

/** One thing that is looked at. Each is told as running, and then once more with its end; skipped ones are told once. */
export type VerifyStep =
  /** A connection from our own process to where the server wants to go; one for each address. Null when it names none. */
  | (StepState & { readonly step: 'probe'; readonly target: Target | null })
  /** The server's process, started as its client would. For servers that we run: our endpoint. */
  | (StepState & { readonly step: 'start' })
  | (StepState & { readonly step: 'initialize' })
  | (StepState & { readonly step: 'tools'; readonly tools: readonly ToolFacts[] })
  /** Whether something came through the proxy under the server's name while it ran. */
  | (StepState & { readonly step: 'requests'; readonly last: LastRequest | null });
