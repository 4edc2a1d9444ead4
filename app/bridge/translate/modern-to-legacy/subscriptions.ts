import { isObject } from '../../../base/schema/index.ts';
import type { Text } from '../../../i18n/index.ts';
import { messageText, type ServerFace, subscriptionEnd } from '../../../mcp/index.ts';
import { CODE, type JsonObject } from '../../../mcp/jsonrpc/index.ts';
import { type ModernRequest, type Reply, refuse } from '../request.ts';
import { taggedNotification } from '../rewrite-ids.ts';
import type { ModernToLegacy } from './translator.ts';

/** Which changes a client wants to hear of (2026-07-28, basic/patterns/subscriptions, Notification Filter). */
export interface SubscriptionFilter {
  readonly toolsListChanged?: true;
  readonly promptsListChanged?: true;
  readonly resourcesListChanged?: true;
  readonly resourceSubscriptions?: readonly string[];
}

const LISTS = [
  ['toolsListChanged', 'tools'],
  ['promptsListChanged', 'prompts'],
  ['resourcesListChanged', 'resources'],
] as const;

/**
 * The part of what `subscriptions/listen` asks for that the server may do. Null when the filter is not valid. Of a thing that the server
 * has at all, changes count as told of, and subscriptions are tried, whatever else it says: the official SDK for Python, up to its
 * version 1, says `listChanged: false` and `subscribe: false` of every server, and sends both.
 */
function honoured(params: JsonObject, capabilities: JsonObject): SubscriptionFilter | null {
  const wanted = params['notifications'];
  if (!isObject(wanted)) return null;
  const lists = LISTS.filter(([flag, name]) => wanted[flag] === true && isObject(capabilities[name])).map(([flag]) => [
    flag,
    true,
  ]);
  const uris = wanted['resourceSubscriptions'] ?? [];
  if (!Array.isArray(uris) || !uris.every((uri) => typeof uri === 'string')) return null;
  const hasResources = isObject(capabilities['resources']);
  return {
    ...Object.fromEntries(lists),
    ...(uris.length > 0 && hasResources ? { resourceSubscriptions: [...new Set(uris)] } : {}),
  };
}

/** Whether a change is one of those; `uri` is null for changes of a list. */
export function wants(filter: SubscriptionFilter, method: string, uri: string | null): boolean {
  switch (method) {
    case 'notifications/tools/list_changed':
      return filter.toolsListChanged === true;
    case 'notifications/prompts/list_changed':
      return filter.promptsListChanged === true;
    case 'notifications/resources/list_changed':
      return filter.resourcesListChanged === true;
    default:
      return uri !== null && (filter.resourceSubscriptions ?? []).some((subscribed) => covers(subscribed, uri));
  }
}

/** Whether it is the resource itself or a part of it, which a server may name in its place (2025-11-25, server/resources, Subscriptions). */
function covers(subscribed: string, uri: string): boolean {
  if (!uri.startsWith(subscribed)) return false;
  return uri.length === subscribed.length || subscribed.endsWith('/') || '/?#'.includes(uri.charAt(subscribed.length));
}

interface Listener {
  readonly request: ModernRequest;
  readonly reply: Reply;
  readonly filter: SubscriptionFilter;
  /** Nothing may come before the acknowledgement. */
  acknowledged: boolean;
}

interface Watched {
  listeners: number;
  /** Whether any child agreed to report changes of it. */
  readonly agreed: Promise<boolean>;
}

/**
 * The open `subscriptions/listen` streams of one principal in front of its legacy children (2026-07-28,
 * basic/patterns/subscriptions). A change that any of those children reports goes to every stream that wants it; a resource
 * is subscribed to once, however many want it, and on all children, as it may change through any of them.
 */
export class Subscriptions {
  readonly #text: () => Text;
  readonly #listeners = new Set<Listener>();
  readonly #watched = new Map<string, Watched>();
  readonly #children = new Set<ModernToLegacy>();

  constructor(text: () => Text) {
    this.#text = text;
  }

  get size(): number {
    return this.#listeners.size;
  }

  attach(child: ModernToLegacy): void {
    this.#children.add(child);
    for (const uri of this.#watched.keys()) child.subscribe(uri, () => undefined);
  }

  /** A child is gone. With the last one all streams end, so that their clients open new ones. */
  detach(child: ModernToLegacy): void {
    if (this.#children.delete(child) && this.#children.size === 0) this.close();
  }

  async open(request: ModernRequest, reply: Reply, face: ServerFace): Promise<void> {
    const filter = honoured(request.params, face.capabilities);
    if (filter === null) {
      const message = this.#text().bridge.invalid.badFilter;
      refuse(reply, request.idText, { code: CODE.invalidParams, message });
      return;
    }
    const listener: Listener = { request, reply, filter, acknowledged: false };
    this.#listeners.add(listener);
    const ignore = () => undefined;
    reply.watch({ closed: () => this.#remove(listener), congested: ignore, relieved: ignore });
    const uris = filter.resourceSubscriptions ?? [];
    const agreed = await Promise.all(uris.map((uri) => this.#watch(uri)));
    if (!this.#listeners.has(listener)) return;
    const notifications =
      uris.length === 0 ? filter : { ...filter, resourceSubscriptions: uris.filter((_, at) => agreed[at]) };
    const acknowledgement = messageText({
      method: 'notifications/subscriptions/acknowledged',
      params: { notifications },
    });
    reply.notify(taggedNotification(acknowledgement, request.idText));
    listener.acknowledged = true;
  }

  changed(method: string, uri: string | null, notification: Buffer): void {
    for (const { acknowledged, filter, request, reply } of this.#listeners) {
      if (acknowledged && wants(filter, method, uri)) reply.notify(taggedNotification(notification, request.idText));
    }
  }

  close(): void {
    for (const listener of this.#listeners) {
      const { request, reply } = listener;
      this.#remove(listener);
      reply.respond(subscriptionEnd(request.idText), 200);
    }
  }

  #watch(uri: string): Promise<boolean> {
    const known = this.#watched.get(uri);
    if (known !== undefined) {
      known.listeners++;
      return known.agreed;
    }
    const answers = [...this.#children].map((child) => new Promise<boolean>((done) => child.subscribe(uri, done)));
    const agreed = Promise.all(answers).then((all) => all.includes(true));
    this.#watched.set(uri, { listeners: 1, agreed });
    return agreed;
  }

  #remove(listener: Listener): void {
    if (!this.#listeners.delete(listener)) return;
    for (const uri of listener.filter.resourceSubscriptions ?? []) {
      const watched = this.#watched.get(uri);
      if (watched === undefined || --watched.listeners > 0) continue;
      this.#watched.delete(uri);
      for (const child of this.#children) child.unsubscribe(uri);
    }
  }
}
