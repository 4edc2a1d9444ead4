import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS, type ServerSetting } from '../../../app/settings/settings.ts';
import { type Gangway, startGangway } from '../../support/gangway.ts';
import { eventually, openTunnel, startEcho } from '../../support/tcp.ts';

const ECHO = join(import.meta.dirname, '../../fixtures/echo-server.mjs');

function server(name: string, ...command: readonly [string, ...string[]]): ServerSetting {
  const [program, ...args] = command;
  return { name, command: program, args, env: {}, cwd: null, era: 'auto', spare: false };
}

async function page(gangway: Gangway, path: string): Promise<{ readonly status: number; readonly body: string }> {
  const response = await fetch(`${gangway.url}${path}`);
  return { status: response.status, body: await response.text() };
}

describe('/metrics', () => {
  it('tells what both halves do, in the form Prometheus reads', async () => {
    await using echo = await startEcho();
    await using gangway = await startGangway({
      servers: [server('echo', process.execPath, ECHO)],
      defaultServer: 'echo',
    });
    using tunnel = await openTunnel(gangway.port, echo.authority);
    tunnel.send('ping');
    await tunnel.until((text) => text.endsWith('ping'));
    const stream = await fetch(`${gangway.url}/sse`);
    await stream.body?.getReader().read();
    const { status, body } = await page(gangway, '/metrics');
    expect(status).toBe(200);
    for (const line of [
      'gangway_tunnels 1',
      'gangway_proxy_bytes_total{direction="up"} 4',
      'gangway_proxy_bytes_total{direction="down"} 4',
      'gangway_sessions{server="echo"} 1',
      'gangway_children{server="echo",use="session"} 1',
      'gangway_child_spawns_total{server="echo"} 1',
      'gangway_request_seconds_count 0',
    ]) {
      expect(body.split('\n')).toContain(line);
    }
    const form = /^(?:# (?:HELP|TYPE) [a-z_]+ .+|[a-z_]+(?:\{[a-z]+="[^"\n]*"(?:,[a-z]+="[^"\n]*")*\})? [\d.e+-]+)$/;
    for (const line of body.trimEnd().split('\n')) expect(line).toMatch(form);
  });
});

describe('/readyz', () => {
  it('is 200 while every server can be used, and 503 with the reason once one keeps failing', async () => {
    await using gangway = await startGangway({ servers: [server('good', process.execPath, ECHO)] });
    expect(await page(gangway, '/readyz')).toMatchObject({ status: 200 });
    const broken = server('broken', process.execPath, '-e', 'console.error("no licence"); process.exit(3)');
    await gangway.engine.apply({ ...DEFAULT_SETTINGS, port: gangway.port, servers: [broken] });
    await eventually(async () => {
      await fetch(`${gangway.url}/servers/broken/sse`).then((response) => response.text());
      return (await page(gangway, '/readyz')).status === 503;
    }, 'the server counts as failing');
    const { body } = await page(gangway, '/readyz');
    expect(JSON.parse(body)).toMatchObject({
      ready: false,
      servers: [{ name: 'broken', state: 'failing', lastEnd: { kind: 'exited', code: 3, stderr: ['no licence'] } }],
    });
  });
});

describe('/readyz with servers in different conditions', () => {
  it('is 200 while one of them can be used, and tells of each by its name', async () => {
    const servers = [server('good', process.execPath, ECHO), server('gone', 'no-such-command-xyz')];
    await using gangway = await startGangway({ servers, defaultServer: 'good' });
    await eventually(async () => (await page(gangway, '/readyz?server=gone')).status === 503, 'the command is missed');
    expect((await page(gangway, '/readyz')).status).toBe(200);
    const gone = JSON.parse((await page(gangway, '/readyz?server=gone')).body);
    expect(gone).toMatchObject({ name: 'gone', ready: false, condition: { kind: 'failed' } });
    expect(gone.condition.detail).toContain('The command no-such-command-xyz was not found.');
    const good = await page(gangway, '/readyz?server=good');
    expect(good.status).toBe(200);
    expect(JSON.parse(good.body)).toMatchObject({ ready: true, condition: { kind: 'not-started' } });
    const unknown = await page(gangway, '/readyz?server=nobody');
    expect(unknown.status).toBe(404);
    expect(JSON.parse(unknown.body)).toMatchObject({ ready: false, servers: ['good', 'gone'] });
    await gangway.engine.stopServer('good');
    expect((await page(gangway, '/readyz?server=good')).status).toBe(503);
    expect((await page(gangway, '/readyz')).status).toBe(503);
  });

  it('knows a server by the title that its owner gave it, however that is composed', async () => {
    const titled = { ...server('crème-mcp', process.execPath, ECHO), title: 'Crème MCP' };
    await using gangway = await startGangway({ servers: [titled], defaultServer: 'crème-mcp' });
    for (const title of ['Crème MCP', 'Crème MCP'.normalize('NFD'), 'crème-mcp']) {
      const found = await page(gangway, `/readyz?server=${encodeURIComponent(title)}`);
      expect(found.status).toBe(200);
      expect(JSON.parse(found.body)).toMatchObject({ name: 'crème-mcp', ready: true });
    }
    expect((await page(gangway, '/readyz?server=Creme%20MCP')).status).toBe(404);
  });

  it('is 200 without any server', async () => {
    await using gangway = await startGangway();
    expect(await page(gangway, '/readyz')).toMatchObject({ status: 200 });
  });
});

describe('/sse', () => {
  it('without a server is 400 and says how to add one', async () => {
    await using gangway = await startGangway();
    const { status, body } = await page(gangway, '/sse');
    expect(status).toBe(400);
    expect(body).toContain('--sse');
  });
});
