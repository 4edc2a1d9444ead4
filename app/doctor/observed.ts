/** What became of one look at the machine or the network. */
export type Observed<Value> =
  | { readonly state: 'seen'; readonly value: Value }
  /** There is nothing of this kind here: another system, or nothing that it depends on. */
  | { readonly state: 'not-applicable' }
  /** It could not be found out; `reason` is an errno, an exit status or `timeout`. */
  | { readonly state: 'unknown'; readonly reason: string }
  /** The person stopped the run first. */
  | { readonly state: 'stopped' };

export const NOT_APPLICABLE = { state: 'not-applicable' } as const satisfies Observed<never>;

export function seen<Value>(value: Value): Observed<Value> {
  return { state: 'seen', value };
}

export function unknown(reason: string): Observed<never> {
  return { state: 'unknown', reason };
}

/** The value, where one was seen. */
export function sight<Value>(observed: Observed<Value>): Value | null {
  return observed.state === 'seen' ? observed.value : null;
}

/** The system's name for an error, else its message: something a person can search for. */
export function reasonOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return error instanceof Error ? error.message : String(error);
}
