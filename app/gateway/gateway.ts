import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { isLoopback } from '../base/host.ts';
import type { Log } from '../base/log.ts';
import type { Text } from '../i18n/index.ts';
import {
  badRequestFailure,
  connect,
  type Failure,
  type Forward,
  type ProxyContext,
  refuseConnect,
  respondWithFailure,
  said,
  serveSocks,
  tokenRequiredFailure,
  tooManyFilesFailure,
} from '../proxy/index.ts';
import type { Settings } from '../settings/settings.ts';
import type { Descriptors } from './descriptors.ts';
import { basicCredentials, type ClientIdentity, Guard, type GuardSettings, type TokenUse } from './guard.ts';
import { createHttpServer } from './http-server.ts';
import type { ConnectHead } from './listener.ts';
import { type ConnectionHandlers, Listener } from './listener.ts';
import { Port } from './port.ts';
import { createRouter, type Routes } from './router.ts';

export interface GatewayOptions {
  readonly guard: GuardSettings;
  /** A token of this process, for requests to its own port; null when it makes none. */
  readonly own: string | null;
  /** Called whenever a named token is used. */
  used(): void;
  readonly proxy: ProxyContext;
  readonly forward: Forward;
  readonly routes: Routes;
  /** Holds the ports that are open, for those who must not connect to them. */
  readonly ownPorts: Set<number>;
  readonly descriptors: Descriptors;
  readonly log: Log;
  text(): Text;
}

/** The one port: connections are sorted by protocol, checked by the guard, and handed to the proxy or the bridge. */
export interface Gateway {
  /** Opens the port. Rejects with PortTakenError or the system's error; nothing is left open then. */
  listen(address: Pick<Settings, 'host' | 'port'>): Promise<readonly AddressInfo[]>;
  /**
   * Moves to another address. On failure the old one is open as before, unless it cannot be bound again: see `addresses`.
   * Existing connections stay open, but for those of clients on other machines that could not come in any more.
   */
  rebind(address: Pick<Settings, 'host' | 'port'>): Promise<readonly AddressInfo[]>;
  /** Where the port is open at this moment. */
  addresses(): readonly AddressInfo[];
  /** Closes connections of clients that are kept open between two requests. */
  closeIdle(): void;
  /** New rules for who may pass, from the next request on. */
  apply(settings: GuardSettings): void;
  /** Each named token, and when it was shown last. */
  tokens(): readonly TokenUse[];
  /** Closes the port, lets requests under way finish briefly, then ends everything. */
  close(): Promise<void>;
}

export function createGateway(options: GatewayOptions): Gateway {
  const { proxy, forward, log, text } = options;
  const guard = new Guard(options.guard, options.own, options.used);
  let toldOfReverseProxy = false;
  const route = createRouter(guard, options.routes, text, (reason) => {
    if (reason !== 'reverse-proxy' || toldOfReverseProxy) return;
    toldOfReverseProxy = true;
    log.warn(text().gateway.refused['reverse-proxy']);
  });
  const http = createHttpServer(
    {
      connect: connectAfterParser,
      forward: (request, response) =>
        withProxyClient(request, response, (client) => forward.request(request, response, client)),
      forwardUpgrade(request, socket, head) {
        const client = guard.proxyClient(request.socket, request.headers['proxy-authorization']);
        if (client === null) return refuseUnauthorized(socket, request.headers['proxy-authorization']);
        forward.upgrade(request, socket, head, client);
      },
      route,
      switches: (request) => options.routes.endpoints.switches(request),
      routeUpgrade: (request, response, socket, head) => route(request, response, { socket, head }),
    },
    text,
    (failure) => proxy.failures.record(failure, null, ''),
    { log },
  );

  const port = new Port({
    log,
    open: options.ownPorts,
    listenerFor(host) {
      const handlers: ConnectionHandlers = {
        http,
        socks: (client, chunk) => serveSocks(proxy, guard, client, chunk),
        connect: connectBeforeParser,
        full(client, chunk, isSocks) {
          const failure = said(text(), tooManyFilesFailure);
          if (isSocks) serveSocks(proxy, guard, client, chunk, failure);
          else refuseConnect(client, failure);
        },
        accepted: isLoopback(host) ? null : (client) => guard.arrived(client),
        closed: (client) => guard.closed(client),
      };
      return new Listener(handlers, options.descriptors);
    },
    isRemote: (client) => guard.isRemote(client),
  });

  return {
    listen: (address) => port.listen(address),
    rebind: (address) => port.rebind(address),
    addresses: () => port.addresses,
    closeIdle: () => http.closeIdleConnections(),
    apply(settings) {
      toldOfReverseProxy = false;
      guard.apply(settings);
    },
    tokens: () => guard.uses(),
    async close() {
      const closed = port.close();
      http.closeIdleConnections();
      await closed;
      http.close();
    },
  };

  function connectBeforeParser(client: Socket, head: ConnectHead): void {
    const identity = guard.proxyClient(client, head.authorization);
    if (identity === null) return refuseUnauthorized(client, head.authorization);
    connect(proxy, {
      client,
      authority: head.authority,
      via: head.via,
      early: head.early,
      label: identity.label,
      isRemote: identity.isRemote,
    });
  }

  function connectAfterParser(request: IncomingMessage, client: Socket, head: Buffer): void {
    const identity = guard.proxyClient(request.socket, request.headers['proxy-authorization']);
    if (identity === null) return refuseUnauthorized(client, request.headers['proxy-authorization']);
    const { 'content-length': length = '0', 'transfer-encoding': coding } = request.headers;
    if (coding !== undefined || !/^0+$/.test(length)) {
      const failure = said(text(), (words) => badRequestFailure(words.failures.badRequest.connectContent, words));
      proxy.failures.record(failure, null, identity.label);
      return refuseConnect(client, failure);
    }
    const { url = '', headers } = request;
    connect(proxy, {
      client,
      authority: url,
      via: headers.via,
      early: head,
      label: identity.label,
      isRemote: identity.isRemote,
    });
  }

  function withProxyClient(
    request: IncomingMessage,
    response: ServerResponse,
    then: (client: ClientIdentity) => void,
  ): void {
    const client = guard.proxyClient(request.socket, request.headers['proxy-authorization']);
    if (client !== null) {
      guard.answers(response);
      return then(client);
    }
    respondWithFailure(request, response, recordUnauthorized(request.headers['proxy-authorization']));
  }

  function refuseUnauthorized(client: Socket, authorization: string | undefined): void {
    refuseConnect(client, recordUnauthorized(authorization));
  }

  function recordUnauthorized(authorization: string | undefined): Failure {
    const hasShown = (basicCredentials(authorization)?.password ?? '') !== '';
    const failure = said(text(), (words) => tokenRequiredFailure(words, hasShown));
    proxy.failures.record(failure, null, '');
    return failure;
  }
}
