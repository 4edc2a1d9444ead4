import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildParts } from '../../build/build.ts';

describe('Building the command line beside a running app', () => {
  let out = '';

  beforeAll(() => {
    out = mkdtempSync(join(tmpdir(), 'gangway-build-'));
    mkdirSync(join(out, 'renderer'));
    mkdirSync(join(out, 'cli'));
    writeFileSync(join(out, 'renderer/window.js'), 'the window that is open');
    writeFileSync(join(out, 'cli.cjs'), 'the command line before');
    writeFileSync(join(out, 'cli/gone.cjs'), 'a part of it that there is no more');
  });
  afterAll(() => rmSync(out, { recursive: true, force: true }));

  it('replaces the command line, leaves the windows in place all the time, and leaves nothing of its own behind', async () => {
    const { ino } = statSync(join(out, 'renderer/window.js'));
    let missing = 0;
    const watch = setInterval(() => {
      if (!existsSync(join(out, 'renderer/window.js'))) missing++;
    }, 1);
    await buildParts(['cli'], out);
    clearInterval(watch);
    expect(missing).toBe(0);
    expect(statSync(join(out, 'renderer/window.js')).ino).toBe(ino);
    expect(readFileSync(join(out, 'cli.cjs'), 'utf8')).toMatch(/^#!\/usr\/bin\/env node/);
    expect(statSync(join(out, 'cli.cjs')).mode & 0o111).toBe(0o111);
    expect(readdirSync(join(out, 'cli'))).not.toContain('gone.cjs');
    expect(readdirSync(out).toSorted()).toEqual(['cli', 'cli.cjs', 'renderer']);
  });
});
