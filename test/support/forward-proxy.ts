import { once } from 'node:events';
import { createServer, type Server as NetServer, type Socket } from 'node:net';
import { OriginPool } from '../../app/dial/http/index.ts';
import { createDialer } from '../../app/dial/index.ts';
import { createHttpServer, type HttpHandlers, type HttpServerOptions } from '../../app/gateway/http-server.ts';
import { textIn } from '../../app/i18n/index.ts';
import { Recorder } from '../../app/inspect/index.ts';
import type { Log } from '../../app/log/log.ts';
import type { ProxyContext } from '../../app/proxy/context.ts';
import { createForward, type Forward } from '../../app/proxy/forward/index.ts';
import { connect } from '../../app/proxy/index.ts';
import { FailureLog, LastRequests, Tunnels } from '../../app/proxy/traffic.ts';
import { portOf } from './raw-http.ts';

/** Says nothing. */
export const silentLog: Log = {
  isDebug: false,
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
  from: () => silentLog,
};

export interface ForwardProxyOptions {
  readonly upstream?: string;
  readonly noProxy?: string;
  readonly deniedPorts?: readonly number[];
  readonly http?: HttpServerOptions;
  readonly handlers?: Partial<HttpHandlers>;
  /** Where every name leads, in place of DNS; literal addresses are themselves. */
  readonly address?: string;
}

/** A proxy that does absolute-form requests and CONNECT, in this process. */
export interface ForwardProxy {
  readonly port: number;
  readonly forward: Forward;
  readonly tunnels: Tunnels;
  readonly failures: FailureLog;
  stop(): Promise<void>;
}

export async function startForwardProxy(options: ForwardProxyOptions = {}): Promise<ForwardProxy> {
  const tunnels = new Tunnels(() => undefined);
  const lastRequests = new LastRequests(() => undefined);
  const failures = new FailureLog(tunnels, lastRequests, silentLog);
  const text = textIn('en');
  const { address } = options;
  const dialer = createDialer({
    upstream: options.upstream ?? null,
    noProxy: options.noProxy ?? '',
    ownPorts: new Set(),
    ...(address === undefined ? {} : { lookup: (_host, done) => done(null, [{ address, family: 4 }]) }),
  });
  const context: ProxyContext = {
    dialer,
    origins: new OriginPool(),
    tunnels,
    failures,
    lastRequests,
    recorder: new Recorder(),
    log: silentLog,
    settings: () => ({ deniedPorts: options.deniedPorts ?? [] }),
    text: () => text,
  };
  const forward = createForward(context);
  const caller = { principal: 'local', label: '', isRemote: false };
  const http = createHttpServer(
    {
      connect: (req, client, early) =>
        connect(context, { client, authority: req.url ?? '', via: req.headers.via, early, label: '', isRemote: false }),
      forward: (req, res) => forward.request(req, res, caller),
      forwardUpgrade: (req, socket, head) => forward.upgrade(req, socket, head, caller),
      route: (_req, res) => res.end('routed'),
      switches: () => false,
      routeUpgrade: (_req, _res, socket) => socket.destroy(),
      ...options.handlers,
    },
    () => text,
    (failure) => failures.record(failure, null, ''),
    options.http,
  );
  const sockets = new Set<Socket>();
  // The way the product's own listener does it: a look at the first chunk, which is then put back.
  const listener: NetServer = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.once('data', (chunk) => {
      http.emit('connection', socket);
      socket.unshift(chunk);
    });
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return {
    port: portOf(listener),
    forward,
    tunnels,
    failures,
    async stop() {
      forward.stop();
      http.close();
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => listener.close(resolve));
    },
  };
}
