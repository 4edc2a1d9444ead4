import { type LatencyFacts, LatencyHistogram } from '../base/latency-histogram.ts';
import type { Call } from './call.ts';

/** Calls that *median* and *slowest* are taken of. */
const LAST = 20;
/** Minutes of traffic that are remembered. */
const MINUTES = 60;
const MINUTE_MS = 60_000;

/** Tools of one server that have a histogram of their own. What comes on top is counted together: the names come from the callers. */
const MOST_TOOLS = 64;
/** The label of those; no tool is named so, names have no blank (MCP server/tools, Tool Names). */
const OTHER_TOOLS = '(other tools)';

/** How long the tools of a server took, for Prometheus. */
export interface ToolLatency {
  readonly server: string;
  readonly tool: string;
  readonly latency: LatencyFacts;
  /** Answers that were errors, and results that say that the tool failed. */
  readonly failures: number;
}

/** What a server has been doing, for its row and the popover. */
export interface ServerActivity {
  readonly name: string;
  /** Of the last 20 calls of tools, in milliseconds; null before the first. */
  readonly median: number | null;
  readonly slowest: number | null;
  /** Requests of clients in each of the last 60 minutes, oldest first; the last one is still going on. Empty where there were none. */
  readonly minutes: readonly number[];
}

interface Tool {
  readonly latency: LatencyHistogram;
  failures: number;
}

/** Counts the calls of one server. Memory is bounded, whatever its clients call. */
export class ServerStatistics {
  readonly #name: string;
  readonly #last: number[] = [];
  #next = 0;
  readonly #minutes = Array.from({ length: MINUTES }, () => 0);
  /** The minute that `#minutes` ends with, of the clock of performance.now(): the time of day may be set back. */
  #minute = 0;
  readonly #tools = new Map<string, Tool>();

  constructor(name: string) {
    this.#name = name;
  }

  /** A request has come in; `now` as performance.now() tells it. */
  began(now: number): void {
    this.#turnTo(now);
    const at = this.#minute % MINUTES;
    this.#minutes[at] = (this.#minutes[at] ?? 0) + 1;
  }

  ended({ method, target, outcome, total }: Call): void {
    if (method !== 'tools/call' || total === null) return;
    const isAnswered = outcome === 'ok' || outcome === 'error' || outcome === 'tool-error';
    if (!isAnswered) return;
    this.#last[this.#next] = total;
    this.#next = (this.#next + 1) % LAST;
    const tool = this.#toolNamed(target, outcome === 'ok');
    tool.latency.observe(total);
    if (outcome !== 'ok') tool.failures++;
  }

  facts(now: number): ServerActivity {
    this.#turnTo(now);
    const minutes = this.#minutes.map((_, index) => this.#minutes[(this.#minute + 1 + index) % MINUTES] ?? 0);
    const sorted = this.#last.toSorted((a, b) => a - b);
    return {
      name: this.#name,
      median: sorted.length === 0 ? null : (sorted[(sorted.length - 1) >> 1] ?? null),
      slowest: sorted.at(-1) ?? null,
      minutes: minutes.some((requests) => requests > 0) ? minutes : [],
    };
  }

  tools(): readonly ToolLatency[] {
    return [...this.#tools].map(([tool, { latency, failures }]) => ({
      server: this.#name,
      tool,
      latency: latency.facts(),
      failures,
    }));
  }

  /** A name gets a histogram when a call of it succeeds: those that a client has made up are no tools. */
  #toolNamed(name: string, isReal: boolean): Tool {
    const known = this.#tools.get(name);
    if (known !== undefined) return known;
    const label = isReal && this.#tools.size < MOST_TOOLS ? name : OTHER_TOOLS;
    const tool = this.#tools.get(label) ?? { latency: new LatencyHistogram(), failures: 0 };
    this.#tools.set(label, tool);
    return tool;
  }

  /** Minutes in which nothing came are emptied. */
  #turnTo(now: number): void {
    const minute = Math.floor(now / MINUTE_MS);
    const passed = Math.min(MINUTES, minute - this.#minute);
    for (let step = 1; step <= passed; step++) this.#minutes[(minute - passed + step) % MINUTES] = 0;
    if (minute > this.#minute) this.#minute = minute;
  }
}
