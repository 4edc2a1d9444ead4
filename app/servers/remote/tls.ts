import { isIP, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';

/** Milliseconds for a handshake: a peer that speaks another protocol may say nothing at all. */
const HANDSHAKE = 10_000;

/** What OpenSSL says of a chain that ends at an authority it does not know. */
const UNKNOWN_AUTHORITY = new Set([
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
]);

export type Secured =
  | { readonly socket: Socket }
  /** `again`: another attempt may succeed, with the authorities of the system. */
  | { readonly reason: string; readonly again: boolean };

/** A handshake under way. */
export interface Secure {
  cancel(): void;
}

/**
 * TLS over connections that the dialer has made. Node's own authorities and NODE_EXTRA_CA_CERTS count first; those of the
 * system are read when they do not know a server, because that takes a second on some machines.
 */
export class Tls {
  #ca: readonly string[] | null = null;

  /** Nothing is sent over the connection before its certificate is known to be the host's. `done` is called once, unless cancelled. */
  secure(socket: Socket, host: string, done: (result: Secured) => void): Secure {
    // Loaded by its first use: 3 MB of memory for all who have no such server.
    const tls = process.getBuiltinModule('node:tls');
    let settled = false;
    const settle = (result: Secured): void => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      if (!('socket' in result)) secured.destroy();
      done(result);
    };
    const secured: TLSSocket = tls.connect({
      socket,
      ...(isIP(host) === 0 ? { servername: host } : { host }),
      ALPNProtocols: ['http/1.1'],
      ...(this.#ca === null ? {} : { ca: [...this.#ca] }),
    });
    const timer = setTimeout(() => settle({ reason: 'ETIMEDOUT', again: false }), HANDSHAKE);
    secured.on('error', (error: NodeJS.ErrnoException) => {
      const reason = error.code ?? 'TLS';
      settle({ reason, again: UNKNOWN_AUTHORITY.has(reason) && this.#readSystem() });
    });
    secured.once('close', () => settle({ reason: 'ECONNRESET', again: false }));
    secured.once('secureConnect', () => {
      secured.removeAllListeners('error');
      secured.removeAllListeners('close');
      settle({ socket: secured });
    });
    return {
      cancel: () => {
        settled = true;
        clearTimeout(timer);
        secured.on('error', () => undefined);
        secured.destroy();
      },
    };
  }

  /** Whether there is anything in the system's store that has not been tried. */
  #readSystem(): boolean {
    if (this.#ca !== null) return false;
    const tls = process.getBuiltinModule('node:tls');
    // Node 20 and 22 before 22.15 cannot read the store.
    const read = 'getCACertificates' in tls ? tls.getCACertificates : null;
    const system = read?.('system') ?? [];
    this.#ca = system.length === 0 ? [] : [...(read?.('default') ?? []), ...system];
    if (this.#ca.length > 0) return true;
    this.#ca = null;
    return false;
  }
}
