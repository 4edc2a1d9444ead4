import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { RequestFault } from '../../text/index.ts';
import type { ProxyContext } from '../context.ts';
import type { Route } from '../dial/index.ts';
import { hasPassed } from '../failure-answer.ts';
import { respondWithFailure } from '../failure-response.ts';
import {
  badRequestFailure,
  type Failure,
  portDeniedFailure,
  returnedFailure,
  unsupportedSchemeFailure,
} from '../failures.ts';
import { lingeringEnd } from '../lingering-end.ts';
import type { Target } from '../target.ts';
import { type AbsoluteForm, parseAbsoluteForm, type TargetFault } from './absolute-form.ts';
import { Exchange, type ExchangeRoom } from './exchange.ts';
import { answerAsLastHop, remainingForwards } from './max-forwards.ts';
import { OriginPool, poolKey } from './origin-pool.ts';
import { requestHead } from './request-head.ts';
import { UpgradeOffer } from './upgrade.ts';

/** Who asks, in the one respect that matters here. */
export interface ForwardCaller {
  /** The name the client gave itself; empty when it gave none. */
  readonly label: string;
  /** Whether it is on another machine. */
  readonly isRemote: boolean;
}

/** Fetches what absolute-form requests ask for. Every request gets an answer: what the origin says, or why it could not be asked. */
export interface Forward {
  request(req: IncomingMessage, res: ServerResponse, caller: ForwardCaller): void;
  /** A request that offers to switch protocols; nobody reads `socket`, and `head` came in behind the request. */
  upgrade(req: IncomingMessage, socket: Socket, head: Buffer, caller: ForwardCaller): void;
  /** Closes idle connections: in another network they are dead, and nobody will say so. */
  dropIdle(): void;
  /** Closes idle connections and gives up what is under way. */
  stop(): void;
}

/** client (GET http://host/path) -> us -> pooled connection -> host; the answer comes back as it arrives. */
export function createForward(context: ProxyContext): Forward {
  const { pseudonym } = context.dialer;
  const room: ExchangeRoom = { context, pool: new OriginPool(), pseudonym, open: new Set() };

  return { request, upgrade, dropIdle: () => room.pool.clear(), stop };

  function request(req: IncomingMessage, res: ServerResponse, { label, isRemote }: ForwardCaller): void {
    context.tunnels.countRequest();
    const form = parseAbsoluteForm(req.url ?? '', req.method ?? '');
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
    new Exchange(room, { req, res, label, isRemote, target, head, route, key: pooled, pin, offer: null }).start();
  }

  function upgrade(req: IncomingMessage, socket: Socket, head: Buffer, { label, isRemote }: ForwardCaller): void {
    context.tunnels.countRequest();
    const res = responseOn(socket, req);
    const form = parseAbsoluteForm(req.url ?? '', req.method ?? '');
    const failure = 'kind' in form ? targetFailure(form) : routeFailure(req, form);
    if (failure !== null) return refuse(req, res, failure, form, label);
    if ('kind' in form) return;
    const { target, key } = form.origin;
    const offer = new UpgradeOffer(socket, head);
    // Parents seldom pass an Upgrade on, but every one knows CONNECT.
    const route: Route = { kind: 'direct' };
    const options = { pseudonym, maxForwards: null, upgrade: true, parent: null };
    new Exchange(room, {
      req,
      res,
      label,
      isRemote,
      target,
      head: requestHead(req, form, options),
      route,
      key,
      pin: key,
      offer,
    }).start();
  }

  function routeFailure(req: IncomingMessage, { origin: { target } }: AbsoluteForm): Failure | null {
    if (context.settings().deniedPorts.includes(target.port)) return portDeniedFailure(target.port, context.text());
    return hasPassed(req.headers.via, pseudonym) ? returnedFailure(target, context.text()) : null;
  }

  function targetFailure(fault: TargetFault): Failure {
    if (fault.kind === 'scheme') return unsupportedSchemeFailure(fault.scheme, context.text());
    return badRequest(fault.fault);
  }

  function badRequest(fault: RequestFault): Failure {
    const text = context.text();
    return badRequestFailure(text.faults.request[fault], text);
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
    respondWithFailure(req, res, failure);
  }

  function stop(): void {
    for (const exchange of room.open) exchange.stop();
    room.pool.clear();
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
