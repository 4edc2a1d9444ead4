import { join } from 'node:path';
import { inject } from 'vitest';
import type { ProgramSetting } from '../../app/settings/settings.ts';

/** Our own stdio servers, see test/fixtures/servers. */
export type FixtureName = 'legacy' | 'dual' | 'modern';

export const FIXTURES: readonly FixtureName[] = ['legacy', 'dual', 'modern'];

/** A server of ours as a setting; bundle-fixtures.ts has bundled it. */
export function fixtureServer(name: FixtureName, changes: Partial<ProgramSetting> = {}): ProgramSetting {
  return {
    name,
    command: process.execPath,
    args: [join(inject('bundles'), `${name}.mjs`)],
    env: {},
    cwd: null,
    era: 'auto',
    spare: false,
    ...changes,
  };
}
