import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DesiredMode } from '../../../app/clients/index.ts';
import { type ClientHome, clientHome, grant, nasIn, planFor } from '../../support/client-home.ts';
import { type FailingDisk, failingDisk, PowerLoss } from '../../support/failing-disk.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const BEFORE = '{\r\n\t"mcpServers": { "nas": { "command": "npx", "args": ["nas-mcp"] } },  "mine":1\r\n}';

interface Attempt {
  readonly home: ClientHome;
  readonly disk: FailingDisk;
  /** Whether the step at which it was to fail was reached at all. */
  readonly failed: boolean;
}

/** Wishes come one after the other; the last one meets the failing disk. */
async function attempt(
  fate: 'power-loss' | 'disk-full',
  step: number,
  wishes: readonly DesiredMode[],
): Promise<Attempt> {
  const home = clientHome(temporaryDirectory(), BEFORE);
  for (const desired of wishes.slice(0, -1)) await grant(home, home.files(), desired);
  const plan = await planFor(home, home.files(), wishes.at(-1) ?? { kind: 'off' });
  const disk = failingDisk(fate, step);
  try {
    await home.files({ disk }).apply(plan);
  } catch (error) {
    expect(error).toBeInstanceOf(PowerLoss);
  }
  return { home, disk, failed: disk.steps() >= step };
}

const STORIES: readonly (readonly [string, readonly DesiredMode[]])[] = [
  ['the first change', [{ kind: 'through' }]],
  ['a change of mode', [{ kind: 'through' }, { kind: 'run', by: 'shim' }]],
  ['an undo', [{ kind: 'through' }, { kind: 'off' }]],
];

describe.each(STORIES)('Power lost at any step of %s', (_, wishes) => {
  it('leaves all of the old file or all of the new one, and what it takes to undo', async () => {
    const ends = new Set<string>();
    for (let step = 1; ; step += 1) {
      const { home, failed } = await attempt('power-loss', step, wishes);
      const { mode, patch } = await nasIn(home.files());
      ends.add(mode);
      expect(patch, `after step ${step}`).toBe(mode === 'off' ? null : mode);
      await grant(home, home.files(), { kind: 'run', by: 'shim' });
      expect(await nasIn(home.files())).toMatchObject({ mode: 'run', patch: 'run' });
      await grant(home, home.files(), { kind: 'off' });
      expect(home.bytes().toString(), `after step ${step}`).toBe(BEFORE);
      expect(readdirSync(dirname(home.file))).toEqual(['claude_desktop_config.json']);
      if (!failed) break;
    }
    // Both ends were seen: power went before the rename and after it.
    expect(ends.size).toBe(2);
  });
});

describe.each(STORIES)('A disk that is full at any step of %s', (_, wishes) => {
  it('is told about, and the file is whole', async () => {
    for (let step = 1; ; step += 1) {
      const { home, failed } = await attempt('disk-full', step, wishes);
      const { mode, patch } = await nasIn(home.files());
      expect(patch, `after step ${step}`).toBe(mode === 'off' ? null : mode);
      expect(readdirSync(dirname(home.file))).toEqual(['claude_desktop_config.json']);
      await grant(home, home.files(), { kind: 'off' });
      expect(home.bytes().toString(), `after step ${step}`).toBe(BEFORE);
      if (!failed) break;
    }
  });
});

describe('A change by another program after an interruption', () => {
  it.each([
    ['of the first change', STORIES[0]?.[1] ?? []],
    ['of an undo', STORIES[2]?.[1] ?? []],
  ])('%s leaves both the change and what is to be undone', async (_, wishes) => {
    for (let step = 1; ; step += 1) {
      const { home, failed } = await attempt('power-loss', step, wishes);
      const theirs = home.bytes().toString().replace('"mine"', '"theirs"');
      writeFileSync(home.file, theirs);
      const { mode, patch } = await nasIn(home.files());
      expect(patch, `after step ${step}`).toBe(mode === 'off' ? null : mode);
      await grant(home, home.files(), { kind: 'off' });
      expect(readFileSync(home.file, 'utf8'), `after step ${step}`).toBe(BEFORE.replace('"mine"', '"theirs"'));
      if (!failed) break;
    }
  });

  it('keeps copies of the file as it was', async () => {
    const home = clientHome(temporaryDirectory(), BEFORE);
    await grant(home, home.files(), { kind: 'through' });
    const [copy = ''] = readdirSync(join(home.folder, 'backups'));
    expect(readFileSync(join(home.folder, 'backups', copy), 'utf8')).toBe(BEFORE);
  });
});
