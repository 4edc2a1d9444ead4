import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { type ForwardPlan, forwardWarningSentence, refusalSentence } from '../../../app/clients/index.ts';
import { appTextIn } from '../../../app/i18n/app.ts';
import { ENVIRONMENT } from '../../support/client-environment.ts';
import { type ClientHome, clientHome, NAS, nasIn } from '../../support/client-home.ts';
import { startGangway } from '../../support/gangway.ts';
import { addressOf, RawClient, startEcho } from '../../support/tcp.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const NEIGHBOUR = '127.0.0.2';
const AROUND_FORWARDS = { ...ENVIRONMENT, forwards: [] };

function homeWith(entry: object | string, file?: string): ClientHome {
  const content = typeof entry === 'string' ? entry : JSON.stringify({ mcpServers: { nas: entry } }, null, 2);
  return clientHome(temporaryDirectory(), content, file);
}

function changeOf(plan: ForwardPlan): ForwardPlan & { kind: 'change' } {
  if (plan.kind !== 'change') throw new Error(JSON.stringify(plan));
  return plan;
}

describe.skipIf(process.platform !== 'linux')(
  'A forward for a server that speaks TCP (skipped without 127.0.0.2)',
  () => {
    it('is planned, opened and used; undone, the file has its own bytes again', async () => {
      await using echo = await startEcho({ host: NEIGHBOUR });
      // The same port on this machine would be taken for a way back to ourselves.
      await using _taken = await startEcho({ port: echo.port });
      const home = homeWith(`{
  "mcpServers": { "nas": { "command": "uvx", "args": ["pg-mcp",
      "--url=postgres://anna:s3cret@${echo.authority}/home"], "env": { "PGHOST": "${NEIGHBOUR}", "PGPORT": "${echo.port}" } } }
}
`);
      const before = home.bytes();
      const files = home.files();
      const plan = changeOf(await files.planForward('claude-desktop', home.file, NAS, null, AROUND_FORWARDS));
      const local = plan.forward?.port ?? 0;
      expect(plan).toMatchObject({
        forward: { host: NEIGHBOUR, targetPort: echo.port },
        server: null,
        upstream: null,
      });
      await using gangway = await startGangway({ forwards: plan.forward === null ? [] : [plan.forward] });
      expect(await files.apply(plan)).toMatchObject({ kind: 'written' });
      const { entry, patch, mode, isStale } = await nasIn(files);
      expect({ patch, mode, isStale }).toEqual({ patch: 'forward', mode: 'off', isStale: false });
      expect(entry.launch).toMatchObject({
        args: ['pg-mcp', `--url=postgres://anna:s3cret@127.0.0.1:${local}/home`],
        env: { PGHOST: '127.0.0.1', PGPORT: String(local) },
      });
      using client = await RawClient.connect(local);
      client.send('ping');
      await client.until((text) => text === 'ping');
      expect(gangway.engine.snapshot().lastRequests).toMatchObject([{ label: `127.0.0.1:${local}` }]);

      const undo = changeOf(await home.files().plan('claude-desktop', home.file, NAS, { kind: 'off' }, ENVIRONMENT));
      expect(undo.releasedForwards).toEqual([plan.forward]);
      await files.apply(undo);
      expect(home.bytes()).toEqual(before);
    });

    it('takes a port that looks like the target’s where that one is taken, and writes it down', async () => {
      const taken = createServer().listen(0, '127.0.0.1');
      await new Promise((resolve) => taken.once('listening', resolve));
      const { port } = addressOf(taken);
      const home = homeWith({ command: 'uvx', args: ['x'], env: { MQTT_HOST: 'ha.lan', MQTT_PORT: port } });
      const plan = changeOf(await home.files().planForward('claude-desktop', home.file, NAS, null, AROUND_FORWARDS));
      taken.close();
      const local = plan.forward?.port ?? 0;
      expect(local).not.toBe(port);
      expect(plan.forward).toMatchObject({ host: 'ha.lan', targetPort: port });
      expect(plan.texts.after).toContain(`        "MQTT_PORT": "${local}"`);
    });

    it('uses the forward that leads there already, and a person may plan again', async () => {
      const home = homeWith({ command: 'redis-mcp', args: ['--url', 'redis://db.lan'] });
      const files = home.files();
      const known = { port: 40_404, host: 'db.lan', targetPort: 6379 };
      const environment = { ...ENVIRONMENT, forwards: [known] };
      const first = changeOf(await files.planForward('claude-desktop', home.file, NAS, null, environment));
      expect(first.forward).toEqual(known);
      await files.apply(first);
      expect((await nasIn(files)).entry.launch).toMatchObject({ args: ['--url', 'redis://127.0.0.1:40404'] });
      const target = { host: 'db.lan', port: 6379 };
      expect(await files.planForward('claude-desktop', home.file, NAS, target, environment)).toMatchObject({
        kind: 'unchanged',
      });
      const other = { ...environment, forwards: [{ ...known, port: 40_405 }] };
      expect(await files.planForward('claude-desktop', home.file, NAS, target, other)).toMatchObject({
        kind: 'change',
        forward: { port: 40_405 },
        releasedForwards: [known],
      });
    });
  },
);

describe('A forward', () => {
  it('is chosen by the person where a server goes to several places', async () => {
    const env = { HA_URL: 'http://ha.lan:8123', MQTT_URL: 'mqtts://ha.lan', DB_URL: 'mysql://db.lan/x' };
    const home = homeWith({ command: 'uvx', args: ['x'], env });
    const files = home.files();
    const plan = await files.planForward('claude-desktop', home.file, NAS, null, AROUND_FORWARDS);
    if (plan.kind !== 'choose') throw new Error(plan.kind);
    expect(plan.candidates).toEqual([
      { target: { host: 'ha.lan', port: 8883 }, protocol: 'mqtts', where: 'MQTT_URL', warning: 'tls-name' },
      { target: { host: 'db.lan', port: 3306 }, protocol: 'mysql', where: 'DB_URL', warning: null },
    ]);
    const [first] = plan.candidates;
    const chosen = await files.planForward('claude-desktop', home.file, NAS, first?.target ?? null, AROUND_FORWARDS);
    expect(changeOf(chosen).forward).toMatchObject({ host: 'ha.lan', targetPort: 8883 });
  });

  it.each([
    [
      'a check of the name',
      { command: 'x', env: { DATABASE_URL: 'postgres://db.lan/x?sslmode=verify-full' } },
      'tls-name',
    ],
    ['ssh', { command: 'ssh', args: ['nas.lan', 'mcp'] }, 'host-key'],
  ])('comes with a warning where the name that goes is checked: %s', async (_, entry, warning) => {
    const other = { ...entry, env: { ...('env' in entry ? entry.env : {}), REDIS_HOST: 'r.lan' } };
    const home = homeWith(other);
    const plan = await home.files().planForward('claude-desktop', home.file, NAS, null, AROUND_FORWARDS);
    const candidate = plan.kind === 'choose' ? plan.candidates.find((each) => each.protocol !== 'redis') : undefined;
    expect(candidate?.warning).toBe(warning);
    for (const language of ['en', 'zh-Hant'] as const) {
      expect(
        forwardWarningSentence(candidate?.warning ?? 'tls-name', { host: 'n.lan', port: 1 }, appTextIn(language)),
      ).toContain('n.lan');
    }
  });

  it.each([
    ['no address', { command: 'uvx', args: ['x'] }, 'No address'],
    ['only HTTP', { command: 'uvx', env: { U: 'http://ha.lan:8123' } }, 'No address'],
    ['a container', { command: 'docker', args: ['run', '-e', 'X', 'img', 'redis://r.lan'] }, 'container'],
  ])('is refused with the reason: %s', async (_, entry, words) => {
    const home = homeWith(entry);
    const plan = await home.files().planForward('claude-desktop', home.file, NAS, null, AROUND_FORWARDS);
    expect(plan.kind === 'refused' ? refusalSentence(plan.refusal, appTextIn('en')) : plan.kind).toContain(words);
  });
});
