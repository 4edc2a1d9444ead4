import { authorityOf } from '../base/address.ts';
import { appFolder } from '../base/home-folder.ts';
import { isObject } from '../base/schema/index.ts';
import { readAnnouncement } from '../connect/index.ts';
import { ControlFault } from '../control/client/index.ts';
import { inARow } from '../i18n/in-a-row.ts';
import { type Text, textIn } from '../i18n/index.ts';
import { age, bytes, conditionWords } from '../ipc/index.ts';
import { askGangway } from '../platform/port/index.ts';
import { columns, jsonText, padded, printable } from './columns.ts';
import type { Command } from './command.ts';
import { addressFor, findNamed, type InstanceOptions, thisPerson, troubleOf } from './instance.ts';
import { type LastRequestLine, type ServerLine, type StatusView, statusView } from './status-view.ts';

/** Lines of one kind that a terminal is troubled with; `--json` has them all. */
const SHOWN = 20;

/** A snapshot as a person reads it; `now` in milliseconds since the epoch. */
export function statusReport(snapshot: object, now: number, text: Text): string {
  const words = text.cliRun;
  const view = statusView(snapshot);
  const { totals } = view;
  const lines = [
    ...(view.startedAt === 0
      ? [words.status.off(view.version, view.pid)]
      : [
          words.status.running(view.version, view.pid, timeOf(view.startedAt)),
          words.status.listening(view.listening.map(authorityOf).join(text.status.comma)),
        ]),
    ...view.forwards.map(({ port, target }) => words.forward(`127.0.0.1:${port}`, authorityOf(target))),
    ...view.servers.flatMap(({ name, state, condition, sessions, children, signedIn, isRecorded }) => [
      words.status.server(
        name,
        condition === null ? stateIn(state, text) : conditionWords(condition, now, text),
        sessions,
        children,
      ),
      ...(condition === null || condition.detail === '' ? [] : [`  ${condition.detail}`]),
      ...(isRecorded ? [`  ${words.status.recorded}`] : []),
      ...(signedIn === null ? [] : [`  ${signInWords(signedIn, text)}`]),
    ]),
    '',
    words.status.tunnels(view.tunnels.length),
    ...clipped(tunnelLines(view, now, text), text),
    words.status.totals(totals.tunnels, totals.requests, bytes(totals.up), bytes(totals.down)),
    ...lastRequestLines(view, now, text),
    '',
    words.status.failures(totals.failures),
    ...failureLines(view).slice(-SHOWN),
  ];
  return `${lines.map(printable).join('\n')}\n`;
}

function signInWords({ issuer, until, renews }: NonNullable<ServerLine['signedIn']>, text: Text): string {
  const words = text.cliRun.status;
  if (until === null) return words.signedIn(issuer);
  return (renews ? words.signedInRenews : words.signedInUntil)(issuer, timeOf(until));
}

function tunnelLines({ tunnels }: StatusView, now: number, text: Text): readonly string[] {
  return rowsOf(
    tunnels.map(({ kind, target, label, openedAt, up, down }) => [
      kind,
      authorityOf(target),
      age(now - openedAt, text),
      `↑ ${bytes(up)}`,
      `↓ ${bytes(down)}`,
      label,
    ]),
  );
}

/** Whom a request came from last is the first thing to look at when a server fails: newest first. */
function lastRequestLines({ lastRequests }: StatusView, now: number, text: Text): readonly string[] {
  if (lastRequests.length === 0) return [];
  const words = text.cliRun.status;
  const newest = lastRequests.toSorted((left, right) => right.lastAt - left.lastAt);
  const rows = newest.map(({ label, lastAt, target, outcome, requests, failures }) => [
    label,
    words.ago(age(now - lastAt, text)),
    target === null ? '-' : authorityOf(target),
    outcomeIn(outcome, text),
    words.requests(requests, failures),
  ]);
  return ['', words.lastRequests, ...clipped(rowsOf(rows), text)];
}

function outcomeIn({ kind, status, code }: LastRequestLine['outcome'], text: Text): string {
  if (kind === 'answered') return String(status);
  if (kind === 'failed') return code;
  const { outcomes } = text.cliRun.status;
  return Object.entries(outcomes).find(([name]) => name === kind)?.[1] ?? kind;
}

function failureLines({ failures }: StatusView): readonly string[] {
  return rowsOf(
    failures.map(({ at, target, code, sentence }) => [
      timeOf(at),
      target === null ? '-' : authorityOf(target),
      code,
      sentence,
    ]),
  );
}

function clipped(lines: readonly string[], text: Text): readonly string[] {
  if (lines.length <= SHOWN) return lines;
  return [...lines.slice(0, SHOWN), `  ${text.cliRun.status.more(lines.length - SHOWN)}`];
}

/** A state that only a newer version knows is shown by its own name. */
function stateIn(state: string, text: Text): string {
  const { states } = text.cliRun.status;
  return Object.entries(states).find(([name]) => name === state)?.[1] ?? state;
}

/** Cells under one another, two spaces apart. */
function rowsOf(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => columns(row[column] ?? ''))));
  return rows.map((row) => `  ${row.map((cell, column) => padded(cell, widths[column] ?? 0)).join('  ')}`.trimEnd());
}

function timeOf(at: number): string {
  const date = new Date(at);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** Milliseconds; a busy machine may need some. */
const TIMEOUT = 3_000;

interface Output {
  write(text: string): unknown;
}

/**
 * Asks the running instance, by its control socket, else by the port, and prints what it says. Resolves with the exit status:
 * 0 if it runs and told, else 1.
 */
export async function reportStatus(
  command: Command & { readonly kind: 'status' },
  out: Output,
  err: Output,
): Promise<0 | 1> {
  const text = textIn(command.language);
  const told = await snapshotOf(command, text);
  if (typeof told === 'string') {
    err.write(`mcp-gangway: ${told}\n`);
    return 1;
  }
  out.write(command.json ? jsonText(told) : statusReport(told, Date.now(), text));
  return 0;
}

/**
 * Starts, stops or restarts one server of the running instance, by its control socket: the port offers no such thing, whatever
 * token is shown. Resolves with the exit status: 0 when it is done, else 1.
 */
export async function runServerCommand(
  command: Command & { readonly kind: 'server' },
  out: Output,
  err: Output,
): Promise<0 | 1> {
  const { action, server, port } = command;
  const text = textIn(command.language);
  const words = text.cliRun.server;
  const fail = (sentence: string): 1 => {
    err.write(`mcp-gangway: ${sentence}\n`);
    return 1;
  };
  const found = await findNamed(command, thisPerson());
  if (found.kind !== 'found') return fail(troubleOf(found, text) ?? words.noInstance(port));
  try {
    await found.client.request(`servers.${action}`, { server });
    out.write(`${words.done[action](server)}\n`);
    return 0;
  } catch (error) {
    return fail(error instanceof ControlFault ? error.message : text.cliRun.status.broke);
  } finally {
    found.client.close();
  }
}

/** The snapshot; a sentence when there is none. */
async function snapshotOf(named: InstanceOptions, text: Text): Promise<object | string> {
  const person = thisPerson();
  const found = await findNamed(named, person);
  if (found.kind === 'found') {
    try {
      const snapshot = await found.client.request('status');
      return isObject(snapshot) ? snapshot : {};
    } catch (error) {
      return error instanceof ControlFault ? error.message : text.cliRun.status.broke;
    } finally {
      found.client.close();
    }
  }
  const trouble = troubleOf(found, text);
  if (trouble !== null && found.kind !== 'none') return trouble;
  const told = await askPort(named, addressFor(named, readAnnouncement(appFolder(person))), text);
  return typeof told === 'string' && trouble !== null ? inARow(told, trouble) : told;
}

async function askPort(
  named: InstanceOptions,
  address: ReturnType<typeof addressFor>,
  text: Text,
): Promise<object | string> {
  const words = text.cliRun.status;
  const reply = await askGangway({ ...address, path: '/status', timeout: TIMEOUT });
  switch (reply.kind) {
    case 'page':
      return reply.body;
    case 'token-required':
      if (address.token !== null) return words.tokenWrong;
      return named.token === null ? words.tokenNeeded : words.tokenWithAddress;
    case 'other-program':
      return (reply.silent ? words.silent : words.stranger)(authorityOf(address));
    case 'no-listener':
      if (reply.code === 'ECONNREFUSED') return words.notRunning(authorityOf(address));
      return words.unreachable(authorityOf(address), reply.code);
    default:
      return reply satisfies never;
  }
}
