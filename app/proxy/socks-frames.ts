import { isIPv4, isIPv6 } from 'node:net';
import type { Failure } from './failures.ts';

/** Reply codes of RFC 1928 section 6. */
export const REPLY = {
  succeeded: 0,
  generalFailure: 1,
  notAllowed: 2,
  networkUnreachable: 3,
  hostUnreachable: 4,
  connectionRefused: 5,
  ttlExpired: 6,
  commandNotSupported: 7,
  addressTypeNotSupported: 8,
} as const;

export type SocksReply = (typeof REPLY)[keyof typeof REPLY];

/** One message of a client, read from its bytes. */
export type SocksMessage =
  | { readonly kind: 'greeting'; readonly methods: readonly number[] }
  | { readonly kind: 'credentials'; readonly user: string; readonly password: string }
  | { readonly kind: 'request'; readonly command: number; readonly host: string; readonly port: number }
  | { readonly kind: 'socks4' }
  /** No message of SOCKS5; `reply` is the answer that the state of the handshake allows. */
  | { readonly kind: 'malformed'; readonly reply: Buffer };

/** What a client's next message has to be. */
export type SocksExpects = 'greeting' | 'credentials' | 'request';

/** Reads a client's side of the handshake from chunks cut anywhere. Knows no sockets. */
export class SocksReader {
  #bytes: Buffer = Buffer.alloc(0);
  #expected: SocksExpects | 'over' = 'greeting';

  push(chunk: Buffer): void {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
  }

  expect(message: SocksExpects): void {
    this.#expected = message;
  }

  /** What came behind the last message that was read. */
  rest(): Buffer {
    return this.#bytes;
  }

  /** The next message; null when it has not arrived whole. After a malformed one there are no more. */
  read(): SocksMessage | null {
    switch (this.#expected) {
      case 'greeting':
        return this.#readGreeting();
      case 'credentials':
        return this.#readCredentials();
      case 'request':
        return this.#readRequest();
      case 'over':
        return null;
      default:
        return this.#expected satisfies never;
    }
  }

  /** VER NMETHODS METHODS */
  #readGreeting(): SocksMessage | null {
    const [version, count] = this.#bytes;
    if (version === 4) return this.#stop({ kind: 'socks4' });
    if (version !== undefined && version !== 5) return this.#malformed([]);
    if (count === undefined || this.#bytes.length < 2 + count) return null;
    return { kind: 'greeting', methods: [...this.#take(2 + count).subarray(2)] };
  }

  /** VER ULEN UNAME PLEN PASSWD (RFC 1929 section 2) */
  #readCredentials(): SocksMessage | null {
    const [version, userLength] = this.#bytes;
    if (version !== undefined && version !== 1) return this.#malformed([1, 1]);
    if (userLength === undefined) return null;
    const passwordLength = this.#bytes[2 + userLength];
    if (passwordLength === undefined || this.#bytes.length < 3 + userLength + passwordLength) return null;
    const message = this.#take(3 + userLength + passwordLength);
    return {
      kind: 'credentials',
      user: message.toString('utf8', 2, 2 + userLength),
      password: message.toString('utf8', 3 + userLength),
    };
  }

  /** VER CMD RSV ATYP DST.ADDR DST.PORT */
  #readRequest(): SocksMessage | null {
    const [version, command = 0, , type, nameLength] = this.#bytes;
    if (version !== undefined && version !== 5) return this.#malformed(encodeReply(REPLY.generalFailure));
    if (type === undefined || nameLength === undefined) return null;
    const addressLength = type === 1 ? 4 : type === 4 ? 16 : type === 3 ? 1 + nameLength : null;
    if (addressLength === null) return this.#malformed(encodeReply(REPLY.addressTypeNotSupported));
    if (this.#bytes.length < 6 + addressLength) return null;
    const message = this.#take(6 + addressLength);
    const address = message.subarray(4, 4 + addressLength);
    this.#expected = 'over';
    return { kind: 'request', command, host: hostOf(type, address), port: message.readUInt16BE(4 + addressLength) };
  }

  #take(bytes: number): Buffer {
    const taken = this.#bytes.subarray(0, bytes);
    this.#bytes = this.#bytes.subarray(bytes);
    return taken;
  }

  #malformed(reply: Buffer | readonly number[]): SocksMessage {
    return this.#stop({ kind: 'malformed', reply: Buffer.from(reply) });
  }

  #stop(message: SocksMessage): SocksMessage {
    this.#expected = 'over';
    return message;
  }
}

function hostOf(type: number, address: Buffer): string {
  if (type === 3) return address.toString('latin1', 1);
  if (type === 1) return address.join('.');
  return Array.from({ length: 8 }, (_, i) => address.readUInt16BE(2 * i).toString(16)).join(':');
}

/** VER REP RSV ATYP BND.ADDR BND.PORT; the bound address is the local end of the connection to the target. */
export function encodeReply(reply: SocksReply, address = '0.0.0.0', port = 0): Buffer {
  const bytes = isIPv6(address) ? ipv6Bytes(address) : (isIPv4(address) ? address : '0.0.0.0').split('.').map(Number);
  return Buffer.from([5, reply, 0, bytes.length === 16 ? 4 : 1, ...bytes, port >> 8, port & 0xff]);
}

/** URL writes an IPv6 address in its one canonical way, without dots; what is missing around `::` is zero. */
function ipv6Bytes(address: string): number[] {
  const canonical = new URL(`http://[${address.replace(/%.*$/, '')}]/`).hostname.slice(1, -1);
  const [head = '', tail] = canonical.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups = [...left, ...Array.from({ length: 8 - left.length - right.length }, () => '0'), ...right];
  return groups.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff]);
}

/** The reply code of RFC 1928 section 6 that comes closest to a failure. */
export function replyFor(failure: Failure): SocksReply {
  switch (failure.error) {
    case 'http_request_denied':
    case 'destination_ip_prohibited':
    case 'proxy_loop_detected':
      return REPLY.notAllowed;
    case 'destination_ip_unroutable':
      return failure.code === 'EHOSTUNREACH' ? REPLY.hostUnreachable : REPLY.networkUnreachable;
    case 'dns_error':
    case 'dns_timeout':
    case 'destination_unavailable':
    case 'connection_timeout':
      return REPLY.hostUnreachable;
    case 'connection_refused':
      return REPLY.connectionRefused;
    default:
      return REPLY.generalFailure;
  }
}
