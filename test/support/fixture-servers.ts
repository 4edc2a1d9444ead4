import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ProgramSetting } from '../../app/settings/settings.ts';

/** Our own stdio servers, see test/fixtures/servers. */
export type FixtureName = 'legacy' | 'dual' | 'modern';

export const FIXTURES: readonly FixtureName[] = ['legacy', 'dual', 'modern'];

/** Compiled code is kept between runs, which halves the time a fixture takes to start. */
export function fixtureServer(name: FixtureName, changes: Partial<ProgramSetting> = {}): ProgramSetting {
  const file = fileURLToPath(new URL(`../fixtures/servers/${name}.ts`, import.meta.url));
  return {
    name,
    command: process.execPath,
    args: [file],
    env: { NODE_COMPILE_CACHE: join(tmpdir(), 'gangway-compile-cache') },
    cwd: null,
    era: 'auto',
    spare: false,
    ...changes,
  };
}
