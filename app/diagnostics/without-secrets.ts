import { isSecretName, REDACTED, type Redactor } from '../log/index.ts';

/** The same value with every secret text in it taken out: by the name it goes by, else by what it looks like. */
export function withoutSecrets(value: unknown, redactor: Redactor): unknown {
  if (typeof value === 'string') return redactor.text(value);
  if (Array.isArray(value)) return value.map((one: unknown) => withoutSecrets(one, redactor));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]: readonly [string, unknown]) => [
      name,
      typeof inner === 'string' && isSecretName(name) ? REDACTED : withoutSecrets(inner, redactor),
    ]),
  );
}
