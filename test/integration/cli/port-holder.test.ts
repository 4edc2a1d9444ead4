import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { holderInProc, portHolder } from '../../../app/platform/port/port-holder.ts';
import { CliProcess } from '../../support/cli-process.ts';
import { freePort } from '../../support/tcp.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const HOLDER = fileURLToPath(new URL('../../fixtures/hold-port.ts', import.meta.url));

function isInstalled(program: string): boolean {
  try {
    execFileSync(program, ['-v'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

async function held(): Promise<{ readonly port: number; readonly pid: number }> {
  const port = await freePort();
  const holder = new CliProcess([String(port)], { script: HOLDER });
  await holder.until('out', /ready/);
  return { port, pid: holder.pid };
}

describe('the holder of a port', () => {
  it.runIf(process.platform === 'linux')('is found in /proc', async () => {
    const { port, pid } = await held();
    expect(await portHolder('127.0.0.1', port)).toEqual({ kind: 'program', pid, name: 'node hold-port.ts' });
  });

  it.runIf(isInstalled('lsof'))('is found by lsof where there is no /proc', async () => {
    const { port, pid } = await held();
    const holder = await portHolder('127.0.0.1', port, 'darwin');
    expect(holder).toEqual({ kind: 'program', pid, name: expect.stringMatching(/\w/) });
  });

  it('is unknown where the port is free, or its process may not be looked at', async () => {
    expect(await portHolder('127.0.0.1', await freePort())).toEqual({ kind: 'unknown' });
  });

  it('of another user is unknown: a process whose descriptors cannot be read', () => {
    const root = temporaryDirectory();
    mkdirSync(join(root, 'net'));
    mkdirSync(join(root, '1', 'fd'), { recursive: true });
    mkdirSync(join(root, '2'));
    symlinkSync('socket:[6]', join(root, '1', 'fd', '3'));
    writeFileSync(join(root, 'net', 'tcp'), 'header\n 0: 0100007F:1F90 00000000:0000 0A 0:0 00:0 0 0 0 5 1\n');
    expect(holderInProc(8080, root)).toBeNull();
  });
});
