import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { parse } from 'yaml';
import { releaseNotes } from '../../build/release.ts';

const ci = join(import.meta.dirname, '../../.ci');

const CHANGELOG = `# Changelog

## [Unreleased]

### Added

## [0.2.0] - 2026-12-01

### Added

- A new thing.

### Fixed

- An old thing.

## [0.1.0] - 2026-11-01

- The first thing.
`;

describe('The notes of a release', () => {
  let folder = '';
  const notes = (version: string) =>
    spawnSync(join(ci, 'release-notes'), [version, join(folder, 'CHANGELOG.md')], { encoding: 'utf8' });

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'gangway-notes-'));
    writeFileSync(join(folder, 'CHANGELOG.md'), CHANGELOG);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('are what CHANGELOG.md says about its version, and nothing of its neighbours', () => {
    expect(notes('0.2.0').stdout).toBe('### Added\n\n- A new thing.\n\n### Fixed\n\n- An old thing.\n');
    expect(notes('0.1.0').stdout).toBe('- The first thing.\n');
  });

  it('are the same in the app, which shows them in its popover', () => {
    for (const version of ['0.2.0', '0.1.0']) expect(releaseNotes(CHANGELOG, version)).toBe(notes(version).stdout);
    for (const version of ['0.3.0', '0.2', 'Unreleased']) expect(releaseNotes(CHANGELOG, version)).toBeNull();
  });

  it.each(['0.3.0', '0.2', 'Unreleased'])('are refused for %s, of which there is nothing to say', (version) => {
    const { status, stdout, stderr } = notes(version);
    expect(status).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain(`nothing under "## [${version}]"`);
  });
});

describe('The rehearsal of a release', () => {
  it('knows every step of the workflow, and no other', () => {
    const workflow = parse(readFileSync(join(ci, '../.github/workflows/release.yml'), 'utf8'));
    const jobs: readonly [string, { readonly steps: readonly Readonly<Record<string, string>>[] }][] = Object.entries(
      workflow.jobs,
    );
    const steps = jobs.map(([job, { steps: all }]) => [
      job,
      all.map(({ name, uses, run }) => name ?? uses?.replace(/@.*/, '') ?? run),
    ]);
    const { stdout } = spawnSync(process.execPath, [join(ci, 'rehearse-release.mjs'), '--list'], { encoding: 'utf8' });
    expect(JSON.parse(stdout)).toEqual(Object.fromEntries(steps));
  });
});

describe('The check of the command line that runs on every system', () => {
  it('passes for what was built from these sources', () => {
    const { status, stdout } = spawnSync(process.execPath, [join(ci, 'check-command-line.mjs'), inject('cli')], {
      encoding: 'utf8',
    });
    expect(stdout).not.toContain('FAILED');
    expect(status).toBe(0);
  });

  it('fails for a command line that does nothing', () => {
    const { status, stdout } = spawnSync(
      process.execPath,
      [join(ci, 'check-command-line.mjs'), join(import.meta.dirname, '../fixtures/nothing.mjs')],
      { encoding: 'utf8' },
    );
    expect(status).toBe(1);
    expect(stdout).toContain('FAILED  it listens within twenty seconds');
  });
});
