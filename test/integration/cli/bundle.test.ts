import { chmodSync, cpSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, inject, it } from 'vitest';
import { appFolder } from '../../../app/base/home-folder.ts';
import { appTextIn } from '../../../app/i18n/app.ts';
import { textIn } from '../../../app/i18n/index.ts';
import { CliProcess } from '../../support/cli-process.ts';
import { fixtureServer } from '../../support/fixture-servers.ts';
import { postTo } from '../../support/raw-mcp.ts';
import { startRemote } from '../../support/remote-origin.ts';
import { freePort } from '../../support/tcp.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

/** Chunks of which nothing is called at a start; see vite.config.ts. */
const WHEN_CALLED = ['aggregate', 'remote', 'sessions', 'zh-hant'];

const INITIALIZE = {
  id: 0,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
};

const TELL_LOADED = fileURLToPath(new URL('../../fixtures/tell-loaded.cjs', import.meta.url));

/** The command line, which tells what it has loaded when it ends. */
function start(...args: readonly string[]): CliProcess {
  return new CliProcess(args, { command: [process.execPath, '--require', TELL_LOADED, inject('cli')] });
}

async function loadedBy(cli: CliProcess): Promise<readonly string[]> {
  await cli.exit();
  return /^loaded: (.*)$/m.exec(cli.err)?.[1]?.split(' ') ?? [];
}

/** The sentences of a part of the catalogue that have no figures or names in them; shorter strings also stand elsewhere. */
function sentencesOf(part: unknown): readonly string[] {
  if (typeof part === 'string') return part.length > 20 ? [part] : [];
  return typeof part === 'object' && part !== null ? Object.values(part).flatMap(sentencesOf) : [];
}

/** A bundle as it was before its letters outside ASCII were escaped. */
function unescaped(code: string): string {
  return code.replace(/\\u([0-9a-f]{4})/g, (_, unit) => String.fromCharCode(Number.parseInt(unit, 16)));
}

describe('the bundled command line', () => {
  const folder = join(dirname(inject('cli')), 'cli');
  const files = [inject('cli'), ...readdirSync(folder).map((name) => join(folder, name))];
  const texts = files.map((file) => readFileSync(file, 'utf8'));

  it('needs nothing but Node', () => {
    const required = texts.flatMap((text) => [...text.matchAll(/\brequire\("([^"]+)"\)/g)]);
    const foreign = required.map(([, name = '']) => name).filter((name) => !/^\.\.?\/[\w/-]+\.cjs$/.test(name));
    expect(foreign).toContain('node:http');
    expect(foreign.filter((name) => !isBuiltin(name))).toEqual([]);
  });

  it('starts without what an idle instance has no use for: megabytes of memory and milliseconds each', async () => {
    const cli = start('-p', String(await freePort()));
    await cli.until('err', /listening on/);
    cli.kill('SIGTERM');
    const loaded = await loadedBy(cli);
    expect(loaded).toEqual(expect.arrayContaining(['http', 'cli', 'main', 'serve']));
    expect(
      loaded.filter((name) => /^(?:tls|https|http2|worker_threads|crypto|fs\/promises|doctor|status)$/.test(name)),
    ).toEqual([]);
    expect(loaded.filter((name) => WHEN_CALLED.includes(name))).toEqual([]);
    // As ES modules they would load undici along with node:http.
    expect(texts.filter((text) => /^import .* from /m.test(text))).toEqual([]);
  });

  it('loads what a client, a group, a remote server or a reader of Chinese needs when there is one', async () => {
    const fixture = fixtureServer('legacy');
    await using remote = await startRemote();
    const used = async (servers: object, language: string, path: string | null): Promise<readonly string[]> => {
      const config = join(temporaryDirectory(), 'servers.json');
      writeFileSync(config, JSON.stringify({ mcpServers: servers }));
      const port = await freePort();
      const cli = start('-p', String(port), '--config', config, '--lang', language);
      await cli.until('err', /listening on/);
      if (path !== null) {
        const opened = await postTo(`http://127.0.0.1:${port}${path}`, INITIALIZE);
        expect(opened.body).toContain('"serverInfo"');
      }
      cli.kill('SIGTERM');
      return (await loadedBy(cli)).filter((name) => WHEN_CALLED.includes(name)).sort();
    };
    const child = { own: { command: fixture.command, args: fixture.args } };
    expect(await used(child, 'en', '/servers/own/mcp')).toEqual(['sessions']);
    expect(await used(child, 'zh-Hant', '/all/mcp')).toEqual(['aggregate', 'sessions', 'zh-hant']);
    expect(await used({ far: { url: remote.url } }, 'en', null)).toEqual(['remote', 'sessions']);
  });

  it('serves on as the version that was started when another one takes its place on the disk', async () => {
    const installed = join(temporaryDirectory(), 'out');
    cpSync(folder, join(installed, 'cli'), { recursive: true });
    cpSync(inject('cli'), join(installed, 'cli.cjs'));
    const { command, args } = fixtureServer('legacy');
    await using remote = await startRemote();
    const config = join(temporaryDirectory(), 'servers.json');
    writeFileSync(config, JSON.stringify({ mcpServers: { own: { command, args } } }));
    const port = await freePort();
    const cli = new CliProcess(['-p', String(port), '--config', config], {
      command: [process.execPath, join(installed, 'cli.cjs')],
    });
    await cli.until('err', /listening on/);
    for (const name of readdirSync(join(installed, 'cli'))) {
      writeFileSync(join(installed, 'cli', name), 'throw new Error("another version");');
    }
    const url = `http://127.0.0.1:${port}`;
    expect((await postTo(`${url}/servers/own/mcp`, INITIALIZE)).body).toContain('"serverInfo"');
    rmSync(installed, { recursive: true });
    expect((await postTo(`${url}/all/mcp`, INITIALIZE)).body).toContain('"serverInfo"');
    writeFileSync(config, JSON.stringify({ mcpServers: { far: { url: remote.url } } }));
    await cli.until('err', /servers\.json has changed/);
    await expect.poll(async () => (await postTo(`${url}/servers/far/mcp`, INITIALIZE)).body).toContain('"serverInfo"');
    cli.kill('SIGTERM');
    expect(await cli.exit()).toBe(0);
  });

  it('keeps what V8 has compiled for the next start, in a folder of its owner, and starts where it cannot', async () => {
    const home = temporaryDirectory();
    const serve = async (env: Readonly<Record<string, string>>): Promise<string> => {
      const cli = new CliProcess(['-p', String(await freePort())], {
        env: { HOME: home, NODE_COMPILE_CACHE: '', ...env },
      });
      await cli.until('err', /listening on/);
      cli.kill('SIGTERM');
      expect(await cli.exit()).toBe(0);
      return cli.out + cli.err;
    };
    await serve({});
    const compiled = join(appFolder({ platform: process.platform, env: {}, home }), 'compiled');
    if (process.platform !== 'win32') expect(statSync(compiled).mode & 0o077).toBe(0);
    // The file that says where they are kept is loaded without, and what it loads only once the folder is there.
    await serve({});
    const told = await serve({ NODE_DEBUG_NATIVE: 'COMPILE_CACHE' });
    expect(told).toMatch(/main\.cjs was accepted/);
    expect(told).toMatch(/serve\.cjs was accepted/);
    if (process.platform !== 'win32') {
      chmodSync(compiled, 0o770);
      expect(await serve({ NODE_DEBUG_NATIVE: 'COMPILE_CACHE' }), 'others could write there').not.toMatch(/accepted/);
    }
    await serve({ HOME: join(inject('cli'), 'no', 'folder') });
  });

  it('keeps what only windows and Doctor say out of the files of an idle gateway: 2.4 MB of memory', () => {
    const idle = [inject('cli'), join(folder, 'main.cjs'), join(folder, 'serve.cjs')]
      .map((file) => unescaped(readFileSync(file, 'utf8')))
      .join();
    const ofEngine = textIn('en');
    const ofWindows = Object.entries(appTextIn('en')).filter(([part]) => !(part in ofEngine));
    const found = (sentences: readonly string[]) => sentences.filter((sentence) => idle.includes(sentence));
    const said = sentencesOf(ofEngine);
    expect(found(said)).toEqual(said);
    const shown = ofWindows
      .flatMap(([, part]) => sentencesOf(part))
      .filter((sentence) => !said.some((one) => one.includes(sentence)));
    expect(found(shown)).toEqual([]);
  });

  it('loads nothing of the engine for connect, which a client waits for', async () => {
    const loaded = await loadedBy(start('connect', '-p', String(await freePort())));
    expect(loaded).toEqual(expect.arrayContaining(['net', 'cli']));
    expect(loaded.filter((name) => /^(?:http|https|tls|crypto|serve|doctor|status)$/.test(name))).toEqual([]);
  });
});
