import { isIP, type Socket } from 'node:net';
import { bracketedAddress, isHostName, type Target } from '../base/address.ts';
import { timeLimit } from '../base/deadlines.ts';
import type { ProxyContext } from './context.ts';
import type { Failure } from './failures.ts';
import { lingeringEnd } from './socket-close.ts';
import { encodeReply, REPLY, replyFor, type SocksExpects, type SocksMessage, SocksReader } from './socks-frames.ts';
import { openTunnel } from './tunnel.ts';

/** A client that has not named its target after this many ms is closed. */
const HANDSHAKE_MS = 20_000;

/** The client of a SOCKS connection, as far as the guard can tell. */
export interface SocksClient {
  readonly label: string;
  readonly isRemote: boolean;
}

/** What SOCKS needs from the guard. */
export interface SocksGuard {
  /** Whether this client must authenticate. */
  required(client: Socket): boolean;
  /** The client with this user name and password, both empty when it was not asked for any; null when they are not valid. */
  socksClient(client: Socket, user: string, password: string): SocksClient | null;
}

/**
 * client (SOCKS5 CONNECT) -> us -> target (RFC 1928, with the username and password of RFC 1929).
 * Names are resolved here; BIND and UDP ASSOCIATE are refused with their own reply code. With `refusal`, so is every CONNECT.
 */
export function serveSocks(
  context: ProxyContext,
  guard: SocksGuard,
  client: Socket,
  first: Buffer,
  refusal: Failure | null = null,
): void {
  const reader = new SocksReader();
  const words = context.text().failures.socks;
  let identity: SocksClient = { label: '', isRemote: false };
  const stopTimer = timeLimit(HANDSHAKE_MS, () => close(words.tooSlow));
  client.on('data', receive);
  client.once('error', drop);
  client.once('close', drop);
  client.once('end', drop);
  receive(first);

  function receive(chunk: Buffer): void {
    reader.push(chunk);
    for (let message = reader.read(); message !== null; message = reader.read()) {
      if (!answer(message)) return;
    }
  }

  /** False when the handshake is over, one way or the other. */
  function answer(message: SocksMessage): boolean {
    switch (message.kind) {
      case 'greeting':
        return chooseMethod(message.methods);
      case 'credentials':
        return checkCredentials(message.user, message.password);
      case 'request':
        return request(message);
      case 'socks4':
        // VN 0, CD 91: request rejected (SOCKS4 protocol). It knows neither IPv6 nor passwords.
        return close(words.version4, Buffer.from([0, 91, 0, 0, 0, 0, 0, 0]));
      case 'malformed':
        return close(words.malformed, message.reply);
      default:
        return message satisfies never;
    }
  }

  function chooseMethod(methods: readonly number[]): boolean {
    // A client that supports a user name is asked for it, token or not: it is the label by which the windows list clients.
    if (methods.includes(2)) return say([5, 2], 'credentials');
    const known = methods.includes(0) ? guard.socksClient(client, '', '') : null;
    if (known !== null) {
      identity = known;
      return say([5, 0], 'request');
    }
    return close(
      guard.required(client) ? context.text().failures.tokenRequired.hint : words.noMethod,
      Buffer.from([5, 0xff]),
    );
  }

  function checkCredentials(user: string, password: string): boolean {
    const known = guard.socksClient(client, user, password);
    if (known === null) return close(words.badPassword, Buffer.from([1, 1]));
    identity = known;
    return say([1, 0], 'request');
  }

  function request(message: SocksMessage & { readonly kind: 'request' }): boolean {
    if (message.command !== 1) return close(words.onlyConnect, encodeReply(REPLY.commandNotSupported));
    const { port } = message;
    // Some programs take the host of a URL as it is and send an IPv6 address as a name in brackets.
    const host = bracketedAddress(message.host) ?? message.host;
    if (port === 0 || (isIP(host) === 0 && !isHostName(host))) {
      return close(words.badAddress, encodeReply(REPLY.generalFailure));
    }
    const early = reader.rest();
    stopListening();
    if (refusal !== null) {
      lingeringEnd(client, encodeReply(replyFor(refusal)));
      return false;
    }
    openTunnel(context, {
      kind: 'socks',
      client,
      early,
      target: { host, port } satisfies Target,
      ...identity,
      opened: (target) => client.write(encodeReply(REPLY.succeeded, target.localAddress, target.localPort)),
      refused: (failure: Failure) => lingeringEnd(client, encodeReply(replyFor(failure))),
    });
    return false;
  }

  function say(bytes: readonly number[], next: SocksExpects): true {
    reader.expect(next);
    client.write(Buffer.from(bytes));
    return true;
  }

  function close(reason: string, lastBytes: Buffer = Buffer.alloc(0)): false {
    stopListening();
    context.log.warn(`SOCKS client refused: ${reason}`);
    lingeringEnd(client, lastBytes);
    return false;
  }

  function drop(): void {
    stopListening();
    client.destroy();
  }

  function stopListening(): void {
    stopTimer();
    client.off('data', receive);
    client.off('error', drop);
    client.off('close', drop);
    client.off('end', drop);
  }
}
