/** What Electron's converters do with an argument of the wrong kind. */
export function refuseArgument(call: string, wanted: string): never {
  throw new TypeError(`${call} wants ${wanted}`);
}

export function requireString(call: string, value: unknown): string {
  return typeof value === 'string' ? value : refuseArgument(call, 'a string');
}

/** Electron refuses fractions where it wants whole points. */
export function requireIntegers(call: string, values: readonly unknown[]): void {
  if (!values.every(Number.isInteger)) refuseArgument(call, 'whole numbers');
}
