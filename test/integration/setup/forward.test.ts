import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { ClientSetup } from '../../../app/desktop/clients-window/client-setup.ts';
import type { ClientPreview } from '../../../app/ipc/index.ts';
import { changeOf, changeTo, clientSetup, NO_CHOICES, previewFor, serverOf } from '../../support/client-setup.ts';
import { listening } from '../../support/listening.ts';
import { freePort } from '../../support/tcp.ts';

describe('Leading a server to a TCP forward', () => {
  const PG = `{
  "mcpServers": {
    "pg": { "command": "npx", "args": ["pg-mcp"], "env": { "PGHOST": "db.lan", "PGPORT": "5432", "OTHER": "redis://cache.lan:6379" } }
  }
}
`;

  it('offers each address that is no HTTP, and rewrites the chosen one', async () => {
    const { setup, home, controller } = clientSetup(PG);
    const { id, forwards } = await serverOf(setup, 'pg');
    expect(forwards).toMatchObject([
      { host: 'db.lan', port: 5432, protocol: 'pg', where: 'PGHOST, PGPORT' },
      { host: 'cache.lan', port: 6379, protocol: 'redis' },
    ]);
    const preview = await forwardPreview(setup, id, { host: 'db.lan', port: 5432 });
    expect(preview).toMatchObject({ mode: 'forward', forward: { setting: { host: 'db.lan', targetPort: 5432 } } });
    expect(preview.forward?.socks).toBe('socks5h://claude-desktop.pg:x@127.0.0.1:28080');

    const applied = await setup.apply(preview.plan, NO_CHOICES);
    const { forward } = await serverOf(setup, 'pg');
    expect(controller.settings.forwards).toEqual([forward]);
    expect(home.bytes().toString()).toContain('"PGHOST": "127.0.0.1"');
    expect(await serverOf(setup, 'pg')).toMatchObject({
      mode: 'forward',
      isPatched: true,
      labels: [`127.0.0.1:${forward?.port}`],
      forwards: [{ host: 'cache.lan' }],
    });

    await setup.undo(changeOf(applied));
    expect(controller.settings.forwards).toEqual([]);
    expect(home.bytes().toString()).toBe(PG);
  });

  it('goes back to the forward when what came after it is undone', async () => {
    const { setup, home, controller } = clientSetup(PG);
    const { id } = await serverOf(setup, 'pg');
    await setup.apply((await forwardPreview(setup, id, { host: 'db.lan', port: 5432 })).plan, NO_CHOICES);
    const forwarded = home.bytes().toString();
    const applied = await changeTo(setup, 'pg', 'through');
    await setup.undo(changeOf(applied));
    expect(home.bytes().toString()).toBe(forwarded);
    const back = await previewFor(setup, 'pg', 'off');
    expect(back.releasedForwards).toEqual(controller.settings.forwards);
    await setup.apply(back.plan, { upstream: false, release: true });
    expect(controller.settings.forwards).toEqual([]);
    expect(home.bytes().toString()).toBe(PG);
  });

  it('leaves the file as it was when the port is taken meanwhile', async () => {
    const { setup, home, controller } = clientSetup(PG, { settings: { port: await freePort() } });
    await controller.turnOn();
    const { id } = await serverOf(setup, 'pg');
    const preview = await forwardPreview(setup, id, { host: 'db.lan', port: 5432 });
    const holder = createServer();
    await listening(holder, preview.forward?.setting.port);
    const answer = await setup.apply(preview.plan, NO_CHOICES);
    holder.close();
    await controller.end();
    expect(answer).toMatchObject({ kind: 'refused', trouble: { code: expect.stringContaining('EADDRINUSE') } });
    expect(controller.settings.forwards).toEqual([]);
    expect(home.bytes().toString()).toBe(PG);
  });

  it('is refused for an address that the server does not name', async () => {
    const { setup } = clientSetup(PG);
    const { id } = await serverOf(setup, 'pg');
    expect(await setup.planForward(id, { host: 'bank.example', port: 443 })).toMatchObject({ kind: 'refused' });
  });
});

async function forwardPreview(
  setup: ClientSetup,
  server: string,
  target: { readonly host: string; readonly port: number },
): Promise<ClientPreview> {
  const answer = await setup.planForward(server, target);
  if (answer.kind === 'refused') throw new Error(answer.trouble.sentence.en);
  return answer.preview;
}
