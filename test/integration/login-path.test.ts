import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loginPath, wantsLoginPath } from '../../app/platform/shell/index.ts';
import { rememberingLog } from '../support/quiet-log.ts';
import { untilGone } from '../support/until.ts';

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gangway-'));
});

afterAll(() => rm(folder, { recursive: true }));

/** A login shell whose start-up files are `startUp`. */
async function shellWith(name: string, startUp: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, `#!/bin/sh\n${startUp}\nshift\neval "$1"\n`);
  await chmod(file, 0o755);
  return file;
}

const env = { PATH: '/usr/bin:/bin', HOME: '/home/somebody' };

describe('the PATH of a login shell', () => {
  test('comes before ours, without repetitions, whatever the shell prints around it', async () => {
    const shell = await shellWith(
      'talkative',
      'echo Welcome; PATH="/opt/tools/bin:/usr/bin"; echo "PATH=/wrong"; trap "echo bye" EXIT',
    );
    const { log } = rememberingLog();
    const path = loginPath({ log, env, shell });
    const asked = path();
    expect(path()).toBe(asked);
    expect(await asked).toBe('/opt/tools/bin:/usr/bin:/bin');
    expect(path()).toBe('/opt/tools/bin:/usr/bin:/bin');
  });

  test('is told without a warning, also when the shell closes its output right behind the answer', async () => {
    const shell = await shellWith('brief', 'PATH=/told/by/shell');
    const { log, lines } = rememberingLog();
    expect(await loginPath({ log, env, shell })()).toContain('/told/by/shell');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(lines).toEqual([]);
  });

  test('is not asked for, nor warned of, where the account has no login shell', async () => {
    for (const shell of ['/usr/sbin/nologin', '/bin/false']) {
      const { log, lines } = rememberingLog();
      expect(await loginPath({ log, env, shell })()).toContain('/usr/local/bin');
      expect(lines).toEqual([]);
    }
  });

  test('is asked for once', async () => {
    const counter = join(folder, 'count');
    const shell = await shellWith('counting', `echo x >> ${counter}`);
    const path = loginPath({ log: rememberingLog().log, env, shell });
    await Promise.all([path(), path()]);
    await path();
    expect(await readFile(counter, 'utf8')).toBe('x\n');
  });

  test('is replaced by the usual folders when the shell hangs, and the shell with all it started is ended', async () => {
    const pidFile = join(folder, 'pid');
    const shell = await shellWith('hanging', `sleep 600 & echo $! > ${pidFile}; wait`);
    const { log, lines } = rememberingLog();
    const path = await loginPath({ log, env, shell, patience: 300 })();
    expect(path).toMatch(/^\/opt\/homebrew\/bin:\/usr\/local\/bin:.*\/\.cargo\/bin:.*:\/usr\/bin:\/bin$/);
    expect(lines).toMatchObject([{ level: 'warn', fields: { shell, why: 'no answer within 300 ms' } }]);
    await untilGone(Number(await readFile(pidFile, 'utf8')));
  });

  test('is replaced by the usual folders when the shell fails or is not there', async () => {
    const failing = await shellWith('failing', 'exit 1');
    for (const shell of [failing, '/no/such/shell']) {
      expect(await loginPath({ log: rememberingLog().log, env, shell })()).toContain('/opt/homebrew/bin');
    }
  });

  test('can be had from the shells of this machine', async () => {
    for (const shell of ['/bin/sh', '/bin/bash']) {
      const path = await loginPath({
        log: rememberingLog().log,
        env: { ...env, PATH: '/usr/bin:/bin:/marker' },
        shell,
      })();
      expect(path).toContain('/marker');
      expect(path).not.toContain('/opt/homebrew/bin');
    }
  });

  test('is wanted by programs that no terminal has started', () => {
    expect(wantsLoginPath({ PATH: '/usr/bin' }, 'darwin')).toBe(true);
    expect(wantsLoginPath({ TERM: 'xterm' }, 'darwin')).toBe(false);
    expect(wantsLoginPath({}, 'win32')).toBe(false);
  });
});
