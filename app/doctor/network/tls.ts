import { connect as connectPlain, isIP } from 'node:net';
import { connect, type PeerCertificate } from 'node:tls';
import { authorityOf, type Target } from '../../base/address.ts';
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

/** Milliseconds for what was not asked for: one that speaks TLS, or HTTP, answers within a few. */
const UNASKED_PATIENCE = 2_000;

/**
 * Completes a TLS handshake with any peer, trusted or not, and reads its certificate. One that is to be spoken to without TLS is tried, too:
 * what comes of it is told only if it does speak TLS. Sends no data but a HEAD to a web server whose handshake fails.
 */
export const shakeHands: Probe<TlsFacts> = async ({ question: { target, tls, scheme }, signal, seen: look }) => {
  if (target === null || !(tls || scheme === 'http')) return NOT_APPLICABLE;
  const open = observedValue(await look('connect'))?.find(({ outcome }) => outcome === 'connected');
  if (open === undefined) return NOT_APPLICABLE;
  const facts = await handshake(target, open.address, signal, tls ? CONNECT_PATIENCE : UNASKED_PATIENCE);
  if (!tls) return facts.outcome === 'secured' ? seen(facts) : NOT_APPLICABLE;
  const isPlain = facts.outcome === 'failed' && scheme === 'https' && (await answersHttp(target, open.address, signal));
  return seen(isPlain ? { ...facts, http: true } : facts);
};

function handshake({ host, port }: Target, address: string, signal: AbortSignal, patience: number): Promise<TlsFacts> {
  const started = performance.now();
  return new Promise<TlsFacts>((resolve) => {
    const socket = connect({
      host: address,
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
    const timer = setTimeout(late, patience);
    signal.addEventListener('abort', late, { once: true });
    socket.on('error', (error) => fail(reasonOf(error)));
    socket.once('secureConnect', () => {
      const certificate = certificateFacts(socket.getPeerCertificate(), codeOf(socket.authorizationError));
      finish({ outcome: 'secured', errno: null, protocol: socket.getProtocol(), certificate });
    });
  });
}

/** Whether a request without TLS has an answer of HTTP, whatever it says. */
function answersHttp(target: Target, address: string, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectPlain({ host: address, port: target.port, autoSelectFamily: false });
    let read = '';
    const finish = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', finish);
      socket.destroy();
      resolve(read.startsWith('HTTP/'));
    };
    const timer = setTimeout(finish, UNASKED_PATIENCE);
    signal.addEventListener('abort', finish, { once: true });
    socket.on('error', finish).on('end', finish);
    socket.setEncoding('latin1').on('data', (text: string) => {
      read += text;
      if (read.length >= 'HTTP/'.length) finish();
    });
    socket.write(`HEAD / HTTP/1.1\r\nHost: ${authorityOf(target)}\r\nConnection: close\r\n\r\n`);
  });
}

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
