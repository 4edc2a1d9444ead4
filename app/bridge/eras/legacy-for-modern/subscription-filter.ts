import { isObject } from '../../../schema/index.ts';
import { type JsonObject, objectIn } from '../../frame/index.ts';

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

/** The part of what `subscriptions/listen` asks for that the server can do. Null when it asks in no valid way. */
export function honoured(params: JsonObject, capabilities: JsonObject): SubscriptionFilter | null {
  const wanted = params['notifications'];
  if (!isObject(wanted)) return null;
  const lists = LISTS.filter(
    ([flag, name]) => wanted[flag] === true && objectIn(capabilities, name)['listChanged'] === true,
  ).map(([flag]) => [flag, true]);
  const uris = wanted['resourceSubscriptions'] ?? [];
  if (!Array.isArray(uris) || !uris.every((uri) => typeof uri === 'string')) return null;
  const canSubscribe = objectIn(capabilities, 'resources')['subscribe'] === true;
  return {
    ...Object.fromEntries(lists),
    ...(uris.length > 0 && canSubscribe ? { resourceSubscriptions: [...new Set(uris)] } : {}),
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
      return uri !== null && (filter.resourceSubscriptions ?? []).includes(uri);
  }
}
