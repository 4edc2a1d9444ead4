import type { Answer, CompatClient, Route } from './client.ts';
import { familyOf, leftOf } from './family.ts';

/** A call that changes nothing and needs no network. */
export interface Call {
  readonly tool: string;
  readonly args?: Readonly<Record<string, unknown>>;
}

/** What a server was asked, and what came back. Everything in it can be compared as JSON. */
export interface Findings {
  readonly hello: Answer;
  readonly tools: Answer;
  readonly prompts: Answer;
  readonly resources: Answer;
  readonly templates: Answer;
  readonly call: Answer;
  readonly cancel: {
    /** Whether the withdrawn request was answered all the same; null where the call is too short to withdraw. */
    readonly answered: boolean | null;
    /** The list of tools, asked for right after it. */
    readonly next: Answer;
  };
  readonly close: { readonly how: string; readonly gone: boolean };
  /** The answers to one call of each of two clients at a time. */
  readonly two: readonly [Answer, Answer];
  readonly kill: {
    /** What the client of the process that was killed saw of it. */
    readonly told: string;
    /** The list of tools of the client beside it, and of the next that comes. */
    readonly other: Answer;
    readonly next: Answer;
  };
}

/** The part that needs one client and changes nothing. */
export type Asked = Pick<Findings, 'hello' | 'tools' | 'prompts' | 'resources' | 'templates' | 'call'>;

const LISTS = {
  tools: 'tools/list',
  prompts: 'prompts/list',
  resources: 'resources/list',
  templates: 'resources/templates/list',
} as const;

/** What a client is told that hears nothing. */
export const NOTHING = 'nothing';
/** How long a request may stay unanswered after its withdrawal until it counts as withdrawn, in milliseconds. */
const WITHDRAWN = 1_500;
const TOLD_WITHIN = 10_000;

/** Asks the server by this route what a client may ask it, and takes its processes away. */
export async function examine(route: Route, call: Call, slow: Call | undefined): Promise<Findings> {
  const client = await route.open();
  const asked = await askAll(client, call);
  const cancel = await cancelled(client, call, slow);
  const close = await closed(client, route.name === 'stateless');
  return { ...asked, cancel, close, ...(await twoAndKill(route, call, slow)) };
}

/** What a client asks before it does anything: enough to see which answers differ from one process to the next. */
export async function look(route: Route, call: Call): Promise<Asked> {
  const client = await route.open();
  try {
    return await askAll(client, call);
  } finally {
    await client.close();
  }
}

async function askAll(client: CompatClient, call: Call): Promise<Asked> {
  return {
    hello: client.hello,
    tools: await listOf(client, LISTS.tools),
    prompts: await listOf(client, LISTS.prompts),
    resources: await listOf(client, LISTS.resources),
    templates: await listOf(client, LISTS.templates),
    call: await attempt(callOf(client, call)),
  };
}

async function cancelled(client: CompatClient, call: Call, slow: Call | undefined): Promise<Findings['cancel']> {
  const { answer, cancel } = client.send('tools/call', paramsOf(slow ?? call));
  // Where the connection itself is the withdrawal, its end is no answer.
  const withdrawn = answer.then(
    () => true,
    () => false,
  );
  if (slow) await sleep(300);
  await cancel();
  const answered = slow ? await Promise.race([withdrawn, sleep(WITHDRAWN).then(() => false)]) : null;
  return { answered, next: await listOf(client, LISTS.tools) };
}

async function closed(client: CompatClient, processesStay: boolean): Promise<Findings['close']> {
  const pids = familyOf(client.pids);
  const how = await client.close();
  if (processesStay) return { how, gone: true };
  return { how, gone: (await leftOf(pids)).length === 0 };
}

async function twoAndKill(route: Route, call: Call, slow: Call | undefined): Promise<Pick<Findings, 'two' | 'kill'>> {
  const first = await route.open();
  const second = await route.open();
  const two = await Promise.all([attempt(callOf(first, call)), attempt(callOf(second, call))]);
  const waiting = slow && toldBy(callOf(first, slow));
  if (slow) await sleep(300);
  const { pids } = first;
  for (const pid of pids) kill(pid);
  await Promise.all(pids.map((pid) => reaped(pid)));
  const told = await within(TOLD_WITHIN, waiting ?? toldBy(first.request('tools/list')));
  const other = await listOf(second, LISTS.tools);
  const third = await attemptTo(() => route.open());
  const next = 'error' in third ? third : await listOf(third, LISTS.tools);
  await Promise.allSettled([first.close(), second.close(), 'close' in third ? third.close() : third]);
  return { two, kill: { told, other, next } };
}

/** Some servers allow one process of themselves and have ended the first by now. */
function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/**
 * Until its parent has noticed that a process was killed. Before, a program that it started, and that holds its pipes, may still
 * answer one client and owe the next one its answer.
 */
async function reaped(pid: number): Promise<void> {
  const deadline = performance.now() + TOLD_WITHIN;
  while (performance.now() < deadline) {
    try {
      process.kill(pid, 0);
    } catch {
      // ESRCH: there is none any more, not even a zombie.
      return;
    }
    await sleep(10);
  }
}

async function toldBy(answer: Promise<Answer>): Promise<string> {
  const { error } = await attempt(answer);
  if (error === undefined) return 'an answer';
  return typeof error === 'string' ? error : JSON.stringify(error);
}

/** All pages of a list as one. */
async function listOf(client: CompatClient, method: string): Promise<Answer> {
  const pages: unknown[] = [];
  let cursor: unknown;
  do {
    const answer = await attempt(client.request(method, cursor === undefined ? {} : { cursor }));
    if (answer.error !== undefined) return answer;
    pages.push(answer.result);
    cursor = Object(answer.result).nextCursor;
  } while (cursor !== undefined && pages.length < 100);
  return { result: pages.length === 1 ? pages[0] : pages };
}

function callOf(client: CompatClient, call: Call): Promise<Answer> {
  return client.request('tools/call', paramsOf(call));
}

function paramsOf({ tool, args = {} }: Call): object {
  return { name: tool, arguments: args };
}

/** A connection that fails is a finding, too. */
async function attempt(answer: Promise<Answer>): Promise<Answer> {
  return attemptTo(() => answer);
}

async function attemptTo<Value>(open: () => Promise<Value>): Promise<Value | { readonly error: string }> {
  try {
    return await open();
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

async function within(patience: number, told: Promise<string>): Promise<string> {
  return Promise.race([told, sleep(patience).then(() => NOTHING)]);
}

function sleep(duration: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, duration));
}
