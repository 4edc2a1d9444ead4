import { once } from 'node:events';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { onTestFinished } from 'vitest';

/** oidc-provider, strict and certified, as the authorization server of MCP servers. It brings no types. */
export interface OidcServer {
  readonly origin: string;
  /** Its access tokens, as a resource server would ask for them. */
  readonly valid: { has(token: string): Promise<boolean> };
  /** Makes an access token or a refresh token invalid at once. */
  end(token: string): Promise<void>;
  /** Whether an access token was given for this scope. */
  grants(accessToken: string, scope: string): Promise<boolean>;
  /** Whether a refresh token may still be used. */
  isRefreshable(token: string): Promise<boolean>;
  /** Makes it not know a client any more that has registered itself. */
  forgetClient(id: string): Promise<void>;
}

/** `resource` is the one that tokens are given for. */
export async function startOidcServer(resource: string): Promise<OidcServer> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const origin = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  const { Provider } = createRequire(import.meta.url)('oidc-provider');
  const provider = new Provider(origin, {
    clients: [
      {
        client_id: 'job',
        client_secret: 'secret-of-the-job',
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
      },
    ],
    scopes: ['openid', 'offline_access', 'mcp:tools', 'mcp:admin'],
    issueRefreshToken: (_: unknown, client: { grantTypeAllowed(type: string): boolean }) =>
      client.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: true,
    features: {
      registration: { enabled: true },
      revocation: { enabled: true },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo(_: unknown, asked: string) {
          if (asked !== resource) throw new Error(`an unknown resource: ${asked}`);
          return { scope: 'mcp:tools mcp:admin', accessTokenFormat: 'opaque', accessTokenTTL: 600 };
        },
        useGrantedResource: () => true,
      },
    },
  });
  server.on('request', provider.callback());
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    origin,
    valid: {
      async has(token) {
        const found = (await provider.AccessToken.find(token)) ?? (await provider.ClientCredentials.find(token));
        return found !== undefined && found.aud === resource;
      },
    },
    async end(token) {
      const found = (await provider.AccessToken.find(token)) ?? (await provider.RefreshToken.find(token));
      await found?.destroy();
    },
    async grants(accessToken, scope) {
      const found = await provider.AccessToken.find(accessToken);
      return found?.scope?.split(' ').includes(scope) === true;
    },
    async isRefreshable(token) {
      const found = await provider.RefreshToken.find(token);
      return found !== undefined && found.consumed === undefined;
    },
    async forgetClient(id) {
      await provider.Client.adapter.destroy(id);
    },
  };
}
