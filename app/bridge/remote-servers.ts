import {
  type CertificateFacts,
  isSameRemote,
  RemoteServer,
  type Server,
  SignInError,
  type SignInFacts,
  type SignInOptions,
  TrustError,
} from '../servers/index.ts';
import type { RemoteSetting } from '../settings/settings.ts';

/** What a person does with the servers that are reached by a URL: sign-ins, and certificates that are trusted. */
export class RemoteServers {
  readonly #servers: ReadonlyMap<string, { readonly server: Server }>;

  /** @param servers by their names, those that run a process as well */
  constructor(servers: ReadonlyMap<string, { readonly server: Server }>) {
    this.#servers = servers;
  }

  /** The tokens of the sign-in to a server; none for what is not signed in to. */
  tokensOf(name: string): readonly string[] {
    const { server } = this.#servers.get(name) ?? {};
    return server instanceof RemoteServer ? server.tokens : [];
  }

  /** Signs in to a server that is reached by a URL. Rejects with SignInError. */
  async signIn(name: string, options: SignInOptions): Promise<SignInFacts> {
    return this.#remote(name).signIn(options);
  }

  /** Revokes and forgets the tokens of a server; false when there were none. Rejects with SignInError. */
  async signOut(name: string): Promise<boolean> {
    return this.#remote(name).signOut();
  }

  /** The server that is served from this very setting, whatever its name; null when there is none. */
  servedRemote(setting: RemoteSetting): RemoteServer | null {
    for (const { server } of this.#servers.values()) {
      if (server instanceof RemoteServer && isSameRemote(server.setting, setting)) return server;
    }
    return null;
  }

  /** The certificate that a server shows and that is not trusted. Rejects with TrustError where there is none. */
  async certificate(name: string): Promise<CertificateFacts> {
    return this.#trusting(name).certificate();
  }

  /** Trusts the certificate with this fingerprint, if it is the one that the server shows. Rejects with TrustError. */
  async trust(name: string, fingerprint: string): Promise<void> {
    await this.#trusting(name).trust(fingerprint);
  }

  /** Takes back what `trust` did; false when there was nothing. Rejects with TrustError. */
  async untrust(name: string): Promise<boolean> {
    return this.#trusting(name).untrust();
  }

  #remote(name: string): RemoteServer {
    const { server } = this.#servers.get(name) ?? {};
    if (server instanceof RemoteServer) return server;
    throw new SignInError({ kind: 'not-remote' });
  }

  #trusting(name: string): RemoteServer {
    const { server } = this.#servers.get(name) ?? {};
    if (server instanceof RemoteServer) return server;
    throw new TrustError({ kind: 'not-remote' });
  }
}
