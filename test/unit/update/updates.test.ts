import { beforeEach, describe, expect, it } from 'vitest';
import type { UpdateRecord } from '../../../app/base/records.ts';
import {
  CHECK_MS,
  FIRST_LOOK_MS,
  type Installation,
  LOOK_MS,
  type Release,
  SILENCE_MS,
  UpdateError,
  Updates,
  type UpdatesOptions,
} from '../../../app/update/index.ts';
import { rememberingLog } from '../../support/quiet-log.ts';

const DAY = 24 * LOOK_MS;
const NEWS = [{ kind: 'item', text: 'A new thing.' }] as const;
const release = (version: string): Release => ({ version, notes: NEWS });

/** Time that goes on when it is told to; timers run in their order, whatever the time of day is set to. */
class FakeClock {
  #now = 0;
  #timeOfDay = 1_800_000_000_000;
  readonly #timers = new Set<{ readonly at: number; readonly run: () => void }>();

  now(): number {
    return this.#timeOfDay + this.#now;
  }

  setBack(milliseconds: number): void {
    this.#timeOfDay -= milliseconds;
  }

  after(milliseconds: number, run: () => void): () => void {
    const timer = { at: this.#now + milliseconds, run };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  async go(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds;
    for (;;) {
      const [next] = [...this.#timers].filter(({ at }) => at <= end).sort((one, other) => one.at - other.at);
      if (next === undefined) break;
      this.#timers.delete(next);
      this.#now = next.at;
      next.run();
      await settled();
    }
    this.#now = end;
  }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A source whose answers the test gives when it likes. */
class FakeSource {
  checks: PromiseWithResolvers<Release | null>[] = [];
  downloads: (PromiseWithResolvers<void> & {
    readonly signal: AbortSignal;
    readonly progress: (percent: number) => void;
  })[] = [];
  cleaned = 0;
  fail = (_error: unknown): void => undefined;

  latest(_signal: AbortSignal): Promise<Release | null> {
    const check = Promise.withResolvers<Release | null>();
    this.checks.push(check);
    return check.promise;
  }

  download(signal: AbortSignal, progress: (percent: number) => void): Promise<void> {
    const download = Promise.withResolvers<void>();
    this.downloads.push({ ...download, signal, progress });
    return download.promise;
  }

  onFailure(listener: (error: unknown) => void): void {
    this.fail = listener;
  }

  async cleanUp(): Promise<void> {
    this.cleaned++;
  }
}

let clock: FakeClock;
let source: FakeSource;
let record: UpdateRecord;
let told: string[];
let installed: PromiseWithResolvers<void>[];
let relaunched: number;
let installation: Installation;
let isAutomatic: boolean;

beforeEach(() => {
  clock = new FakeClock();
  source = new FakeSource();
  record = { checkedAt: null, told: null, dismissed: null };
  told = [];
  installed = [];
  relaunched = 0;
  installation = { place: 'replaceable', version: '0.2.0' };
  isAutomatic = true;
});

function updates(changes: Partial<UpdatesOptions> = {}): Updates {
  return new Updates({
    running: '0.2.0',
    source,
    hasPage: true,
    installation: async () => installation,
    memory: {
      read: () => record,
      write: (next) => {
        record = next;
      },
    },
    isAutomatic: () => isAutomatic,
    install: () => {
      const install = Promise.withResolvers<void>();
      installed.push(install);
      return install.promise;
    },
    relaunch: async () => {
      relaunched++;
    },
    announce: ({ version }) => void told.push(version),
    random: () => 0,
    clock,
    log: rememberingLog().log,
    ...changes,
  });
}

/** An app that knows of 0.3.0, found at the click of a person. */
async function withOffer(): Promise<Updates> {
  const app = updates();
  const check = app.act('check');
  source.checks.at(-1)?.resolve(release('0.3.0'));
  await check;
  return app;
}

async function withDownload(): Promise<Updates> {
  const app = await withOffer();
  const download = app.act('download');
  await settled();
  source.downloads.at(-1)?.resolve();
  await download;
  return app;
}

describe('Looking for a newer version', () => {
  it('begins minutes after the start, and goes on once a day', async () => {
    updates().start();
    await clock.go(FIRST_LOOK_MS - 1);
    expect(source.checks).toHaveLength(0);
    await clock.go(1);
    expect(source.checks).toHaveLength(1);
    source.checks[0]?.resolve(null);
    await settled();
    await clock.go(DAY - 1);
    expect(source.checks).toHaveLength(1);
    await clock.go(LOOK_MS);
    expect(source.checks).toHaveLength(2);
  });

  it('counts the day from the last answer, over a start of the app and a clock that was set back', async () => {
    record = { ...record, checkedAt: clock.now() - DAY / 2 };
    updates().start();
    await clock.go(DAY / 4);
    expect(source.checks).toHaveLength(0);
    clock.setBack(3 * DAY);
    await clock.go(LOOK_MS);
    expect(source.checks).toHaveLength(1);
  });

  it('does not happen by itself while its switch is off, and does at a click', async () => {
    isAutomatic = false;
    const app = updates();
    app.start();
    await clock.go(3 * DAY);
    expect(source.checks).toHaveLength(0);
    void app.act('check');
    expect(source.checks).toHaveLength(1);
  });

  it('is given up after 30 seconds without an answer, and can be tried again at once', async () => {
    const app = updates();
    const check = app.act('check');
    expect(app.view().state).toEqual({ kind: 'checking' });
    await clock.go(CHECK_MS);
    await check;
    expect(app.view()).toMatchObject({
      state: { kind: 'idle' },
      failure: { during: 'check', reason: 'timeout', asked: true },
    });
    void app.act('check');
    expect(source.checks).toHaveLength(2);
    expect(app.view()).toMatchObject({ state: { kind: 'checking' }, failure: null });
  });

  it('is one check for two clicks, and its failure is shown when one of them was a click', async () => {
    const app = updates();
    const first = app.check(false);
    const second = app.act('check');
    expect(source.checks).toHaveLength(1);
    source.checks[0]?.reject(new Error('net::ERR_INTERNET_DISCONNECTED'));
    await Promise.all([first, second]);
    expect(app.view().failure).toMatchObject({ reason: 'offline', asked: true });
  });

  it('that fails by itself is repeated after an hour, then less and less often, and is not in the way', async () => {
    const app = updates();
    app.start();
    await clock.go(FIRST_LOOK_MS);
    const hours: number[] = [];
    const from = clock.now();
    for (let hour = 0; hour < 48; hour++) {
      const before = source.checks.length;
      source.checks.at(-1)?.reject(new Error('getaddrinfo ENOTFOUND github.com'));
      await settled();
      await clock.go(LOOK_MS);
      if (source.checks.length > before) hours.push((clock.now() - from) / LOOK_MS);
    }
    expect(hours).toEqual([1, 3, 7, 15, 31]);
    expect(app.view().failure).toMatchObject({ asked: false });
  });

  it('finds a version, tells of it once, and of a newer one again', async () => {
    const app = updates();
    for (const version of ['0.3.0', '0.3.0', '0.4.0']) {
      const check = app.check(false);
      source.checks.at(-1)?.resolve(release(version));
      await check;
    }
    expect(told).toEqual(['0.3.0', '0.4.0']);
    expect(app.view().state).toEqual({ kind: 'available', release: release('0.4.0') });
    expect(record).toMatchObject({ told: '0.4.0', checkedAt: clock.now() });
  });

  it('shows what a person has asked for, without a notification', async () => {
    const app = await withOffer();
    expect(told).toEqual([]);
    expect(app.view().state).toEqual({ kind: 'available', release: release('0.3.0') });
  });

  it.each([
    ['an earlier version', '0.2.0', '0.1.9'],
    ['the same version', '0.2.0', '0.2.0'],
    ['a version for testers', '0.2.0', '0.3.0-beta.1'],
    ['what is no version', '0.2.0', 'latest'],
  ])('takes %s for nothing new, and cleans up', async (_what, running, offered) => {
    const app = updates({ running });
    const check = app.act('check');
    source.checks[0]?.resolve(release(offered));
    await check;
    expect(app.view()).toMatchObject({ state: { kind: 'idle' }, failure: null });
    expect(source.cleaned).toBe(1);
  });

  it('offers a version for testers to testers', async () => {
    const app = updates({ running: '0.3.0-beta.1' });
    const check = app.act('check');
    source.checks[0]?.resolve(release('0.3.0-beta.2'));
    await check;
    expect(app.view().state).toMatchObject({ kind: 'available' });
  });

  it('keeps a version that it has found when a later check fails', async () => {
    const app = await withOffer();
    const check = app.act('check');
    source.checks[1]?.reject(new Error('HTTP error'));
    await check;
    expect(app.view()).toMatchObject({ state: { kind: 'available' }, failure: { during: 'check' } });
  });

  it('says nothing and does nothing in a copy that has no feed', async () => {
    const app = updates({ source: null });
    app.start();
    await clock.go(3 * DAY);
    await app.act('check');
    expect(app.view()).toMatchObject({ hasFeed: false, state: { kind: 'idle' }, failure: null });
  });
});

describe('A version that is available', () => {
  it('is out of the way once it was dismissed, until the next one comes, over a start of the app as well', async () => {
    const app = await withOffer();
    await app.act('dismiss');
    expect(app.view().isDismissed).toBe(true);
    const later = updates();
    for (const [version, isDismissed] of [
      ['0.3.0', true],
      ['0.3.1', false],
    ] as const) {
      const check = later.check(false);
      source.checks.at(-1)?.resolve(release(version));
      await check;
      expect(later.view()).toMatchObject({ state: { kind: 'available' }, isDismissed });
    }
  });

  it('is shown again to who asks for it after it was dismissed', async () => {
    const app = await withOffer();
    await app.act('dismiss');
    const check = app.act('check');
    source.checks.at(-1)?.resolve(release('0.3.0'));
    await check;
    expect(app.view()).toMatchObject({ state: { kind: 'available' }, isDismissed: false });
    expect(record.dismissed).toBeNull();
  });

  it('is downloaded at a click alone, with its progress in whole per cent', async () => {
    const app = await withOffer();
    await clock.go(2 * DAY);
    expect(source.downloads).toHaveLength(0);
    const seen: unknown[] = [];
    app.subscribe(({ state }) => seen.push(state.kind === 'downloading' ? state.percent : state.kind));
    const download = app.act('download');
    await settled();
    for (const percent of [0.4, 12.2, 12.9, 100]) source.downloads[0]?.progress(percent);
    source.downloads[0]?.resolve();
    await download;
    expect(seen).toEqual([0, 12, 100, 'ready']);
  });

  it('can be stopped on its way, which is no failure', async () => {
    const app = await withOffer();
    const download = app.act('download');
    await settled();
    await app.act('cancel');
    await download;
    expect(source.downloads[0]?.signal.aborted).toBe(true);
    expect(app.view()).toMatchObject({ state: { kind: 'available' }, failure: null });
  });

  it('is given up when nothing comes for minutes, however long it takes as a whole', async () => {
    const app = await withOffer();
    const download = app.act('download');
    await settled();
    for (let percent = 1; percent < 10; percent++) {
      await clock.go(SILENCE_MS - 1);
      source.downloads[0]?.progress(percent);
    }
    expect(app.view().state).toMatchObject({ kind: 'downloading', percent: 9 });
    await clock.go(SILENCE_MS);
    await download;
    expect(app.view()).toMatchObject({
      state: { kind: 'available' },
      failure: { during: 'download', reason: 'timeout' },
    });
  });

  it.each(['translocated', 'read-only'] as const)('is not downloaded to a place that is %s', async (place) => {
    const app = await withOffer();
    installation = { ...installation, place };
    await app.act('download');
    expect(source.downloads).toHaveLength(0);
    expect(app.view()).toMatchObject({ place, state: { kind: 'available' } });
  });
});

describe('A version that is ready', () => {
  it('is installed at a click, once, and nothing is looked for meanwhile', async () => {
    const app = await withDownload();
    await app.act('check');
    expect(source.checks).toHaveLength(1);
    void app.act('install');
    void app.act('install');
    expect(installed).toHaveLength(1);
    expect(app.view().state).toMatchObject({ kind: 'installing' });
  });

  it('is available again when the system refuses its signature later', async () => {
    const app = await withDownload();
    source.fail(new Error('Code signature at URL file:///x did not pass validation'));
    expect(app.view()).toMatchObject({
      state: { kind: 'available' },
      failure: { during: 'install', reason: 'signature', asked: true },
    });
  });

  it('does not hide a failure of the installation', async () => {
    const app = await withDownload();
    const install = app.act('install');
    installed[0]?.reject(new Error('Cannot update while running on a read-only volume'));
    await install;
    expect(app.view().failure).toMatchObject({ during: 'install', reason: 'read-only' });
  });

  it('is not disturbed by an error that belongs to something else', async () => {
    const app = updates();
    source.fail(new Error('late'));
    expect(app.view().failure).toBeNull();
  });
});

describe('A newer version on the disk', () => {
  it('is noticed within the hour, and the app is started anew at a click', async () => {
    const app = updates();
    app.start();
    await clock.go(FIRST_LOOK_MS);
    source.checks[0]?.resolve(null);
    await settled();
    installation = { ...installation, version: '0.4.0' };
    await clock.go(LOOK_MS);
    expect(app.view().state).toEqual({ kind: 'replaced', version: '0.4.0' });
    await app.act('install');
    expect(relaunched).toBe(1);
    expect(installed).toHaveLength(0);
  });

  it.each([['0.2.0'], ['0.1.0'], [null]])('is not seen in %s', async (version) => {
    installation = { ...installation, version };
    const app = updates();
    await app.look();
    expect(app.view().state).toEqual({ kind: 'idle' });
  });

  it('takes the place of one that waits for the end of the app', async () => {
    const app = await withDownload();
    expect(app.view().state).toMatchObject({ kind: 'ready' });
    installation = { ...installation, version: '0.4.0' };
    await app.look();
    expect(app.view().state).toEqual({ kind: 'replaced', version: '0.4.0' });
    await app.act('install');
    expect(relaunched).toBe(1);
    expect(installed).toHaveLength(0);
  });

  it('does not interrupt a download', async () => {
    const app = await withOffer();
    void app.act('download');
    await settled();
    installation = { ...installation, version: '0.4.0' };
    await app.look();
    expect(app.view().state).toMatchObject({ kind: 'downloading' });
  });
});

describe('What is remembered', () => {
  it('need not be written: a full disk costs a second notification at most', async () => {
    const app = updates({
      memory: {
        read: () => record,
        write: () => {
          throw new Error('ENOSPC: no space left on device');
        },
      },
    });
    const check = app.check(false);
    source.checks[0]?.resolve(release('0.3.0'));
    await check;
    expect(told).toEqual(['0.3.0']);
    expect(app.view()).toMatchObject({ state: { kind: 'available' }, failure: null });
  });

  it('is not lost when a check is stopped by an error with a reason of its own', async () => {
    const app = updates();
    const check = app.act('check');
    source.checks[0]?.reject(new UpdateError('redirects', 'More than 20 redirects'));
    await check;
    expect(app.view().failure).toMatchObject({ reason: 'redirects', detail: 'More than 20 redirects' });
    expect(record.checkedAt).toBeNull();
  });
});
