import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Gangway, startGangway } from '../../support/gangway.ts';
import { eventually } from '../../support/tcp.ts';

const ECHO = join(import.meta.dirname, '../../fixtures/echo-server.mjs');

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gangway-config-'));
  file = join(folder, 'mcp.json');
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function write(servers: Record<string, object>): void {
  writeFileSync(file, JSON.stringify({ mcpServers: servers }));
}

const echo = (extra: object = {}) => ({ command: process.execPath, args: [ECHO], spare: false, ...extra });

function names(gangway: Gangway): string[] {
  return gangway.engine.snapshot().bridge.servers.map(({ name }) => name);
}

/** A session whose stream stays open; tells whether it still is. */
async function openSession(gangway: Gangway, path: string): Promise<() => boolean> {
  const response = await fetch(`${gangway.url}${path}`);
  const reader = response.body?.getReader();
  await reader?.read();
  let open = true;
  void reader?.closed.then(
    () => {
      open = false;
    },
    () => {
      open = false;
    },
  );
  void reader?.read();
  return () => open;
}

describe('a config file', () => {
  it('is served, and followed: only what changed is restarted', async () => {
    write({ kept: echo(), changed: echo(), gone: echo() });
    await using gangway = await startGangway({}, file);
    expect(names(gangway)).toEqual(['kept', 'changed', 'gone']);
    const kept = await openSession(gangway, '/servers/kept/sse');
    const changed = await openSession(gangway, '/servers/changed/sse');
    const gone = await openSession(gangway, '/servers/gone/sse');
    write({ kept: echo(), changed: echo({ env: { A: '1' } }), added: echo({ default: true }) });
    await eventually(() => names(gangway).includes('added'), 'the change is noticed');
    await eventually(() => !changed() && !gone(), 'what changed and what is gone ends');
    expect(kept()).toBe(true);
    expect(gangway.engine.snapshot().defaultServer).toBe('added');
  });

  it('that is broken in the middle of an edit changes nothing and says so', async () => {
    write({ kept: echo() });
    await using gangway = await startGangway({}, file);
    const kept = await openSession(gangway, '/servers/kept/sse');
    writeFileSync(file, '{ "mcpServers": { "kept"');
    await eventually(() => gangway.lines.some(({ level }) => level === 'error'), 'the problem is told');
    expect(names(gangway)).toEqual(['kept']);
    expect(kept()).toBe(true);
  });

  it('that is not there yet is read once it is', async () => {
    await using gangway = await startGangway({}, file);
    expect(names(gangway)).toEqual([]);
    write({ late: echo() });
    await eventually(() => names(gangway).includes('late'), 'the file is read');
  });
});
