import { isRemote, type RemoteSetting, type ServerSetting, type Settings } from './settings.ts';

/** Around the name of the server that a secret belongs to: characters that a header can hold, and that no token begins with. */
const [BEFORE, AFTER] = ['\xb7\xb7kept:', '\xb7\xb7'];

/** What stands for a secret of this server where it is not shown. */
export function keptSecret(server: string): string {
  return `${BEFORE}${encodeURIComponent(server)}${AFTER}`;
}

/** Whether a value only stands for a secret that is kept. */
export function isKeptSecret(value: string): boolean {
  return value.startsWith(BEFORE) && value.endsWith(AFTER);
}

/** The settings as a window may have them: what headers hold, and secrets of sign-ins, stay with the main process. */
export function withoutKeptSecrets(settings: Settings): Settings {
  return { ...settings, servers: settings.servers.map(withoutSecrets) };
}

function withoutSecrets(server: ServerSetting): ServerSetting {
  if (!isRemote(server)) return server;
  const kept = keptSecret(server.name);
  return withSecretsBy(server, (value) => (value === '' ? value : kept));
}

/** A server as a window sends it, with the secrets that it only names. One that is not there any more is left out. */
export function withKeptSecrets(server: ServerSetting, servers: readonly ServerSetting[]): ServerSetting {
  if (!isRemote(server)) return server;
  return withSecretsBy(server, (value, of) => {
    if (!isKeptSecret(value)) return value;
    const owner = servers.find(({ name }) => keptSecret(name) === value);
    return owner === undefined || !isRemote(owner) ? null : of(owner);
  });
}

/** `change` is given a secret and where the same one is in another setting; null leaves it out. */
function withSecretsBy(
  server: RemoteSetting,
  change: (value: string, of: (other: RemoteSetting) => string | null) => string | null,
): RemoteSetting {
  const headers = Object.entries(server.headers).flatMap(([name, value]) => {
    const other = change(value, (owner) => owner.headers[name] ?? null);
    return other === null ? [] : [[name, other] as const];
  });
  const { oauth, ...rest } = server;
  if (oauth === undefined || oauth === false || oauth.clientSecret === undefined) {
    return { ...server, headers: Object.fromEntries(headers) };
  }
  const { clientSecret, ...publicPart } = oauth;
  const secret = change(clientSecret, ({ oauth: other }) =>
    other === undefined || other === false ? null : (other.clientSecret ?? null),
  );
  const signIn = secret === null ? publicPart : { ...publicPart, clientSecret: secret };
  return { ...rest, headers: Object.fromEntries(headers), oauth: signIn };
}
