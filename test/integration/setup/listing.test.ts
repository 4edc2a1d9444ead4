import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { clientSetup, fileOf, serverOf, TWO_SERVERS } from '../../support/client-setup.ts';

describe('The servers of a client', () => {
  it('are listed with their mode, the mode that fits, and the reason', async () => {
    const { setup } = clientSetup(TWO_SERVERS);
    const file = await fileOf(setup);
    expect(file).toMatchObject({ title: 'Claude Desktop', canRestart: false });
    expect(file.file).toBe('~/Library/Application Support/Claude/claude_desktop_config.json');
    expect(await serverOf(setup, 'nas')).toMatchObject({
      line: 'uvx nas-mcp',
      mode: 'off',
      isOurs: true,
      isPatched: false,
      proposal: { mode: 'through', sentence: expect.stringContaining('Python') },
    });
    expect(await serverOf(setup, 'db')).toMatchObject({ proposal: { mode: 'through' } });
  });

  it('are listed at once, though a program takes its time to tell its version', async () => {
    const nodes = { mcpServers: { slow: { command: 'npx', args: ['x'] }, quick: { command: 'uvx', args: ['y'] } } };
    const { promise: version, resolve: tell } = Promise.withResolvers<string>();
    const { setup } = clientSetup(JSON.stringify(nodes), { probes: { nodeVersion: () => version } });
    const [file] = await setup.list('at-once');
    expect(file?.content).toMatchObject({
      servers: [
        { name: 'slow', proposal: null },
        { name: 'quick', proposal: { mode: 'through' } },
      ],
    });
    const whole = serverOf(setup, 'slow');
    tell('24.21.0');
    expect(await whole).toMatchObject({ proposal: { mode: 'through' } });
  });

  it('keep their ids while the file changes around them', async () => {
    const { setup, home } = clientSetup(TWO_SERVERS);
    const { id } = await serverOf(setup, 'db');
    writeFileSync(home.file, TWO_SERVERS.replace('"nas": {', '"new": { "command": "x" },\n    "nas": {'));
    expect((await serverOf(setup, 'db')).id).toBe(id);
  });

  it('are not listed for a file that is broken: the place is', async () => {
    const { setup } = clientSetup(`{\n  "mcpServers": { "nas" { } }\n}\n`);
    const { content } = await fileOf(setup);
    expect(content).toMatchObject({ kind: 'refused', trouble: { code: 'broken' } });
    expect(JSON.stringify(content)).toMatch(/~\/Library.* line 2, column \d+/);
  });

  it('that are addresses are offered to be run here; those that lead here by hand say why nothing can be chosen', async () => {
    const url = { mcpServers: { far: { url: 'http://user:secret@10.0.0.9/mcp?key=secret' } } };
    const { setup } = clientSetup(JSON.stringify(url), { path: '.cursor/mcp.json' });
    const far = await serverOf(setup, 'far');
    expect(far).toMatchObject({ isOurs: true, note: null, proposal: { mode: 'run' }, line: 'http://10.0.0.9/mcp' });
    expect(far.proposal?.sentence).toContain('10.0.0.9');
    expect(JSON.stringify(far)).not.toContain('secret');

    const shim = { command: '/elsewhere/mcp-gangway', args: ['connect', 'x'] };
    const hand = clientSetup(JSON.stringify({ mcpServers: { x: shim } }));
    expect(await serverOf(hand.setup, 'x')).toMatchObject({ mode: 'run', isOurs: false, server: 'x' });
  });
});
