import { chmodSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { serverSetting } from '../../support/bridge-host.ts';
import {
  changeOf,
  changeTo,
  clientSetup,
  NO_CHOICES,
  previewFor,
  serverOf,
  TWO_SERVERS,
} from '../../support/client-setup.ts';

describe('Running a server in Gangway', () => {
  it('moves it into our settings, and the entry becomes the program that connects to it', async () => {
    const { setup, home, controller } = clientSetup(TWO_SERVERS);
    const preview = await previewFor(setup, 'db', 'run');
    expect(preview).toMatchObject({ imported: 'db' });
    expect(controller.settings.servers).toEqual([]);
    const applied = await setup.apply(preview.plan, NO_CHOICES);
    expect(controller.settings.servers).toMatchObject([{ name: 'db', command: 'docker' }]);
    expect(home.bytes().toString()).toMatch(/"command": ".*bin\/mcp-gangway", "args": \["connect", ?"db"\]/);
    expect(await serverOf(setup, 'db')).toMatchObject({ mode: 'run', server: 'db', line: 'docker run -i db-mcp' });

    await setup.undo(changeOf(applied));
    expect(controller.settings.servers).toEqual([]);
    expect(home.bytes().toString()).toBe(TWO_SERVERS);
  });

  it('takes an address where the client can connect to one', async () => {
    const { setup, home } = clientSetup(TWO_SERVERS, { path: '.cursor/mcp.json' });
    await changeTo(setup, 'db', 'run');
    expect(home.bytes().toString()).toContain('http://127.0.0.1:28080/servers/db/mcp');
    expect(await serverOf(setup, 'db')).toMatchObject({ mode: 'run', server: 'db' });
  });

  it.skipIf(process.platform === 'win32')(
    'leaves our settings as they were when the file is write-protected',
    async () => {
      const { setup, home, controller } = clientSetup(TWO_SERVERS);
      const { plan } = await previewFor(setup, 'db', 'run');
      chmodSync(home.file, 0o444);
      expect(await setup.apply(plan, NO_CHOICES)).toMatchObject({ kind: 'refused', trouble: { code: 'read-only' } });
      expect(controller.settings.servers).toEqual([]);
      expect(home.bytes().toString()).toBe(TWO_SERVERS);
    },
  );

  it('leaves the file as it was when our settings refuse the server', async () => {
    const servers = Array.from({ length: 256 }, (_, at) => serverSetting({ name: `s${at}` }));
    const { setup, home, controller } = clientSetup(TWO_SERVERS);
    const { plan } = await previewFor(setup, 'db', 'run');
    // What is full before, the plan says.
    await controller.change({ servers });
    const answer = await setup.apply(plan, NO_CHOICES);
    expect(answer).toMatchObject({ kind: 'refused', trouble: { code: 'servers: length' } });
    expect(controller.settings.servers).toHaveLength(256);
    expect(home.bytes().toString()).toBe(TWO_SERVERS);
  });

  it('later, going back offers to remove the server from ours, unless something else needs it', async () => {
    const { setup, controller } = clientSetup(TWO_SERVERS);
    await changeTo(setup, 'db', 'run');
    const back = await previewFor(setup, 'db', 'off');
    expect(back.released).toEqual(['db']);
    await setup.apply(back.plan, { upstream: false, release: true });
    expect(controller.settings.servers).toEqual([]);
  });

  it('keeps a server that another entry leads to', async () => {
    const twice = TWO_SERVERS.replace(
      '"db":',
      '"db-2": { "command": "docker", "args": ["run", "-i", "db-mcp"] },\n    "db":',
    );
    const { setup, controller } = clientSetup(twice);
    await changeTo(setup, 'db', 'run');
    const second = await changeTo(setup, 'db-2', 'run');
    expect(controller.settings.servers).toHaveLength(1);
    expect((await previewFor(setup, 'db', 'off')).released).toEqual([]);
    await setup.undo(changeOf(second));
    expect(controller.settings.servers).toHaveLength(1);
  });

  it('undone, it goes back to the mode it was in before', async () => {
    const { setup, home } = clientSetup(TWO_SERVERS);
    await changeTo(setup, 'nas', 'through');
    const through = home.bytes().toString();
    const applied = await changeTo(setup, 'nas', 'run');
    await setup.undo(changeOf(applied));
    expect(home.bytes().toString()).toBe(through);
  });
});
