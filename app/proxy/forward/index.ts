import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Target } from '../../base/address.ts';
import { LinkedList } from '../../base/linked-list.ts';
import {
  type AbsoluteForm,
  type Origin,
  parseAbsoluteForm,
  poolKey,
  requestHead,
  type TargetFault,
} from '../../dial/http/index.ts';
import type { Route } from '../../dial/index.ts';
import type { RequestFault } from '../../i18n/index.ts';
import type { ProxiedRequest } from '../../inspect/index.ts';
import type { ProxyContext } from '../context.ts';
import { respondWithFailure } from '../failure-response.ts';
import {
  badRequestFailure,
  type Failure,
  portDeniedFailure,
  returnedFailure,
  said,
  unsupportedSchemeFailure,
} from '../failures.ts';
import { lingeringEnd } from '../socket-close.ts';
import type { IsAllowed } from '../traffic.ts';
import { Exchange, type ForwardState } from './exchange.ts';
import { RequestApart } from './upgrade.ts';

/** Fields that the answer to a TRACE must not contain (RFC 9110 section 9.3.8). */
const SECRET = new Set(['authorization', 'cookie', 'proxy-authorization']);

/**
 * Max-Forwards of an OPTIONS or TRACE request (RFC 9110 section 7.6.2): the value to send on, `last` when we
 * are to answer, null when it does not apply. Other methods ignore it.
 */
function remainingForwards(req: IncomingMessage): number | 'last' | 'invalid' | null {
  if (req.method !== 'OPTIONS' && req.method !== 'TRACE') return null;
  const value = req.headers['max-forwards'];
  if (value === undefined) return null;
  if (typeof value !== 'string' || !/^\d{1,9}$/.test(value)) return 'invalid';
  const hops = Number(value);
  return hops === 0 ? 'last' : hops - 1;
}

/** The answer of the last hop: TRACE shows the request as it came here, OPTIONS lists the methods of the proxy. */
function answerAsLastHop(req: IncomingMessage, res: ServerResponse): void {
  if (req.method === 'OPTIONS') {
    res.writeHead(200, [
      'Allow',
      'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, TRACE, CONNECT',
      'Content-Length',
      '0',
    ]);
    return void res.end();
  }
  let text = `TRACE ${req.url} HTTP/1.${req.httpVersionMinor}\r\n`;
  for (let index = 0; index < req.rawHeaders.length; index += 2) {
    const name = req.rawHeaders[index] ?? '';
    if (!SECRET.has(name.toLowerCase())) text += `${name}: ${req.rawHeaders[index + 1]}\r\n`;
  }
  const body = Buffer.from(`${text}\r\n`, 'latin1');
  res.writeHead(200, ['Content-Type', 'message/http', 'Content-Length', String(body.length)]);
  res.end(body);
}

/** The client of a request. */
export interface ForwardClient {
  /** The name the client gave itself; empty when it gave none. */
  readonly label: string;
  /** Whether it is on another machine. */
  readonly isRemote: boolean;
}

/** Forwards absolute-form requests. Each gets an answer: that of the origin, or why there is none. */
export interface Forward {
  request(req: IncomingMessage, res: ServerResponse, client: ForwardClient): void;
  /** A request with Upgrade, or with a method that the HTTP parser does not know. `socket` has no reader; `head` came in behind the request. */
  upgrade(req: IncomingMessage, socket: Socket, head: Buffer, client: ForwardClient): void;
  /** Closes idle connections: in another network they are dead, without a FIN. */
  dropIdle(): void;
  /** Ends what is not allowed any more, with its client, and closes idle connections. */
  endUnless(isAllowed: IsAllowed): void;
  /** Closes idle connections and gives up what is under way. */
  stop(): void;
}

/** client (GET http://host/path) -> us -> pooled connection -> host; the answer comes back as it arrives. */
export function createForward(context: ProxyContext): Forward {
  const { pseudonym } = context.dialer;
  const state: ForwardState = { context, pseudonym, open: new LinkedList() };
  const origins = new Map<string, Origin>();

  return { request, upgrade, dropIdle: () => context.origins.clear(), endUnless, stop };

  function request(req: IncomingMessage, res: ServerResponse, client: ForwardClient): void {
    ask(req, res, client, null);
  }

  /** `apart` is the connection of a request that the HTTP server has handed over, and what came in behind the request's head. */
  function ask(
    req: IncomingMessage,
    res: ServerResponse,
    { label, isRemote }: ForwardClient,
    apart: { readonly socket: Socket; readonly early: Buffer } | null,
  ): void {
    context.tunnels.countRequest();
    const form = parseAbsoluteForm(req.url ?? '', req.method ?? '', origins);
    const failure = 'kind' in form ? targetFailure(form) : routeFailure(req, form);
    if (failure !== null) return refuse(req, res, failure, form, label);
    if ('kind' in form) return;
    const maxForwards = remainingForwards(req);
    if (maxForwards === 'last') return answerAsLastHop(req, res);
    if (maxForwards === 'invalid') return refuse(req, res, badRequest('maxForwards'), form, label);

    const { target, key } = form.origin;
    const route = context.dialer.route(target);
    const parent = route.kind === 'parent' ? route : null;
    const head = requestHead(req, form, { pseudonym, maxForwards, upgrade: false, parent });
    const end = parent === null ? key : `parent ${parent.parent.host}:${parent.parent.port}`;
    const pooled = poolKey(end, isRemote);
    const pin = parent === null ? key : `${end} ${key}`;
    const record = recordOf(req, form, label, 'http');
    const waiting = apart === null ? null : new RequestApart(apart.socket, apart.early, head.length, false);
    const exchange = new Exchange(state, {
      req,
      res,
      label,
      record,
      isRemote,
      target,
      head,
      route,
      key: pooled,
      pin,
      apart: waiting,
    });
    if (waiting === null) exchange.start();
    else waiting.whenWhole(() => exchange.start());
  }

  function upgrade(req: IncomingMessage, socket: Socket, head: Buffer, client: ForwardClient): void {
    const res = responseOn(socket, req);
    if (req.headers.upgrade === undefined) return ask(req, res, client, { socket, early: head });
    context.tunnels.countRequest();
    const { label, isRemote } = client;
    const form = parseAbsoluteForm(req.url ?? '', req.method ?? '', origins);
    const failure = 'kind' in form ? targetFailure(form) : routeFailure(req, form);
    if (failure !== null) return refuse(req, res, failure, form, label);
    if ('kind' in form) return;
    const { target, key } = form.origin;
    const record = recordOf(req, form, label, 'upgrade');
    // Parent proxies seldom pass an Upgrade on, but all know CONNECT.
    const route: Route = { kind: 'direct' };
    const options = { pseudonym, maxForwards: null, upgrade: true, parent: null };
    const sent = requestHead(req, form, options);
    const pending = new RequestApart(socket, head, sent.length, true);
    const request = { req, res, label, record, isRemote, target, head: sent, route, key, pin: key, apart: pending };
    const exchange = new Exchange(state, request);
    pending.whenWhole(() => exchange.start());
  }

  function routeFailure(req: IncomingMessage, { origin: { target } }: AbsoluteForm): Failure | null {
    if (context.settings().deniedPorts.includes(target.port)) {
      return said(context.text(), (text) => portDeniedFailure(target.port, text));
    }
    return context.dialer.hasPassed(req.headers.via)
      ? said(context.text(), (text) => returnedFailure(target, text))
      : null;
  }

  function targetFailure(fault: TargetFault): Failure {
    if (fault.kind === 'scheme') {
      return said(context.text(), (text) => unsupportedSchemeFailure(fault.scheme, text));
    }
    return badRequest(fault.fault);
  }

  function recordOf(
    req: IncomingMessage,
    form: AbsoluteForm | TargetFault,
    label: string,
    kind: 'http' | 'upgrade',
  ): ProxiedRequest {
    const [target, path] = 'kind' in form ? [null, ''] : [form.origin.target, form.path];
    return context.recorder.request({ kind, target, label, method: req.method ?? '', path });
  }

  function badRequest(fault: RequestFault): Failure {
    return said(context.text(), (text) => badRequestFailure(text.faults.request[fault], text));
  }

  function refuse(
    req: IncomingMessage,
    res: ServerResponse,
    failure: Failure,
    form: AbsoluteForm | TargetFault,
    label: string,
  ): void {
    const target: Target | null = 'kind' in form ? null : form.origin.target;
    context.failures.record(failure, target, label);
    recordOf(req, form, label, 'http').failed(failure.code, failure.sentence);
    respondWithFailure(req, res, failure);
  }

  function endUnless(isAllowed: IsAllowed): void {
    for (const exchange of state.open.values()) exchange.endUnless(isAllowed);
    context.origins.clear();
  }

  function stop(): void {
    for (const exchange of state.open.values()) exchange.stop();
    context.origins.clear();
  }
}

/** A response on a socket that has left Node's HTTP server: for an answer other than 101, after which it is closed. */
function responseOn(socket: Socket, req: IncomingMessage): ServerResponse {
  const res = new ServerResponse(req);
  res.shouldKeepAlive = false;
  res.assignSocket(socket);
  const drained = () => res.emit('drain');
  socket.on('drain', drained);
  res.once('finish', () => {
    socket.off('drain', drained);
    res.detachSocket(socket);
    lingeringEnd(socket, '');
  });
  return res;
}
