export type Expanded = { readonly text: string } | { readonly missing: string };

const REFERENCE = /\$\{(?:env:)?([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g;

/**
 * Replaces `${NAME}`, `${env:NAME}` and `${NAME:-default}` by the variable, as the clients do whose files we read.
 * Values are not expanded again. A variable that is not set and has no default makes the whole text unusable.
 */
export function expand(text: string, env: NodeJS.ProcessEnv): Expanded {
  let missing: string | null = null;
  const expanded = text.replace(REFERENCE, (_, name: string, fallback: string | undefined) => {
    const value = env[name] ?? fallback;
    if (value === undefined) missing ??= name;
    return value ?? '';
  });
  return missing === null ? { text: expanded } : { missing };
}
