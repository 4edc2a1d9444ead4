import { type AggregateServer, loggedUnder } from '../aggregate/index.ts';
import { isObject } from '../base/schema/index.ts';
import { type Call, type ClientWire, targetIn } from '../inspect/index.ts';
import { editMembers, idFrom, parsedJson, scanHead } from '../mcp/jsonrpc/index.ts';
import type { Scope } from '../servers/index.ts';
import type { Served } from './served.ts';
import type { RouteToMember } from './streamable/stateless/endpoint.ts';
import type { Reply, ReplyWatcher } from './translate/index.ts';

/**
 * Gives each request without a session that names something of one server to the endpoint of that server, where it speaks the modern
 * revision: what a server asks back, its `requestState` and its errors then reach the client as the server wrote them. Everything else
 * is for the sessions of the shared address.
 */
export function routeToMembers(
  server: AggregateServer,
  served: (name: string) => Served | undefined,
  scope: Scope,
): RouteToMember {
  const wires = new Map<string, ClientWire>();
  return async (request, reply) => {
    const located = server.locate(request.method, request.bytes);
    const member = located === null ? undefined : served(located.member.name);
    if (located === null || member === undefined) return null;
    if (!(await member.stateless.isModern(request.principal))) return null;
    const { name, alias, recorder } = located.member;
    const wire = wires.get(name) ?? recorder.session('aggregate');
    wires.set(name, wire);
    const params = located.params === null ? request.params : parsedJson(located.params);
    const own =
      located.params === null || !isObject(params)
        ? request
        : { ...request, params, bytes: editMembers(request.bytes, new Map([['params', located.params]])) };
    const { method, idText } = own;
    const call = wire.request(
      method,
      idFrom(idText, 0, idText.length),
      own.bytes,
      performance.now(),
      targetIn(method, own.params),
    );
    return { endpoint: member.stateless, request: own, reply: new MemberReply(reply, call, alias), scope };
  };
}

/** The answer of one server to a client of a shared address. */
class MemberReply implements Reply {
  readonly #reply: Reply;
  readonly #call: Call;
  readonly #alias: string;

  constructor(reply: Reply, call: Call, alias: string) {
    this.#reply = reply;
    this.#call = call;
    this.#alias = alias;
  }

  notify(json: Buffer): void {
    this.#call.progressed(json.length);
    const head = this.#alias === '' ? null : scanHead(json);
    const isLog = head?.kind === 'notification' && head.method === 'notifications/message';
    this.#reply.notify(isLog ? loggedUnder(this.#alias, json) : json);
  }

  respond(json: Buffer, status: number): void {
    this.#call.answered(json);
    this.#reply.respond(json, status);
  }

  watch(watcher: ReplyWatcher): void {
    this.#reply.watch({
      closed: () => {
        this.#call.cancelled(null);
        watcher.closed();
      },
      congested: () => watcher.congested(),
      relieved: () => watcher.relieved(),
    });
  }
}
