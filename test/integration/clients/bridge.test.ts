import { readFileSync } from 'node:fs';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { describe, expect, inject, it } from 'vitest';
import type { PlanEnvironment } from '../../../app/clients/index.ts';
import { ENVIRONMENT } from '../../support/client-environment.ts';
import { CLAUDE, clientHome, NAS } from '../../support/client-home.ts';
import { startGangway } from '../../support/gangway.ts';
import { LONG_LIVED_TOKEN, startHomeAssistant } from '../../support/home-assistant.ts';
import { COMPILED } from '../../support/programs.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

describe('The entry of the documentation of Home Assistant', () => {
  it('works through the shim after one click, without mcp-proxy, and comes back to the byte', async () => {
    await using remote = await startHomeAssistant();
    const args = ['--transport=streamablehttp', '--stateless', remote.streamableUrl];
    const entry = { command: 'mcp-proxy', args, env: { API_ACCESS_TOKEN: LONG_LIVED_TOKEN } };
    const content = `{\n  "mcpServers": {\n    "nas": ${JSON.stringify(entry)}\n  }\n}\n`;
    const home = clientHome(temporaryDirectory(), content, CLAUDE);
    const files = home.files();
    const run = { kind: 'run', by: 'shim' } as const;
    const moved = await files.plan('claude-desktop', home.file, NAS, run, ENVIRONMENT);
    if (moved.kind !== 'change' || moved.server === null) throw new Error(JSON.stringify(moved));
    await using gangway = await startGangway({ servers: [moved.server] });
    const cli = inject('cli');
    const shim = { command: process.execPath, args: [cli, 'connect', '--port', String(gangway.port)] };
    const environment: PlanEnvironment = { ...ENVIRONMENT, gateway: { port: gangway.port, token: null }, shim };
    await files.apply(await files.plan('claude-desktop', home.file, NAS, run, environment));

    const written = readFileSync(home.file, 'utf8');
    expect(written).not.toMatch(/mcp-proxy|llat-/);
    const { command, args: words } = JSON.parse(written).mcpServers.nas;
    const env = { HOME: home.folder, ...COMPILED };
    const transport = new StdioClientTransport({ command, args: words, env, stderr: 'ignore' });
    const client = new Client({ name: 'claude', version: '1' });
    await client.connect(transport);
    const answer = await client.callTool({ name: 'echo', arguments: { light: 'on' } });
    expect(answer.content).toEqual([{ type: 'text', text: '{"light":"on"}' }]);
    await client.close();

    await files.apply(await files.planUndo('claude-desktop', home.file));
    expect(readFileSync(home.file, 'utf8')).toBe(content);
    expect(gangway.lines.map((line) => JSON.stringify(line)).join('\n')).not.toContain(LONG_LIVED_TOKEN);
  });
});
