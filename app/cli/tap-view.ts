import { authorityOf } from '../base/address.ts';
import { isObject } from '../base/schema/index.ts';
import type { Text } from '../i18n/index.ts';
import { bytes, duration } from '../ipc/index.ts';
import { escaped } from './columns.ts';
import type { TapCommand } from './command.ts';

/** A row as the instance has sent it, of which nothing else is known: it may be of another version than we are. */
type Sent = Readonly<Record<string, unknown>>;

/** One line of a tap. */
export interface TapRow {
  /** `request` and `answer` are the two messages of one call, shown apart only where every message is wanted. */
  readonly kind: 'call' | 'request' | 'answer' | 'notification' | 'proxied';
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly row: Sent;
}

const FAILED = new Set(['error', 'tool-error', 'timed-out', 'cut', 'failed']);

/** The rows of an event that are wanted, in the order in which they happened. */
export function rowsIn(batch: Sent, wanted: TapCommand): readonly TapRow[] {
  const calls = listIn(batch, 'calls').flatMap((row) => (wanted.messages ? messagesOf(row) : callOf(row)));
  const requests = wanted.requests ? listIn(batch, 'requests').flatMap(proxiedOf) : [];
  return [...calls, ...requests].filter(({ row }) => isWanted(row, wanted)).sort((one, other) => one.at - other.at);
}

function isWanted(row: Sent, { slow, outcome }: TapCommand): boolean {
  const total = row['total'];
  if (slow !== null && (typeof total !== 'number' || total < slow)) return false;
  if (outcome === null) return true;
  const own = row['outcome'];
  return own === outcome || (outcome === 'error' && typeof own === 'string' && FAILED.has(own));
}

/** A call is told of when it is over, or when it is known that it will not be: that of a client on the client's side. */
function callOf(row: Sent): readonly TapRow[] {
  const isOver = typeof row['total'] === 'number' || row['outcome'] === 'listening';
  if (row['kind'] !== 'request' || row['side'] !== 'client' || !isOver) return [];
  return [{ kind: 'call', at: numberIn(row, 'startedAt'), row }];
}

/** Both sides of a translation, each message by itself. A call that began in an earlier event has its request told of already. */
function messagesOf(row: Sent): readonly TapRow[] {
  const at = numberIn(row, 'startedAt');
  if (row['kind'] === 'notification') return [{ kind: 'notification', at, row }];
  const total = row['total'];
  return [
    ...(row['isNew'] === true ? [{ kind: 'request', at, row } as const] : []),
    ...(typeof total === 'number' ? [{ kind: 'answer', at: at + total, row } as const] : []),
  ];
}

/** A tunnel is told of when it opens, since it may stay for hours, and when it closes. */
function proxiedOf(row: Sent): readonly TapRow[] {
  const total = row['total'];
  if (typeof total !== 'number' && row['outcome'] !== 'open') return [];
  return [{ kind: 'proxied', at: numberIn(row, 'startedAt'), row }];
}

/** One row as a line of JSON: what the instance has sent, the time as text. No character in it can steer a terminal. */
export function jsonOf({ kind, at, row }: TapRow, contents: unknown = null): string {
  const { startedAt: _startedAt, kind: _kind, isNew: _isNew, ...rest } = row;
  return escaped(
    JSON.stringify({
      schema: 1,
      kind,
      time: new Date(at).toISOString(),
      ...rest,
      ...(contents === null ? {} : { contents }),
    }),
  );
}

/** What a call said, below its line: of a single message that message alone. */
export function contentLines({ kind, row }: TapRow, contents: unknown, text: Text): readonly string[] {
  if (!isObject(contents)) return [];
  const isFromClient = stringIn(row, 'from') === 'client';
  const wanted = kind === 'call' ? ['sent', 'received'] : [kind === 'answer' ? 'received' : 'sent'];
  return wanted.flatMap((side) => {
    const body = contents[side];
    if (!isObject(body)) return [];
    const { cutAt, masked } = text.cliRun.tap;
    const hidden = numberIn(body, 'masked');
    const notes = [
      ...(body['isCut'] === true ? [cutAt(bytes(numberIn(body, 'bytes')))] : []),
      ...(hidden > 0 ? [masked(hidden)] : []),
    ];
    const arrow = (side === 'sent') === isFromClient ? '→' : '←';
    return [escaped(['   ', arrow, stringIn(body, 'text'), ...notes].join(' '))];
  });
}

export function missedJson(missed: number): string {
  return JSON.stringify({ schema: 1, kind: 'missed', missed });
}

/** One row as a line for a person. */
export function lineOf(tapped: TapRow, text: Text): string {
  const { kind, at, row } = tapped;
  const cells =
    kind === 'proxied'
      ? [stringIn(row, 'server') || stringIn(row, 'label'), ...proxiedCells(row, text)]
      : callCells(tapped, text);
  return escaped([timeOf(at), ...cells].filter((cell) => cell !== '').join('  '));
}

function callCells({ kind, row }: TapRow, text: Text): readonly string[] {
  const session = numberIn(row, 'session');
  const client = stringIn(row, 'client');
  const arrow = (stringIn(row, 'from') === 'client') === (kind !== 'answer') ? '→' : '←';
  const head = [
    stringIn(row, 'server'),
    [client, session === 0 ? '' : `#${session}`].filter((part) => part !== '').join(' '),
    ...(kind === 'call' ? [] : [stringIn(row, 'side') === 'server' ? text.cliRun.tap.serverSide : '', arrow]),
    [stringIn(row, 'method'), stringIn(row, 'target')].filter((part) => part !== '').join(' '),
    stringIn(row, 'id'),
  ];
  if (kind === 'notification' || kind === 'request') return [...head, bytes(numberIn(row, 'sent'))];
  const requests = Array.isArray(row['requests']) ? row['requests'].length + numberIn(row, 'moreRequests') : 0;
  return [
    ...head,
    outcomeIn(row, text),
    durationIn(row),
    `↑ ${bytes(numberIn(row, 'sent'))}`,
    `↓ ${bytes(numberIn(row, 'received'))}`,
    requests === 0 ? '' : text.cliRun.tap.requests(requests),
  ];
}

function proxiedCells(row: Sent, text: Text): readonly string[] {
  const target = isObject(row['target']) ? row['target'] : null;
  const host = target === null ? '-' : authorityOf({ host: stringIn(target, 'host'), port: numberIn(target, 'port') });
  const status = typeof row['status'] === 'number' ? String(row['status']) : '';
  const calls = numberIn(row, 'calls');
  return [
    '⇢',
    [stringIn(row, 'method') || stringIn(row, 'kind'), `${host}${stringIn(row, 'path')}`].join(' '),
    status === '' ? outcomeIn(row, text) : status,
    durationIn(row),
    `↑ ${bytes(numberIn(row, 'up'))}`,
    `↓ ${bytes(numberIn(row, 'down'))}`,
    calls === 0 ? '' : text.cliRun.tap.oneOf(calls),
    stringIn(row, 'sentence'),
  ];
}

function outcomeIn(row: Sent, { cliRun: { tap } }: Text): string {
  const outcome = stringIn(row, 'outcome');
  const said = Object.entries(tap.outcomes).find(([name]) => name === outcome)?.[1] ?? outcome;
  const code = row['code'];
  return (typeof code === 'number' || typeof code === 'string') && code !== '' ? `${said} (${code})` : said;
}

function durationIn(row: Sent): string {
  const total = row['total'];
  if (typeof total !== 'number') return '';
  return duration(total);
}

/** Hours to milliseconds, in local time: what is compared with what a person has just done. */
function timeOf(at: number): string {
  const date = new Date(at);
  const two = (value: number) => String(value).padStart(2, '0');
  const three = String(date.getMilliseconds()).padStart(3, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${three}`;
}

function listIn(batch: Sent, key: string): readonly Sent[] {
  const rows = batch[key];
  return Array.isArray(rows) ? rows.filter(isObject) : [];
}

function stringIn(row: Sent, key: string): string {
  const value = row[key];
  return typeof value === 'string' ? value : '';
}

function numberIn(row: Sent, key: string): number {
  const value = row[key];
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}
