import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it, vi } from 'vitest';
import { describeInChromium } from '../support/chromium.ts';
import { executable, makeHome, runProgram } from '../support/run-program.ts';

describeInChromium('the first of two instances', () => {
  it('hears of the second, which is turned away, and leaves no Chromium when it is killed', async () => {
    const home = makeHome();
    const program = path.join(import.meta.dirname, 'instance.ts');
    const first = spawn(executable, [program], {
      env: { ...process.env, HOME: home },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const lines: string[] = [];
    createInterface({ input: first.stdout }).on('line', (line) => lines.push(line));
    try {
      await vi.waitFor(() => expect(lines).toContain('READY'), { timeout: 20_000 });
      const second = await runProgram('instance', { home, args: ['--', 'hello'] });
      expect(second.code).toBe(7);
      await vi.waitFor(() => expect(lines).toContain('HEARD hello'), { timeout: 10_000 });
      expect(chromiumsOf(first.pid)).not.toEqual([]);
    } finally {
      first.kill('SIGKILL');
      fs.rmSync(home, { recursive: true, force: true });
    }
    await vi.waitFor(() => expect(chromiumsOf(first.pid)).toEqual([]), { timeout: 10_000 });
  });
});

/** Chromium's processes name the profile folder, which names the process it belongs to. */
function chromiumsOf(pid: number | undefined): string[] {
  const processes = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).split('\n');
  return processes.filter((line) => line.includes(`/electron-host-${pid}-`));
}
