import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { isLoopback } from '../base/host.ts';
import type { Text } from '../i18n/index.ts';
import type { Log } from '../log/log.ts';
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
import type { ConnectHead } from './first-bytes.ts';
import { basicCredentials, type ClientIdentity, Guard, type GuardSettings, type TokenUse } from './guard.ts';
import { createHttpServer } from './http-server.ts';
import { type ConnectionHandlers, Listener } from './listener.ts';
import { createRouter, type Routes } from './router.ts';

/** How long requests under way may take to finish when we stop, in ms. */
const DRAIN_MS = 1_000;
const LOOPBACK_4 = '127.0.0.1';
const LOOPBACK_6 = '::1';

/** Another program listens on the port of the settings. */
export class PortTakenError extends Error {
  override readonly name = 'PortTakenError';
  readonly code = 'EADDRINUSE';
  readonly host: string;
  readonly port: number;

  constructor(host: string, port: number) {
    super(`${host}:${port} is taken`);
    this.host = host;
    this.port = port;
  }
}

export interface GatewayOptions {
  readonly guard: GuardSettings;
  /** A token of this process, for requests to its own port; null when it makes none. */
  readonly own: string | null;
  /** Called whenever a named token is used. */
  used(): void;
  readonly proxy: ProxyContext;
  readonly forward: Forward;
  readonly routes: Routes;
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
   * Existing connections stay open.
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

interface OpenedOne {
  readonly listener: Listener;
  readonly address: AddressInfo;
}

interface Opened {
  readonly host: string;
  readonly listeners: readonly Listener[];
  readonly addresses: readonly AddressInfo[];
}

const NOTHING: Opened = { host: LOOPBACK_4, listeners: [], addresses: [] };

export function createGateway(options: GatewayOptions): Gateway {
  const { proxy, forward, log, text } = options;
  const guard = new Guard(options.guard, options.own, options.used);
  let toldOfReverseProxy = false;
  const route = createRouter(guard, options.routes, text, (reason) => {
    if (reason !== 'reverse-proxy' || toldOfReverseProxy) return;
    toldOfReverseProxy = true;
    log.warn(text().gateway.refused['reverse-proxy']);
  });
  let current = NOTHING;
  const retired = new Set<Listener>();
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
      route: (request, response) => route(request, response),
      switches: (request) => options.routes.switches(request),
      routeUpgrade: (request, response, socket, head) => route(request, response, { socket, head }),
    },
    text,
    (failure) => proxy.failures.record(failure, null, ''),
    { log },
  );

  return {
    async listen(address) {
      current = await openAll(address);
      return current.addresses;
    },
    async rebind(address) {
      const old = current;
      const samePort = old.addresses[0]?.port === address.port;
      // 0.0.0.0 and 127.0.0.1 cannot share a port: then the old address has to go first, and to come back on failure.
      if (samePort) {
        retire(old);
        current = NOTHING;
      }
      try {
        current = await openAll(address);
      } catch (error) {
        if (samePort) current = await reopen({ host: old.host, port: address.port });
        throw error;
      }
      if (!samePort) retire(old);
      return current.addresses;
    },
    addresses: () => current.addresses,
    closeIdle: () => http.closeIdleConnections(),
    apply(settings) {
      toldOfReverseProxy = false;
      guard.apply(settings);
    },
    tokens: () => guard.uses(),
    async close() {
      retire(current);
      current = NOTHING;
      const closing = [...retired];
      const timer = setTimeout(() => {
        for (const listener of closing) listener.destroyAll();
      }, DRAIN_MS);
      http.closeIdleConnections();
      await Promise.all(closing.map((listener) => listener.close()));
      http.close();
      clearTimeout(timer);
    },
  };

  /** Stops accepting; existing connections may finish. */
  function retire({ listeners }: Opened): void {
    for (const listener of listeners) {
      retired.add(listener);
      void listener.close().then(() => retired.delete(listener));
    }
  }

  async function reopen(address: Pick<Settings, 'host' | 'port'>): Promise<Opened> {
    try {
      return await openAll(address);
    } catch (error) {
      log.error(`${address.host}:${address.port} is lost`, { error: String(error) });
      return NOTHING;
    }
  }

  async function openAll({ host, port }: Pick<Settings, 'host' | 'port'>): Promise<Opened> {
    const first = await open(host, port);
    const second = host === LOOPBACK_4 ? await openSecond(first.address.port) : [];
    const opened = [first, ...second];
    return { host, listeners: opened.map(({ listener }) => listener), addresses: opened.map(({ address }) => address) };
  }

  /** Programs that connect to `localhost` may try ::1 first. A machine without IPv6 has none: that is no failure. */
  async function openSecond(port: number): Promise<OpenedOne[]> {
    try {
      return [await open(LOOPBACK_6, port)];
    } catch (error) {
      log.warn(`not listening on [${LOOPBACK_6}]:${port}`, { error: String(error) });
      return [];
    }
  }

  async function open(host: string, port: number): Promise<OpenedOne> {
    const handlers: ConnectionHandlers = {
      http,
      socks: (client, chunk) => serveSocks(proxy, guard, client, chunk),
      connect: connectBeforeParser,
      full(client, chunk, isSocks) {
        const failure = tooManyFilesFailure(text());
        if (isSocks) serveSocks(proxy, guard, client, chunk, failure);
        else refuseConnect(client, failure);
      },
      accepted: isLoopback(host) ? null : (client) => guard.arrived(client),
    };
    const listener = new Listener(handlers, options.descriptors);
    const address = await listener.listen(host, port).catch((error: NodeJS.ErrnoException) => {
      throw error.code === 'EADDRINUSE' ? new PortTakenError(host, port) : error;
    });
    return { listener, address };
  }

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
    if (client !== null) return then(client);
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
