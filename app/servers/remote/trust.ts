import type { Text } from '../../i18n/index.ts';
import { type RemoteFault, remoteCause } from './end.ts';

/** The certificate that a server shows now, and which is not trusted. Fingerprints are SHA-256, as `AA:BB:…`. */
export interface CertificateFacts {
  readonly shown: string;
  /** The one that is trusted; null for none. */
  readonly trusted: string | null;
  /** OpenSSL's code for what is wrong with it; null where it is another than the trusted one. */
  readonly reason: string | null;
}

/** Why there is no certificate to be trusted. */
export type TrustFault =
  | { readonly kind: 'not-remote' }
  /** Its URL is no https. */
  | { readonly kind: 'no-tls' }
  /** It shows a certificate that is trusted already. */
  | { readonly kind: 'trusted' }
  /** It shows none. */
  | { readonly kind: 'none-shown'; readonly fault: RemoteFault }
  /** It shows another one than the person has seen. */
  | { readonly kind: 'changed'; readonly shown: string }
  /** It cannot be kept; `code` is an errno. */
  | { readonly kind: 'store'; readonly code: string };

export class TrustError extends Error {
  override readonly name = 'TrustError';
  readonly fault: TrustFault;

  constructor(fault: TrustFault) {
    super(fault.kind);
    this.fault = fault;
  }
}

/** What happened and what helps. */
export function trustSentence(server: string, fault: TrustFault, text: Text): string {
  const words = text.servers.remote.trust;
  switch (fault.kind) {
    case 'not-remote':
      return words.notRemote(server);
    case 'no-tls':
      return words.noTls(server);
    case 'trusted':
      return words.trusted(server);
    case 'none-shown':
      return words.noneShown(server, remoteCause(fault.fault, text));
    case 'changed':
      return words.changed(server, fault.shown);
    case 'store':
      return words.store(fault.code);
    default:
      return fault satisfies never;
  }
}
