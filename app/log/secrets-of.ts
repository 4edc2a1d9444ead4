import type { Settings } from '../settings/settings.ts';
import { isSecretName } from './redact.ts';

/** The secrets that these settings hold, as `Redactor.protect` wants them. */
export function secretsOf(settings: Pick<Settings, 'token' | 'upstream' | 'servers'>): readonly string[] {
  const secrets: string[] = [];
  if (settings.token !== null) secrets.push(settings.token);
  if (settings.upstream !== null) {
    const { password } = new URL(settings.upstream);
    secrets.push(password, decodeURIComponent(password));
  }
  for (const server of settings.servers) {
    for (const [name, value] of Object.entries(server.env)) if (isSecretName(name)) secrets.push(value);
  }
  return secrets;
}
