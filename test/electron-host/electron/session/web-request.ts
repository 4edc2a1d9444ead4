import { EventEmitter } from 'node:events';
import type * as Electron from 'electron';
import type { Like } from '../../contract/like.ts';
import { refuseOtherMembers } from '../../contract/unsimulated.ts';
import { matchesPattern } from './url-pattern.ts';

/** What all listeners are told about a request. */
export interface RequestFacts {
  readonly id: number;
  readonly url: string;
  readonly method: string;
  readonly webContentsId: number;
  readonly resourceType: string;
  readonly referrer: string;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
}

/** What is known of a response before its body. */
export interface ResponseHead {
  readonly status: number;
  readonly statusText: string;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
}

export interface BeforeRequestAnswer {
  readonly cancel?: boolean;
  readonly redirectURL?: string;
}

export interface HeadersAnswer {
  readonly cancel?: boolean;
  readonly responseHeaders?: Readonly<Record<string, string | string[]>>;
}

type Headers = Readonly<Record<string, string[]>>;
type Listener<Answer> = (details: object, callback: (answer: Answer) => void) => void;

interface Entry<Answer> {
  readonly filter: Electron.WebRequestFilter | null;
  readonly listener: Listener<Answer>;
}

/** The listeners of a session. Emits `changed` when there is one more or one less, for those who pause requests. */
export class WebRequest
  extends EventEmitter
  implements Like<Electron.WebRequest, 'onBeforeRequest' | 'onHeadersReceived'>
{
  #beforeRequest: Entry<BeforeRequestAnswer> | null = null;
  #headersReceived: Entry<HeadersAnswer> | null = null;

  constructor() {
    super();
    this.setMaxListeners(0);
  }

  onBeforeRequest(...args: readonly unknown[]): void {
    this.#beforeRequest = readEntry(args);
    this.emit('changed');
  }

  onHeadersReceived(...args: readonly unknown[]): void {
    this.#headersReceived = readEntry(args);
    this.emit('changed');
  }

  /** Which requests Chromium is to hold for the listeners there are. */
  get patterns(): { urlPattern: string; requestStage: 'Request' | 'Response' }[] {
    const patterns: { urlPattern: string; requestStage: 'Request' | 'Response' }[] = [];
    if (this.#beforeRequest !== null) patterns.push({ urlPattern: '*', requestStage: 'Request' });
    if (this.#headersReceived !== null) patterns.push({ urlPattern: '*', requestStage: 'Response' });
    return patterns;
  }

  askBeforeRequest(facts: RequestFacts): Promise<BeforeRequestAnswer> {
    return ask(this.#beforeRequest, facts, facts.url);
  }

  askHeadersReceived(facts: RequestFacts, response: ResponseHead): Promise<HeadersAnswer> {
    const { status: statusCode, statusText } = response;
    const statusLine = `HTTP/1.1 ${statusCode} ${statusText}`.trim();
    const details = { ...facts, statusCode, statusLine, responseHeaders: headersOf(response) };
    return ask(this.#headersReceived, details, facts.url);
  }
}

refuseOtherMembers(WebRequest.prototype, 'WebRequest');

/** Each of the methods is called as (listener), (filter, listener) or (null). */
function readEntry<Answer>(args: readonly unknown[]): Entry<Answer> | null {
  const filter = args.find(isFilter) ?? null;
  for (const pattern of filter?.urls ?? []) matchesPattern(pattern, 'http://any.test/');
  const listener = args.find((arg): arg is Listener<Answer> => typeof arg === 'function');
  return listener === undefined ? null : { filter, listener };
}

function isFilter(arg: unknown): arg is Electron.WebRequestFilter {
  return typeof arg === 'object' && arg !== null && 'urls' in arg;
}

async function ask<Answer extends object>(
  entry: Entry<Answer> | null,
  details: object,
  url: string,
): Promise<Partial<Answer>> {
  if (entry === null || entry.filter?.urls.some((pattern) => matchesPattern(pattern, url)) === false) return {};
  return new Promise((resolve) => entry.listener(details, (answer) => resolve(answer ?? {})));
}

function headersOf({ headers }: ResponseHead): Headers {
  const lists: Record<string, string[]> = {};
  for (const { name, value } of headers) lists[name] = [...(lists[name] ?? []), value];
  return lists;
}
