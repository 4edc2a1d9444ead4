import type { ClientRequest } from 'electron';
import { UpdateError } from '../app/update/index.ts';

/** The options of a request as electron-updater hands them from one redirect to the next: a new object each time. */
type Options = object;

/** What electron-updater's HTTP executor does with each request, as far as it is replaced here (builder-util-runtime 9.7). */
export interface Executor {
  addErrorAndTimeoutHandlers(request: ClientRequest, reject: (error: Error) => void, timeout?: number): void;
  addRedirectHandlers(
    request: ClientRequest,
    options: Options,
    reject: (error: Error) => void,
    redirectCount: number,
    follow: (options: Options) => void,
  ): void;
}

/** Finds the options of the next request: a static method of the executor's class. */
export type Redirected = (url: string, options: Options) => Options;

/** Without a byte, of the answer or of what follows, in milliseconds. */
const SILENCE_MS = 30_000;
/** As many as Chromium's fetch allows. */
const MOST_REDIRECTS = 20;

/**
 * The limits that electron-updater 6.8.10 lacks in Electron: its time-out waits for an event that Electron's requests do not have, its
 * counter of redirects is never counted up, and nothing can cancel a check. A check without an end would be the answer to every
 * later one, as they are made one. So each request has a deadline and a count of redirects here, and belongs to the task of the
 * moment, with which it ends.
 */
export class RequestLimits {
  readonly #redirects = new WeakMap<Options, number>();
  #task: AbortSignal | null = null;

  /** From now on the executor goes by these limits. */
  apply(executor: Executor, redirected: Redirected): void {
    executor.addErrorAndTimeoutHandlers = (request, reject) => this.#watch(request, reject);
    executor.addRedirectHandlers = (request, options, reject, _count, follow) =>
      this.#followRedirects(request, options, reject, (url) => {
        const next = redirected(url, options);
        this.#redirects.set(next, (this.#redirects.get(options) ?? 0) + 1);
        follow(next);
      });
  }

  /** Does some work whose requests end when the signal aborts. */
  async during<Result>(task: AbortSignal, work: () => Promise<Result>): Promise<Result> {
    this.#task = task;
    try {
      return await work();
    } catch (error) {
      // electron-updater says "cancelled"; the signal says why.
      throw task.aborted ? reasonIn(task) : error;
    } finally {
      this.#task = null;
    }
  }

  #watch(request: ClientRequest, reject: (error: Error) => void): void {
    const task = this.#task;
    const fail = (error: Error): void => {
      over();
      request.abort();
      reject(error);
    };
    const silent = (): void => fail(new UpdateError('timeout', `Nothing came for ${SILENCE_MS / 1000} s`));
    let timer = setTimeout(silent, SILENCE_MS).unref();
    const stop = (): void => fail(reasonIn(task));
    const over = (): void => {
      clearTimeout(timer);
      task?.removeEventListener('abort', stop);
    };
    const more = (): void => {
      clearTimeout(timer);
      timer = setTimeout(silent, SILENCE_MS).unref();
    };
    if (task?.aborted === true) queueMicrotask(stop);
    else task?.addEventListener('abort', stop, { once: true });
    request.on('error', (error) => {
      over();
      reject(error);
    });
    // A request that is redirected is aborted, and another one takes its place.
    request.on('redirect', over);
    request.on('abort', over);
    // electron-updater has begun to read by then: its listener was there first.
    request.on('response', (response) => {
      more();
      response.on('data', more);
      response.on('end', over);
      const cut = (): void => fail(new UpdateError('interrupted', 'The answer was cut off'));
      response.on('error', cut);
      response.on('aborted', cut);
    });
  }

  #followRedirects(
    request: ClientRequest,
    options: Options,
    reject: (error: Error) => void,
    follow: (url: string) => void,
  ): void {
    request.on('redirect', (_status, _method, url) => {
      request.abort();
      if ((this.#redirects.get(options) ?? 0) < MOST_REDIRECTS) follow(url);
      else reject(new UpdateError('redirects', `More than ${MOST_REDIRECTS} redirects`));
    });
  }
}

function reasonIn(task: AbortSignal | null): Error {
  const reason: unknown = task?.reason;
  return reason instanceof Error ? reason : new UpdateError('interrupted', 'It was stopped');
}
