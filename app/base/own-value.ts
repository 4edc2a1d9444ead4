/** What a table has under a name from elsewhere; `constructor` and the like are no entries of it. */
export function ownValue<Value>(table: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
