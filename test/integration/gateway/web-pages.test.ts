import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type LaunchOptions, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { SPARE_PROCESSES, UNSEEN_PAGES } from '../../electron-host/chromium/flags.ts';
import { settings } from '../../electron-host/settings.ts';
import { describeInBrowser } from '../../electron-host/support/chromium.ts';
import { ECHO_SERVER, serverSetting } from '../../support/bridge-host.ts';
import { type Gangway, startGangway } from '../../support/gangway.ts';
import { hostileFile, startHostileSite, startTap, startUnguarded } from '../../support/hostile-pages.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { until } from '../../support/until.ts';

/** What the script of the hostile page offers to tests; see there. */
declare global {
  var attack: (base: string) => Promise<{ readonly names: readonly string[]; readonly readable: readonly string[] }>;
  var load: (tag: string, src: string) => Promise<void>;
  var readAll: (paths: readonly string[]) => Promise<readonly string[]>;
  var bothTransports: (base: string) => Promise<object>;
}

const INITIALIZE = {
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'page', version: '0' } },
};
/** Names that only this Chromium knows; each is this machine. */
const NAMES = ['evil.test', 'rebound.test', 'allowed.test'];

function launchOptions(...flags: readonly string[]): LaunchOptions {
  return {
    executablePath: settings.browser,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      // Processes less: of what a browser costs to start, a quarter.
      '--in-process-gpu',
      '--enable-features=NetworkServiceInProcess2',
      '--process-per-site',
      '--disable-dev-shm-usage',
      '--disable-background-networking',
      '--disable-popup-blocking',
      // The last list counts: playwright's own keeps Chromium from asking for https first.
      `--disable-features=${[...UNSEEN_PAGES, ...SPARE_PROCESSES, 'HttpsUpgrades'].join(',')}`,
      `--host-resolver-rules=${NAMES.map((name) => `MAP ${name} 127.0.0.1`).join(',')}`,
      ...flags,
    ],
  };
}

interface Target extends AsyncDisposable {
  readonly gangway: Gangway;
  /** Exists once a process of the server was started. */
  readonly spawned: string;
}

/** A gateway whose server writes down that it was started. */
async function startTarget(allowedOrigins: readonly string[] = []): Promise<Target> {
  const spawned = join(temporaryDirectory(), 'spawned');
  const server = serverSetting({
    command: '/bin/sh',
    args: ['-c', 'echo started >> "$SPAWNED"; exec "$0" "$1"', process.execPath, ECHO_SERVER],
    env: { SPAWNED: spawned },
  });
  const gangway = await startGangway({ servers: [server], defaultServer: server.name, allowedOrigins });
  return { gangway, spawned, [Symbol.asyncDispose]: () => gangway[Symbol.asyncDispose]() };
}

function expectUntouched({ gangway, spawned }: Target): void {
  const { servers, sessionsOpened } = gangway.engine.snapshot().bridge;
  expect(servers.map(({ spawns, sessions }) => ({ spawns, sessions }))).toEqual([{ spawns: 0, sessions: [] }]);
  expect(sessionsOpened).toBe(0);
  expect(existsSync(spawned)).toBe(false);
}

function runAttacks(page: Page, base: string) {
  return page.evaluate((target) => globalThis.attack(target), base);
}

function useBothTransports(page: Page, base: string) {
  return page.evaluate((target) => globalThis.bothTransports(target), base);
}

const USED = {
  status: 200,
  session: true,
  text: expect.stringContaining('serverInfo'),
  endpoint: expect.stringMatching(/^\/messages\?/),
};

describeInBrowser('in Chromium', () => {
  let browser: Awaited<ReturnType<typeof chromium.launch>>;

  beforeAll(async () => {
    browser = await chromium.launch(launchOptions());
  });

  afterAll(() => browser.close());

  async function newPage(): Promise<Page> {
    const context = await browser.newContext();
    onTestFinished(() => context.close());
    return await context.newPage();
  }

  // The third column: what a page of that kind cannot send at all. Only trustworthy origins have service workers. The server that
  // guards nothing shows that the browser does send the rest.
  it.each([
    ['of another port of 127.0.0.1', (port: number) => `http://127.0.0.1:${port}/`, []],
    ['of localhost', (port: number) => `http://localhost:${port}/`, []],
    ['of a name that leads to this machine', (port: number) => `http://evil.test:${port}/`, ['service-worker']],
    ['in a file', null, ['service-worker']],
  ] as const)('no page %s starts a server or reads a byte', async (_place, address, impossible) => {
    await using site = await startHostileSite();
    await using unguarded = await startUnguarded();
    await using target = await startTarget();
    const home = address === null ? hostileFile(temporaryDirectory()) : address(site.port);

    await using tap = await startTap(target.gangway.port);
    const attackFrom = async (port: number) => {
      const page = await newPage();
      await page.goto(home);
      return runAttacks(page, `http://127.0.0.1:${port}`);
    };
    const [{ names }, { readable }] = await Promise.all([attackFrom(unguarded.port), attackFrom(tap.port)]);
    const sent = names.filter((name) => !impossible.some((other) => other === name)).sort();
    await until('the browser has sent every attack', () => unguarded.reached.size === sent.length);
    expect([...unguarded.reached].sort()).toEqual(sent);
    await until('every attack is answered', () => tap.answered.size === sent.length);
    expect(readable).toEqual([]);
    expect([...tap.answered].filter(([, status]) => status !== 403)).toEqual([]);
    expectUntouched(target);
  });

  it('a page whose name was made to point here afterwards reads nothing but refusals', async () => {
    await using target = await startTarget();
    const page = await newPage();
    const site = await startHostileSite();
    await page.goto(`http://rebound.test:${site.port}/page.html`);
    await site[Symbol.asyncDispose]();
    await using tap = await startTap(target.gangway.port, site.port);
    const { names } = await runAttacks(page, `http://rebound.test:${site.port}`);
    const read = await page.evaluate(() => globalThis.readAll(['/status', '/metrics', '/mcp', '/sse']));
    expect(read).toEqual(Array(4).fill(expect.stringMatching(/^403 .*Host header/)));
    expect(tap.answered.size).toBeGreaterThan(names.length / 2);
    expect([...tap.answered].filter(([, status]) => status !== 403)).toEqual([]);
    expectUntouched(target);
  });

  it('a person who types the address sees the pages, and is told why an endpoint does not open', async () => {
    await using target = await startTarget();
    const page = await newPage();
    for (const path of ['/status', '/healthz', '/readyz', '/metrics']) {
      expect((await page.goto(target.gangway.url + path))?.status(), path).toBe(200);
    }
    for (const path of ['/sse', '/mcp', '/servers/echo/sse', '/stdio']) {
      const response = await page.goto(target.gangway.url + path);
      expect(response?.status(), path).toBe(403);
      expect(await response?.text()).toContain('This address is for MCP clients');
    }
    expectUntouched(target);
  });

  it('a page of a listed origin uses both transports, but its images and frames start nothing', async () => {
    await using site = await startHostileSite();
    const origin = `http://allowed.test:${site.port}`;
    await using target = await startTarget([origin]);
    const page = await newPage();
    await using tap = await startTap(target.gangway.port);
    const base = `http://127.0.0.1:${tap.port}`;
    await page.goto(origin);
    for (const tag of ['img', 'iframe']) {
      await page.evaluate(([name, src]) => globalThis.load(name, src), [tag, `${base}/sse?by=${tag}`] as const);
    }
    expect(Object.fromEntries(tap.answered)).toEqual({ img: 403, iframe: 403 });
    expectUntouched(target);
    expect(await useBothTransports(page, target.gangway.url)).toEqual(USED);
  });

  it('a window with web security off, as some desktop clients have, uses both transports from its file', async () => {
    await using target = await startTarget();
    await using open = await chromium.launch(launchOptions('--disable-web-security'));
    const page = await open.newPage();
    await page.goto(hostileFile(temporaryDirectory()));
    expect(await useBothTransports(page, target.gangway.url)).toEqual(USED);
  });

  it('the background of an extension uses HTTP+SSE without being listed, and Streamable HTTP once it is', async () => {
    const folder = temporaryDirectory();
    const extension = join(folder, 'extension');
    mkdirSync(extension);
    const manifest = {
      manifest_version: 3,
      name: 'client',
      version: '1',
      host_permissions: ['http://127.0.0.1/*'],
      background: { service_worker: 'background.js' },
    };
    writeFileSync(join(extension, 'manifest.json'), JSON.stringify(manifest));
    writeFileSync(join(extension, 'background.js'), '');
    const context = await chromium.launchPersistentContext(
      join(folder, 'profile'),
      launchOptions(`--disable-extensions-except=${extension}`, `--load-extension=${extension}`),
    );
    onTestFinished(() => context.close());
    const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker'));
    const origin = `chrome-extension://${new URL(worker.url()).host}`;
    await using target = await startTarget();
    const opened = await worker.evaluate(async (url) => {
      const answer = await fetch(`${url}/sse`, { headers: { accept: 'text/event-stream' } });
      const first = await answer.body?.getReader().read();
      return { status: answer.status, text: new TextDecoder().decode(first?.value) };
    }, target.gangway.url);
    expect(opened).toEqual({ status: 200, text: expect.stringContaining('event: endpoint') });
    const initialize = () =>
      worker.evaluate(
        async ({ url, body }) => {
          const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
          return (await fetch(`${url}/mcp`, { method: 'POST', headers, body })).status;
        },
        { url: target.gangway.url, body: JSON.stringify(INITIALIZE) },
      );
    expect(await initialize()).toBe(403);
    await target.gangway.engine.apply({ ...target.gangway.settings, allowedOrigins: [origin] });
    expect(await initialize()).toBe(200);
  });
});
