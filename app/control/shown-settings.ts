import { isObject } from '../base/schema/index.ts';
import { isSecretName, REDACTED, Redactor, secretsOf } from '../log/index.ts';
import type { Settings } from '../settings/settings.ts';

export interface ShownSettings {
  readonly settings: object;
  /** Paths of what was left out, `servers.0.env.API_KEY`: property names and list positions, joined by dots. */
  readonly hidden: readonly string[];
}

/** The settings for a screen or a file that is passed on: each text with a secret in it is `[redacted]` as a whole. */
export function withoutSecrets(settings: Settings): ShownSettings {
  const redactor = new Redactor(secretsOf(settings));
  const hidden: string[] = [];
  const shown = (value: unknown, name: string, path: string): unknown => {
    if (typeof value === 'string') {
      if (value === '' || (!isSecretName(name) && redactor.text(value) === value)) return value;
      hidden.push(path);
      return REDACTED;
    }
    if (Array.isArray(value)) return value.map((one: unknown, index) => shown(one, '', `${path}.${index}`));
    if (!isObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, one]) => [key, shown(one, key, path === '' ? key : `${path}.${key}`)]),
    );
  };
  return { settings: Object(shown(settings, '', '')), hidden };
}

/** The first path at which something stands that `withoutSecrets` has put there; null when there is none. */
export function redactedIn(value: unknown, path = ''): string | null {
  if (value === REDACTED) return path;
  if (typeof value !== 'object' || value === null) return null;
  for (const [key, one] of Object.entries(value)) {
    const found = redactedIn(one, path === '' ? key : `${path}.${key}`);
    if (found !== null) return found;
  }
  return null;
}
