import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FIXTURES, fixtureServer } from '../../support/fixture-servers.ts';
import { type Gangway, startGangway } from '../../support/gangway.ts';
import { COMPILED } from '../../support/programs.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const require = createRequire(import.meta.url);
const run = promisify(execFile);

const DOORS = [
  ['mcp', 'http-only'],
  ['sse', 'sse-only'],
] as const;

describe.each(FIXTURES)('in front of a %s child', (fixture) => {
  let gangway: Gangway;

  beforeAll(async () => {
    gangway = await startGangway({ servers: [fixtureServer(fixture)], defaultServer: fixture });
  });
  afterAll(() => gangway[Symbol.asyncDispose]());

  test.each(DOORS)('mcp-remote connects to /%s and lists tools', async (path, strategy) => {
    const home = temporaryDirectory();
    const transport = new StdioClientTransport({
      command: process.execPath,
      args: [require.resolve('mcp-remote/dist/proxy.js'), `${gangway.url}/${path}`, '--transport', strategy],
      env: { MCP_REMOTE_CONFIG_DIR: home, HOME: home, ...COMPILED },
      stderr: 'ignore',
    });
    const client = new Client({ name: 'test', version: '1' });
    await client.connect(Object(transport));
    try {
      const { tools } = await client.listTools();
      expect(tools.map(({ name }) => name)).toContain('echo');
    } finally {
      await client.close();
    }
  });

  test.each(DOORS)('the Inspector connects to /%s and lists tools', async (path) => {
    const home = temporaryDirectory();
    const inspector = require.resolve('@modelcontextprotocol/inspector/clients/launcher/build/index.js');
    const args = [inspector, '--cli', `${gangway.url}/${path}`, '--method', 'tools/list'];
    const { stdout } = await run(process.execPath, args, { env: { ...process.env, HOME: home } });
    const { tools } = JSON.parse(stdout);
    expect(tools.map(({ name }: { name: string }) => name)).toContain('echo');
  });
});
