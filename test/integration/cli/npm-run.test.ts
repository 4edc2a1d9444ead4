import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, it } from 'vitest';
import manifest from '../../../package.json' with { type: 'json' };
import { CliProcess } from '../../support/cli-process.ts';
import { freePort } from '../../support/tcp.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

/** A checkout as far as `npm run serve` looks at it, with the bundle of this run in place of a build. */
function checkout(): string {
  const root = temporaryDirectory();
  writeFileSync(join(root, 'package.json'), JSON.stringify({ scripts: { serve: manifest.scripts.serve } }));
  mkdirSync(join(root, 'out'));
  symlinkSync(inject('cli'), join(root, 'out', 'cli.cjs'));
  return root;
}

/** npm puts a shell in between; one that is not replaced by the program dies of the signal and leaves the program behind. */
it.skipIf(process.platform === 'win32').each(['SIGTERM', 'SIGINT'] as const)(
  'npm run serve passes %s on and waits until everything has ended',
  async (signal) => {
    const port = await freePort();
    const command = ['npm', '--prefix', checkout(), 'run', 'serve', '--'];
    const npm = new CliProcess(['-p', String(port)], { command });
    await npm.until('err', /listening on/);
    npm.kill(signal);
    expect(await npm.exit()).toBe(0);
    expect(npm.err).toContain(`stopping (${signal})`);
    await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow();
  },
);
