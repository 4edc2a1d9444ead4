import type { X509Certificate } from 'node:crypto';
import { isIP, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { codeOf } from '../../base/errno.ts';
import { readRegularFile } from '../../platform/file/index.ts';
import type { RemoteSetting } from '../../settings/settings.ts';

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

/** Why a connection is not trusted, and so carries nothing. */
export type TlsFault =
  /**
   * `reason` is OpenSSL's code, such as `CERT_HAS_EXPIRED`; `fingerprint` is of the certificate that was shown, where one was, and
   * `isSelfSigned` says that it is its own authority.
   */
  | {
      readonly kind: 'tls';
      readonly reason: string;
      readonly fingerprint: string | null;
      readonly isSelfSigned: boolean;
    }
  /** Another certificate than the one that is trusted. */
  | { readonly kind: 'other-certificate'; readonly trusted: string; readonly shown: string }
  /** A file that the settings name cannot be read, or one of these is none that TLS takes. */
  | { readonly kind: 'tls-file'; readonly files: readonly string[]; readonly code: string };

/**
 * Whether the authority is not known: then a person may trust the certificate itself. OpenSSL names one fault of several, and of a
 * certificate that a device has made for itself years ago the age.
 */
export function isUnknownAuthority({ reason, isSelfSigned }: Extract<TlsFault, { kind: 'tls' }>): boolean {
  return isSelfSigned || UNKNOWN_AUTHORITY.has(reason);
}

interface Refused {
  readonly fault: TlsFault;
  /** Another attempt may succeed, with the authorities of the system. */
  readonly again: boolean;
}

export type Secured = { readonly socket: Socket } | Refused;

/** Content of the files of the settings. */
interface Files {
  ca?: string;
  cert?: string;
  key?: string;
}

/** A handshake under way. */
export interface Secure {
  cancel(): void;
}

/**
 * TLS over connections that the dialer has made. Node's own authorities, NODE_EXTRA_CA_CERTS and the file of the settings count first;
 * those of the system are read when they do not know a server, because that takes a second on some machines. A certificate that
 * is trusted by its fingerprint is the only one, regardless of its issuer and its age.
 */
export class Tls {
  readonly #setting: NonNullable<RemoteSetting['tls']>;
  #system: readonly string[] | null = null;

  constructor(setting: RemoteSetting['tls']) {
    this.#setting = setting ?? {};
  }

  /**
   * Nothing is sent over the connection before its certificate is known to be the host's: the socket is given out after that, and a
   * session is never resumed, for then there would be no certificate. Our own certificate is shown in the handshake (RFC 8446 section 4.4.2,
   * RFC 5246 section 7.4.6), which Node has no way to stop: `checkServerIdentity` and `secureConnect` come behind it, and a socket that is
   * destroyed within `OCSPResponse`, which comes before, crashes the process. `done` is called once, unless cancelled.
   */
  secure(socket: Socket, host: string, done: (result: Secured) => void): Secure {
    const made = this.#connect(socket, host);
    if ('secured' in made) return this.#await(made.secured, done);
    socket.destroy();
    const told = setImmediate(() => done(made));
    return { cancel: () => clearImmediate(told) };
  }

  #await(secured: TLSSocket, done: (result: Secured) => void): Secure {
    let settled = false;
    const settle = (result: Secured): void => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      if (!('socket' in result)) secured.destroy();
      done(result);
    };
    const timer = setTimeout(() => settle(refusal('ETIMEDOUT')), HANDSHAKE);
    secured.on('error', (error: NodeJS.ErrnoException) => settle(refusal(error.code ?? 'TLS')));
    secured.once('close', () => settle(refusal('ECONNRESET')));
    secured.once('secureConnect', () => {
      const fault = this.#faultOf(secured);
      if (fault !== null) {
        const again = fault.kind === 'tls' && UNKNOWN_AUTHORITY.has(fault.reason) && this.#readSystem();
        return settle({ fault, again });
      }
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

  /** Throws nothing: a file that cannot be read or is no PEM is a fault. */
  #connect(socket: Socket, host: string): { readonly secured: TLSSocket } | Refused {
    const files = this.#files();
    if ('fault' in files) return files;
    // Loaded by its first use: 3 MB of memory for all who have no such server.
    const tls = process.getBuiltinModule('node:tls');
    try {
      const secured = tls.connect({
        socket,
        // Go refuses a name that ends with a dot (RFC 6066 section 3).
        ...(isIP(host) === 0 ? { servername: host.replace(/\.$/, '') } : { host }),
        ALPNProtocols: ['http/1.1'],
        // Judged by faultOf, where the certificate that is refused can still be shown.
        rejectUnauthorized: false,
        ...files,
        ...this.#authorities(files.ca),
      });
      return { secured };
    } catch (error) {
      const { ca, cert, key } = this.#setting;
      const files = [ca, cert, key].filter((name) => name !== undefined);
      return { fault: { kind: 'tls-file', files, code: codeOf(error) ?? 'UNKNOWN' }, again: false };
    }
  }

  #faultOf(secured: TLSSocket): TlsFault | null {
    const certificate = secured.getPeerX509Certificate();
    const shown = certificate?.fingerprint256 ?? null;
    const { fingerprint } = this.#setting;
    if (fingerprint !== undefined) {
      if (shown !== null && bare(shown) === bare(fingerprint)) return null;
      return { kind: 'other-certificate', trusted: withColons(fingerprint), shown: shown ?? '' };
    }
    if (secured.authorized) return null;
    const isSelfSigned = certificate !== undefined && isItsOwnAuthority(certificate);
    return { kind: 'tls', reason: String(secured.authorizationError), fingerprint: shown, isSelfSigned };
  }

  /** The files of the settings, read anew for each connection: certificates are renewed while we run. */
  #files(): Files | Refused {
    const content: Files = {};
    for (const name of ['ca', 'cert', 'key'] as const) {
      const file = this.#setting[name];
      if (file === undefined) continue;
      try {
        content[name] = readRegularFile(file).toString('utf8');
      } catch (error) {
        return { fault: { kind: 'tls-file', files: [file], code: codeOf(error) ?? 'UNKNOWN' }, again: false };
      }
    }
    return content;
  }

  #authorities(extra: string | undefined): { readonly ca?: string[]; readonly allowPartialTrustChain?: boolean } {
    if (extra === undefined && this.#system === null) return {};
    const tls = process.getBuiltinModule('node:tls');
    // Node 20 and 22 before 22.15 cannot read the stores.
    const roots = tls.rootCertificates;
    const usual = 'getCACertificates' in tls ? tls.getCACertificates('default') : roots;
    // A file may hold the certificate of the server itself, or one in the middle of its chain.
    const own = extra === undefined ? {} : { allowPartialTrustChain: true };
    return { ca: [...usual, ...(this.#system ?? []), ...(extra === undefined ? [] : [extra])], ...own };
  }

  /** Whether there is anything in the system's store that has not been tried. */
  #readSystem(): boolean {
    if (this.#system !== null) return false;
    const tls = process.getBuiltinModule('node:tls');
    this.#system = 'getCACertificates' in tls ? tls.getCACertificates('system') : [];
    return this.#system.length > 0;
  }
}

/** No certificate was shown. */
function refusal(reason: string): Refused {
  return { fault: { kind: 'tls', reason, fingerprint: null, isSelfSigned: false }, again: false };
}

function isItsOwnAuthority(certificate: X509Certificate): boolean {
  return certificate.issuer === certificate.subject && certificate.verify(certificate.publicKey);
}

export function bare(fingerprint: string): string {
  return fingerprint.replaceAll(':', '').toLowerCase();
}

/** As browsers and openssl write it: `AA:BB:…`. */
export function withColons(fingerprint: string): string {
  return (bare(fingerprint).toUpperCase().match(/../g) ?? []).join(':');
}
