import { isIP } from 'node:net';
import { connect, type PeerCertificate } from 'node:tls';
import { reasonOf } from '../../base/errno.ts';
import { type CertificateFacts, NOT_APPLICABLE, observedValue, type Probe, seen, type TlsFacts } from '../facts.ts';
import { CONNECT_PATIENCE, round } from './connect.ts';

/** OpenSSL's verdicts (verify(1), "Diagnostics") and Node's own for a name that does not fit. */
const VERDICTS: Readonly<Record<string, CertificateFacts['verdict']>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'unknown-issuer',
  UNABLE_TO_GET_ISSUER_CERT: 'unknown-issuer',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'unknown-issuer',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'unknown-issuer',
  CERT_HAS_EXPIRED: 'expired',
  CERT_NOT_YET_VALID: 'not-yet-valid',
  ERR_TLS_CERT_ALTNAME_INVALID: 'wrong-name',
};

/** Completes a TLS handshake with any peer, trusted or not, and reads its certificate. Sends no data. */
export const shakeHands: Probe<TlsFacts> = async ({ question: { target, tls }, signal, seen: look }) => {
  if (target === null || !tls) return NOT_APPLICABLE;
  const open = observedValue(await look('connect'))?.find(({ outcome }) => outcome === 'connected');
  if (open === undefined) return NOT_APPLICABLE;
  const { host, port } = target;
  const started = performance.now();
  const facts = await new Promise<TlsFacts>((resolve) => {
    const socket = connect({
      host: open.address,
      port,
      rejectUnauthorized: false,
      ...(isIP(host) === 0 ? { servername: host } : {}),
      // The certificate has to name what the person asked for, not the address behind it.
      checkServerIdentity: (_name, certificate) => identityOf(host, certificate),
    });
    const finish = (known: Pick<TlsFacts, 'outcome' | 'errno' | 'protocol' | 'certificate'>): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', late);
      socket.destroy();
      resolve({ ...known, elapsedMs: round(performance.now() - started) });
    };
    const fail = (errno: string): void => finish({ outcome: 'failed', errno, protocol: null, certificate: null });
    const late = (): void => fail('ETIMEDOUT');
    const timer = setTimeout(late, CONNECT_PATIENCE);
    signal.addEventListener('abort', late, { once: true });
    socket.on('error', (error) => fail(reasonOf(error)));
    socket.once('secureConnect', () => {
      const certificate = certificateFacts(socket.getPeerCertificate(), codeOf(socket.authorizationError));
      finish({ outcome: 'secured', errno: null, protocol: socket.getProtocol(), certificate });
    });
  });
  return seen(facts);
};

function identityOf(host: string, certificate: PeerCertificate): Error | undefined {
  return process.getBuiltinModule('node:tls').checkServerIdentity(host, certificate);
}

/** Null for a server that shows none. `error` is the verdict on its chain and name; null when there is nothing against it. */
export function certificateFacts(certificate: PeerCertificate, error: string | null): CertificateFacts | null {
  if (Object.keys(certificate).length === 0) return null;
  return {
    subject: nameIn(certificate.subject),
    issuer: nameIn(certificate.issuer),
    names: (certificate.subjectaltname ?? '')
      .split(', ')
      .map((entry) => entry.replace(/^(?:DNS|IP Address):/, ''))
      .filter((entry) => entry !== ''),
    validFrom: dateOf(certificate.valid_from),
    validTo: dateOf(certificate.valid_to),
    verdict: error === null ? 'trusted' : (VERDICTS[error] ?? 'other'),
  };
}

/** Node's types promise an Error; it is the code itself for most verdicts. */
function codeOf(error: unknown): string | null {
  if (error === null || error === undefined) return null;
  return typeof error === 'string' ? error : reasonOf(error);
}

function nameIn(subject: PeerCertificate['subject']): string {
  const name = subject.CN ?? subject.O ?? '';
  return Array.isArray(name) ? name.join(', ') : name;
}

function dateOf(written: string): string {
  const date = new Date(written);
  return Number.isNaN(date.getTime()) ? written : date.toISOString();
}
