import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { clientLogs } from '../../../app/desktop/clients-window/client-apps.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const started = '2026-11-22T08:00:00.000Z [nas] [info] Initializing server...\n';

let home: string;

beforeEach(() => {
  home = temporaryDirectory();
  mkdirSync(join(home, 'Library/Logs/Claude'), { recursive: true });
});

function log(text: string, server = 'nas'): void {
  writeFileSync(join(home, 'Library/Logs/Claude', `mcp-server-${server}.log`), text);
}

function blocked(server = 'nas'): Promise<string | null> {
  return clientLogs({ folder: home, platform: 'darwin', env: {} }).blocked('claude-desktop', server);
}

describe('The log that a client keeps of a server', () => {
  it.each([
    ['OSError: [Errno 65] No route to host', '[Errno 65] No route to host'],
    ['Error: connect EHOSTUNREACH 192.168.1.20:8123 - Local (192.168.1.5:50311)', 'EHOSTUNREACH 192.168.1.20:8123'],
    ['dial tcp 192.168.1.20:8123: connect: no route to host', 'no route to host'],
    ['httpx.ConnectError: [Errno 61] Connection refused', null],
    ['fetch failed', null],
  ])('%s', async (line, found) => {
    log(`${started}${line}\n`);
    expect(await blocked()).toBe(found);
  });

  it('counts from the newest start only', async () => {
    log(`${started}connect EHOSTUNREACH 10.0.0.9:80\n${started}all is well\n`);
    expect(await blocked()).toBeNull();
  });

  it('is read from its end, however long it is', async () => {
    log(`${started}${'x'.repeat(1_000_000)}\nconnect EHOSTUNREACH 10.0.0.9:80\n`);
    expect(await blocked()).toBe('EHOSTUNREACH 10.0.0.9:80');
  });

  it('need not be there, and a name leads to no other folder', async () => {
    expect(await blocked()).toBeNull();
    writeFileSync(join(home, 'other.log'), 'EHOSTUNREACH');
    expect(await blocked('x/../../../../other')).toBeNull();
  });
});
