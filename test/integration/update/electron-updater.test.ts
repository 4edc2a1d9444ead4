import { EventEmitter } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type FailureReason, reasonOf, UpdateError, Updates } from '../../../app/update/index.ts';
import { redirectElectron } from '../../electron-host/boot/electron-import.ts';
import { AutoUpdater } from '../../electron-host/electron/auto-updater.ts';
import { net } from '../../electron-host/electron/net.ts';
import { rememberingLog } from '../../support/quiet-log.ts';
import { type FeedAnswer, UpdateFeed } from '../../support/update-feed.ts';

// electron-updater as it is, on the stand-in's network and Squirrel, against a feed on loopback.
const home = mkdtempSync(path.join(tmpdir(), 'gangway-update-'));
const resources = path.join(home, 'MCP Gangway.app', 'Contents', 'Resources');
const pending = path.join(home, 'Library', 'Caches', 'mcp-gangway-updater', 'pending');
const installed: Buffer[] = [];
const squirrel = new AutoUpdater((archive) => installed.push(archive));
const electron = {
  app: Object.assign(new EventEmitter(), {
    isPackaged: true,
    name: 'MCP Gangway',
    getName: () => 'MCP Gangway',
    getVersion: (): string => '0.2.0',
    getPath: (name: string) => (name === 'home' ? home : path.join(home, name)),
    getAppPath: () => home,
    whenReady: async () => undefined,
    isReady: () => true,
    quit: () => undefined,
    relaunch: () => undefined,
  }),
  autoUpdater: squirrel,
  net,
  session: { fromPartition: () => ({}) },
};

/** Imported once `electron` is the stand-in. */
let createUpdateSource: typeof import('../../../main/update-source.ts').createUpdateSource;

const before = { platform: process.platform, home: process.env['HOME'] };
const feed = new UpdateFeed();
const never = new AbortController().signal;
const silent: FeedAnswer = () => undefined;

beforeAll(async () => {
  redirectElectron(electron);
  Object.defineProperty(process, 'platform', { value: 'darwin' });
  Object.defineProperty(process, 'resourcesPath', { value: resources, configurable: true });
  process.env['HOME'] = home;
  ({ createUpdateSource } = await import('../../../main/update-source.ts'));
  await feed.open();
  feed.writeConfig(resources);
});

afterAll(() => {
  feed.close();
  Object.defineProperty(process, 'platform', { value: before.platform });
  process.env['HOME'] = before.home;
  rmSync(home, { recursive: true, force: true });
});

const asItIs = feed.offer;

beforeEach(() => {
  feed.answer = feed.serve;
  feed.offer = asItIs;
  feed.asked.length = 0;
  feed.headers.length = 0;
  squirrel.refusal = null;
  squirrel.staged = null;
});

afterEach(() => rmSync(path.dirname(pending), { recursive: true, force: true }));

function newSource() {
  const source = createUpdateSource(rememberingLog().log);
  if (source === null) throw new Error('There is a feed');
  return source;
}

/** How a step ends that must not succeed. */
function failure(work: Promise<unknown>): Promise<FailureReason> {
  return work.then(
    (value) => Promise.reject(new Error(`It succeeded with ${JSON.stringify(value)}`)),
    (error: unknown) => reasonOf(error),
  );
}

/** Answers for the archive in place of the feed; latest-mac.yml is as it should be. */
function forArchive(answer: FeedAnswer): FeedAnswer {
  return (request, response) => (request.url?.includes('.zip') === true ? answer : feed.serve)(request, response);
}

describe('A check with electron-updater', () => {
  it('finds a newer version and what is new in it', async () => {
    expect(await newSource().latest(never)).toEqual({
      version: '99.0.0',
      notes: [
        { kind: 'heading', text: 'Added' },
        { kind: 'item', text: 'A new thing that helps.' },
        { kind: 'heading', text: 'Fixed' },
        { kind: 'item', text: 'An old thing.' },
      ],
    });
  });

  it('sends nothing that tells this copy from others', async () => {
    await newSource().latest(never);
    const [{ 'x-user-staging-id': id, 'user-agent': agent, cookie } = {}] = feed.headers;
    expect({ id, agent, cookie }).toEqual({ id: 'none', agent: 'electron-builder', cookie: undefined });
  });

  it.each(['0.2.0', '0.1.0'])('finds nothing where the feed has version %s', async (version) => {
    feed.offer = { ...asItIs, version };
    expect(await newSource().latest(never)).toBeNull();
  });

  it('is offered a version for testers by a plain feed, which the policy does not take', async () => {
    feed.offer = { ...asItIs, version: '0.3.0-beta.1' };
    const source = newSource();
    expect(await source.latest(never)).toMatchObject({ version: '0.3.0-beta.1' });
    const updates = new Updates({
      running: '0.2.0',
      source,
      hasPage: false,
      installation: async () => ({ place: 'replaceable', version: null }),
      memory: { read: () => ({ checkedAt: null, told: null, dismissed: null }), write: () => undefined },
      isAutomatic: () => true,
      install: async () => undefined,
      relaunch: async () => undefined,
      announce: () => undefined,
      clock: { now: () => 0, after: () => () => undefined },
      log: rememberingLog().log,
    });
    await updates.act('check');
    expect(updates.view()).toMatchObject({ state: { kind: 'idle' }, failure: null });
  });

  it.each<readonly [string, FailureReason, FeedAnswer]>([
    [
      'a page of a captive portal',
      'not-a-feed',
      (_request, response) => response.end('<html><body>Sign in</body></html>'),
    ],
    ['nothing at all', 'not-a-feed', (_request, response) => response.end()],
    ['404', 'no-release', (_request, response) => response.writeHead(404).end()],
    ['403', 'server', (_request, response) => response.writeHead(403).end('rate limit')],
    [
      'a half answer',
      'interrupted',
      (_request, response) => {
        response.writeHead(200, { 'Content-Length': 1000 }).write('version: 9');
        setImmediate(() => response.destroy());
      },
    ],
    ['a closed connection', 'interrupted', (request) => request.socket.destroy()],
    [
      'redirects without an end',
      'redirects',
      ({ url = '' }, response) => response.writeHead(302, { Location: `${url.split('?')[0]}?${Math.random()}` }).end(),
    ],
  ])('says why it failed when the feed answers with %s', async (_what, reason, answer) => {
    feed.answer = answer;
    expect(await failure(newSource().latest(never))).toBe(reason);
    expect(feed.asked.length).toBeLessThan(30);
  });

  it('follows as many redirects as a browser does', async () => {
    let left = 20;
    feed.answer = (request, response) =>
      left-- > 0
        ? response.writeHead(302, { Location: `/latest-mac.yml?${left}` }).end()
        : feed.serve(request, response);
    expect(await newSource().latest(never)).toMatchObject({ version: '99.0.0' });
  });

  it('ends at its deadline when the feed is silent, and the next one gets an answer of its own', async () => {
    const source = newSource();
    feed.answer = silent;
    const deadline = new AbortController();
    const check = failure(source.latest(deadline.signal));
    await expect.poll(() => feed.asked.length).toBe(1);
    deadline.abort(new UpdateError('timeout', 'No answer'));
    expect(await check).toBe('timeout');
    feed.answer = feed.serve;
    expect(await source.latest(never)).toMatchObject({ version: '99.0.0' });
  });
});

describe('A download with electron-updater', () => {
  it('hands the archive over to the system, to the last byte, and tells how far it is', async () => {
    const source = newSource();
    await source.latest(never);
    const seen: number[] = [];
    await source.download(never, (percent) => seen.push(percent));
    expect(squirrel.staged?.equals(feed.archive)).toBe(true);
    expect(Math.max(...seen)).toBe(100);
    source.quitAndInstall();
    expect(installed.at(-1)?.equals(feed.archive)).toBe(true);
  });

  it.each<readonly [string, FailureReason, FeedAnswer]>([
    ['is another one than was published', 'damaged', (_request, response) => response.end(Buffer.alloc(300_000))],
    [
      'is cut off in the middle',
      'interrupted',
      (_request, response) => {
        response.writeHead(200, { 'Content-Length': 300_000 }).write(Buffer.alloc(100_000));
        setTimeout(() => response.destroy(), 20);
      },
    ],
    ['is not there', 'no-file', (_request, response) => response.writeHead(404).end()],
    [
      'is redirected without an end',
      'redirects',
      ({ url = '' }, response) => response.writeHead(302, { Location: `${url.split('?')[0]}?${Math.random()}` }).end(),
    ],
  ])('fails when the archive %s, and succeeds at the next try', async (_what, reason, answer) => {
    const source = newSource();
    await source.latest(never);
    feed.answer = forArchive(answer);
    expect(await failure(source.download(never, () => undefined))).toBe(reason);
    expect(squirrel.staged).toBeNull();
    expect(feed.asked.length).toBeLessThan(30);
    feed.answer = feed.serve;
    await source.download(never, () => undefined);
    expect(squirrel.staged?.equals(feed.archive)).toBe(true);
  });

  it('fails when the feed has no archive for a Mac', async () => {
    feed.offer = { ...asItIs, file: 'mcp-gangway-99.0.0-universal.dmg' };
    const source = newSource();
    await source.latest(never);
    expect(await failure(source.download(never, () => undefined))).toBe('no-file');
  });

  it('can be stopped while nothing comes', async () => {
    const source = newSource();
    await source.latest(never);
    feed.answer = forArchive(
      (_request, response) => void response.writeHead(200, { 'Content-Length': 300_000 }).write('PK'),
    );
    const stop = new AbortController();
    const download = failure(source.download(stop.signal, () => undefined));
    await expect.poll(() => feed.asked.length).toBe(2);
    stop.abort(new UpdateError('interrupted', 'It was stopped'));
    expect(await download).toBe('interrupted');
  });

  it('is not over before the system has checked the signature', async () => {
    const source = newSource();
    await source.latest(never);
    squirrel.refusal = 'Code signature at URL file:///x did not pass validation';
    expect(await failure(source.download(never, () => undefined))).toBe('signature');
  });
});

describe('What the system says later', () => {
  it('reaches the policy, and is no uncaught error', async () => {
    const source = newSource();
    await source.latest(never);
    const told: unknown[] = [];
    source.onFailure((error) => told.push(reasonOf(error)));
    squirrel.fire('error', new Error('Cannot update while running on a read-only volume'));
    expect(told).toEqual(['read-only']);
  });
});

describe('The cache of downloads', () => {
  it('is empty again once its version runs', async () => {
    const source = newSource();
    await source.latest(never);
    await source.download(never, () => undefined);
    expect(readdirSync(pending).sort()).toEqual(['mcp-gangway-99.0.0-universal.zip', 'update-info.json']);
    await source.cleanUp();
    expect(readdirSync(pending)).toHaveLength(2);
    vi.spyOn(electron.app, 'getVersion').mockReturnValue('99.0.0');
    await newSource().cleanUp();
    expect(readdirSync(pending)).toEqual([]);
    vi.restoreAllMocks();
  });

  it('need not be there', async () => {
    expect(existsSync(pending)).toBe(false);
    await expect(newSource().cleanUp()).resolves.toBeUndefined();
  });
});

describe('A copy without a feed', () => {
  it('has no updater', () => {
    rmSync(path.join(resources, 'app-update.yml'));
    expect(createUpdateSource(rememberingLog().log)).toBeNull();
    feed.writeConfig(resources);
  });
});
