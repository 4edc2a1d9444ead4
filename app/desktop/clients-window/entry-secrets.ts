import { environmentSecrets, launchSecrets } from '../../log/index.ts';

/** A reference that a client or a shell fills in, such as `${input:token}`, `{env:TOKEN}` or `$TOKEN`: it is no secret itself. */
const REFERENCE = /^(?:\$?\{.*\}|\$\w+|%\w+%)$/s;

/**
 * The secrets that clients' entries hold, for `Redactor`: what looks at lines one by one cannot see that a value belongs to the
 * option, or to the name, in a line above it.
 */
export function entrySecrets(entries: readonly unknown[]): readonly string[] {
  const secrets: string[] = [];
  const left = [...entries];
  while (left.length > 0) {
    const value = left.pop();
    if (typeof value !== 'object' || value === null) continue;
    const inner = Object.entries(value);
    const texts = inner.filter((pair): pair is [string, string] => typeof pair[1] === 'string');
    if (Array.isArray(value)) secrets.push(...launchSecrets({ env: {}, args: texts.map(([, text]) => text) }));
    else secrets.push(...environmentSecrets(Object.fromEntries(texts)));
    left.push(...inner.map(([, each]) => each));
  }
  return secrets.filter((secret) => !REFERENCE.test(secret));
}
