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

  it('are listed without suggestions where a file has so many that these would take minutes', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 4000 }, (_, at) => [`s${at}`, { command: 'uvx', args: ['x'] }]),
    );
    const { setup } = clientSetup(JSON.stringify({ mcpServers: many }));
    const before = process.cpuUsage();
    const { content } = await fileOf(setup);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1e6).toBeLessThan(5);
    const servers = content.kind === 'servers' ? content.servers : [];
    expect([servers.length, servers[0]?.proposal]).toEqual([4000, null]);
  });

  it('have no mode suggested that a plan would leave them without, and say why', async () => {
    const headers = { Authorization: `Bearer \${env:NO_SUCH_KEY}` };
    const far = { url: 'http://10.0.0.9/mcp', headers };
    const { setup } = clientSetup(JSON.stringify({ mcpServers: { far } }), { path: '.cursor/mcp.json' });
    const { proposal, unfit } = await serverOf(setup, 'far');
    expect([proposal, unfit]).toEqual([null, expect.stringMatching(/^“Run in Gangway” would fit, but .*NO_SUCH_KEY/)]);
    const { files, left } = await setup.planAll({ kind: 'suggestions', of: { client: null, server: null } });
    expect([files, left]).toMatchObject([[], [{ name: 'far', trouble: { code: 'variable' } }]]);
    expect(unfit).toContain(left[0]?.trouble.sentence.en);
  });

  it('have none suggested either where the text cannot be edited for it', async () => {
    // A key that is no word leaves open which steps lead to what.
    const goose = 'extensions:\n  a:\n    cmd: uvx\n    args: [db]\n? [b, c]\n: 1\n';
    const { setup } = clientSetup(goose, { path: '.config/goose/config.yaml' });
    const { content } = await fileOf(setup);
    const servers = content.kind === 'servers' ? content.servers : [];
    expect(servers.map(({ name, proposal, unfit }) => [name, proposal?.mode ?? null, unfit === null])).toEqual([
      ['a', null, false],
    ]);
    const { files, left } = await setup.planAll({ kind: 'suggestions', of: { client: null, server: null } });
    expect(files).toEqual([]);
    expect(left.map(({ name, trouble }) => [name, trouble.code])).toEqual([['a', 'uneditable']]);
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
    const [far, named] = ['http://10.0.0.9/mcp?key=secret', 'http://user:secret@10.0.0.9/mcp?key=secret'];
    const urls = { mcpServers: { far: { url: far }, named: { url: named } } };
    const { setup } = clientSetup(JSON.stringify(urls), { path: '.cursor/mcp.json' });
    const offered = await serverOf(setup, 'far');
    expect(offered).toMatchObject({ isOurs: true, note: null, proposal: { mode: 'run' }, line: 'http://10.0.0.9/mcp' });
    expect(offered.proposal?.sentence).toContain('10.0.0.9');
    // An address that holds a password is none that Gangway takes.
    const left = await serverOf(setup, 'named');
    expect(left).toMatchObject({ isOurs: true, proposal: null, unfit: expect.stringContaining('Run in Gangway') });
    expect(JSON.stringify([offered, left])).not.toContain('secret');

    const shim = { command: '/elsewhere/mcp-gangway', args: ['connect', 'x'] };
    const hand = clientSetup(JSON.stringify({ mcpServers: { x: shim } }));
    expect(await serverOf(hand.setup, 'x')).toMatchObject({ mode: 'run', isOurs: false, server: 'x' });
  });
});
