import { execFileSync } from 'node:child_process';
import type { LookupAddress } from 'node:dns';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Lookup, Resolver } from '../../../app/dial/resolve.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

type Answer = Parameters<Lookup>[1];

/** A resolver of the system whose answers the test gives. */
function system(slots = 8) {
  const asked: string[] = [];
  const open = new Map<string, Answer>();
  const resolver = new Resolver(
    (host, done) => {
      asked.push(host);
      open.set(host, done);
    },
    () => performance.now(),
    slots,
  );
  const take = (host: string): Answer => {
    const done = open.get(host);
    if (done === undefined) throw new Error(`${host} is not being looked up`);
    open.delete(host);
    return done;
  };
  return {
    resolver,
    asked,
    /** What a request for `host` has been told so far. */
    ask(host: string) {
      const told: (string | undefined)[] = [];
      const leave = resolver.resolve(host, (error, addresses) => {
        told.push(error?.code ?? addresses.map(({ address }: LookupAddress) => address).join(' '));
      });
      return { told, leave };
    },
    answer: (host: string, address: string) => take(host)(null, [{ address, family: 4 }]),
    fail: (host: string, code: string) => take(host)(Object.assign(new Error(code), { code }), []),
  };
}

describe('a name that was looked up', () => {
  it('serves for ten seconds, and is asked for again then', () => {
    const { ask, answer, asked } = system();
    ask('nas.lan');
    answer('nas.lan', '192.0.2.1');
    vi.advanceTimersByTime(9_999);
    expect(ask('NAS.lan').told).toEqual(['192.0.2.1']);
    vi.advanceTimersByTime(1);
    const again = ask('nas.lan');
    answer('nas.lan', '192.0.2.2');
    expect(again.told).toEqual(['192.0.2.2']);
    expect(asked).toEqual(['nas.lan', 'nas.lan']);
  });

  it('serves with its last address while the resolver is slow, and for every later request at once', () => {
    const { ask, answer } = system();
    ask('nas.lan');
    answer('nas.lan', '192.0.2.1');
    vi.advanceTimersByTime(60_000);
    const first = ask('nas.lan');
    expect(first.told).toEqual([]);
    vi.advanceTimersByTime(200);
    expect(first.told).toEqual(['192.0.2.1']);
    expect(ask('nas.lan').told).toEqual(['192.0.2.1']);
    answer('nas.lan', '192.0.2.2');
    expect(first.told).toEqual(['192.0.2.1']);
    expect(ask('nas.lan').told).toEqual(['192.0.2.2']);
  });

  it('serves with its last address when the resolver has no answer, for an hour at most', () => {
    const { ask, answer, fail } = system();
    ask('nas.lan');
    answer('nas.lan', '192.0.2.1');
    vi.advanceTimersByTime(60_000);
    const second = ask('nas.lan');
    fail('nas.lan', 'EAI_AGAIN');
    expect(second.told).toEqual(['192.0.2.1']);
    expect(ask('nas.lan').told).toEqual(['192.0.2.1']);
    vi.advanceTimersByTime(3_600_000);
    const late = ask('nas.lan');
    fail('nas.lan', 'EAI_AGAIN');
    expect(late.told).toEqual(['EAI_AGAIN']);
  });

  it('is forgotten when the resolver says that there is none', () => {
    const { ask, answer, fail } = system();
    ask('nas.lan');
    answer('nas.lan', '192.0.2.1');
    vi.advanceTimersByTime(60_000);
    const gone = ask('nas.lan');
    fail('nas.lan', 'ENOTFOUND');
    expect(gone.told).toEqual(['ENOTFOUND']);
  });

  it('is forgotten in another network, with the answers that still come from the old one', () => {
    const { ask, answer, resolver, asked } = system();
    const old = ask('nas.lan');
    resolver.forget();
    answer('nas.lan', '192.0.2.1');
    expect(old.told).toEqual(['192.0.2.1']);
    expect(ask('nas.lan').told).toEqual([]);
    expect(asked).toHaveLength(2);
  });
});

describe('a failed look-up', () => {
  it.each(['ENOTFOUND', 'EAI_AGAIN'])('is remembered for three seconds (%s)', (code) => {
    const { ask, fail, asked } = system();
    const first = ask('nas.lan');
    fail('nas.lan', code);
    expect(first.told).toEqual([code]);
    vi.advanceTimersByTime(2_999);
    expect(ask('nas.lan').told).toEqual([code]);
    expect(asked).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(ask('nas.lan').told).toEqual([]);
    expect(asked).toHaveLength(2);
  });
});

describe('names whose servers are dead', () => {
  it('leave threads for names that are known', () => {
    const { ask, answer, asked } = system(8);
    ask('nas.lan');
    answer('nas.lan', '192.0.2.1');
    vi.advanceTimersByTime(60_000);
    for (let name = 0; name < 100; name++) ask(`dead${name}.corp`);
    ask('nas.lan');
    expect(asked.filter((name) => name.startsWith('dead'))).toHaveLength(7);
    answer('nas.lan', '192.0.2.2');
    expect(ask('nas.lan').told).toEqual(['192.0.2.2']);
  });

  it('get half of the threads at most once they have timed out: a new name need not wait', () => {
    const { ask, fail, answer, asked } = system(8);
    const names = Array.from({ length: 8 }, (_, name) => `dead${name}.corp`);
    for (const name of names) ask(name);
    for (const name of names) fail(name, 'EAI_AGAIN');
    vi.advanceTimersByTime(5_000);
    asked.length = 0;
    for (const name of names) ask(name);
    expect(asked).toHaveLength(4);
    const fresh = ask('fresh.lan');
    answer('fresh.lan', '192.0.2.1');
    expect(fresh.told).toEqual(['192.0.2.1']);
  });

  it('are looked up in turn, and not at all when their clients have left', () => {
    const { ask, fail, asked } = system(1);
    ask('a.corp');
    const left = ask('b.corp');
    ask('c.corp');
    left.leave();
    expect(asked).toEqual(['a.corp']);
    fail('a.corp', 'EAI_AGAIN');
    expect(asked).toEqual(['a.corp', 'c.corp']);
    expect(left.told).toEqual([]);
  });

  it('are one look-up for all who ask, of whom one may leave', () => {
    const { ask, answer, asked } = system();
    const [one, two] = [ask('nas.lan'), ask('nas.lan')];
    one.leave();
    answer('nas.lan', '192.0.2.1');
    expect([one.told, two.told, asked]).toEqual([[], ['192.0.2.1'], ['nas.lan']]);
  });
});

it.each(['localhost', 'LOCALHOST.', 'app.localhost', 'a.b.localhost.'])(
  '%s is both loopbacks, without a look-up',
  (name) => {
    const { ask, asked } = system();
    expect(ask(name).told).toEqual(['::1 127.0.0.1']);
    expect(asked).toEqual([]);
  },
);

it.each(['mylocalhost', 'localhost.lan', 'xlocalhost.'])('%s is a name like any other', (name) => {
  const { ask, asked } = system();
  ask(name);
  expect(asked).toEqual([name]);
});

it.each([
  ['none', null, 128],
  ['32', '32', 16],
])(
  'the pool is made wide enough, children do not inherit that, and a size of the user is kept (%s given)',
  (_, given, slots) => {
    const module = join(import.meta.dirname, '../../../app/base/thread-pool.ts');
    const code = `
    const { startThreadPool, widenThreadPool, withoutOwnPoolSize } = await import(${JSON.stringify(module)});
    const slots = widenThreadPool(process.env, process.platform);
    const inherited = withoutOwnPoolSize(process.env).UV_THREADPOOL_SIZE ?? null;
    startThreadPool(process.env);
    const { readFileSync, existsSync } = await import('node:fs');
    const threads = existsSync('/proc/self/status') ? Number(/Threads:\\s+(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) : null;
    console.log(JSON.stringify({ slots, threads, inherited, size: process.env.UV_THREADPOOL_SIZE ?? null }));`;
    const { UV_THREADPOOL_SIZE: _own, ...env } = process.env;
    const out = execFileSync(process.execPath, ['--input-type=module', '-e', code], {
      env: given === null ? env : { ...env, UV_THREADPOOL_SIZE: given },
      encoding: 'utf8',
    });
    const seen = JSON.parse(out) as {
      slots: number;
      threads: number | null;
      inherited: string | null;
      size: string | null;
    };
    // A machine with tight limits keeps libuv's own four.
    expect([slots, 2]).toContain(seen.slots);
    expect([seen.inherited, seen.size]).toEqual([given, given]);
    if (seen.slots === 128 && seen.threads !== null) expect(seen.threads).toBeGreaterThan(256);
  },
);
