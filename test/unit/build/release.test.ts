import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { feedArguments } from '../../../build/package.ts';
import { feedFaults, repositoryFaults } from '../../../build/release.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const REPOSITORY = 'github:someone/mcp-gangway';

describe('The repository of a release', () => {
  it('has to be named', () => {
    expect(repositoryFaults(undefined, 'someone/mcp-gangway')).toEqual([
      expect.stringMatching(/^package\.json names no repository\. .*set "repository"\.$/),
    ]);
  });

  it('has to be on GitHub', () => {
    expect(repositoryFaults('https://example.com/a/b', undefined)).toEqual([
      expect.stringContaining('no repository on GitHub'),
    ]);
  });

  it('has to be the one that builds it, in whatever case', () => {
    expect(repositoryFaults(REPOSITORY, 'Someone/MCP-Gangway')).toEqual([]);
    expect(repositoryFaults(REPOSITORY, undefined)).toEqual([]);
    expect(repositoryFaults(REPOSITORY, 'fork/mcp-gangway')).toEqual([
      'package.json names someone/mcp-gangway as its repository, and fork/mcp-gangway builds this release.',
    ]);
  });
});

describe("electron-builder's arguments for the feed", () => {
  it('name the repository of package.json and the file with the notes', () => {
    expect(feedArguments(REPOSITORY, '/notes.md')).toEqual([
      '-c.publish.provider=github',
      '-c.publish.owner=someone',
      '-c.publish.repo=mcp-gangway',
      '-c.releaseInfo.releaseNotesFile=/notes.md',
    ]);
  });

  it('are none while there is no repository, so that the app has no feed', () => {
    expect(feedArguments(undefined, '/notes.md')).toEqual([]);
  });
});

describe('The check of the feed', () => {
  const ZIP = 'mcp-gangway-1.0.0-universal.zip';
  const content = Buffer.from('archive');

  /** A folder as the build leaves it. */
  function packed({ zip = ZIP, latest = {}, config = {} } = {}) {
    const dist = temporaryDirectory();
    const app = path.join(dist, 'mac-universal', 'MCP Gangway.app');
    const resources = path.join(app, 'Contents', 'Resources');
    mkdirSync(resources, { recursive: true });
    for (const name of [zip, `${zip}.blockmap`]) writeFileSync(path.join(dist, name), content);
    const sha512 = createHash('sha512').update(content).digest('base64');
    const files = [{ url: zip, sha512, size: content.length }];
    const yml = { version: '1.0.0', files, path: zip, sha512, releaseNotes: '- News.', ...latest };
    writeFileSync(path.join(dist, 'latest-mac.yml'), stringify(yml));
    const feed = {
      provider: 'github',
      owner: 'someone',
      repo: 'mcp-gangway',
      updaterCacheDirName: 'x-updater',
      ...config,
    };
    writeFileSync(path.join(resources, 'app-update.yml'), stringify(feed));
    const faults = () => feedFaults({ dist, app, version: '1.0.0', repository: REPOSITORY, parse });
    return { dist, resources, faults };
  }

  it('passes for what the build makes', () => {
    expect(packed().faults()).toEqual([]);
  });

  it('names an archive that was changed after it was packed', () => {
    const { dist, faults } = packed();
    writeFileSync(path.join(dist, ZIP), 'stapled afterwards');
    expect(faults()).toEqual([
      `${ZIP} has another size than latest-mac.yml says`,
      `${ZIP} has another SHA-512 than latest-mac.yml says: it was changed after it was packed`,
    ]);
  });

  it.each([
    ['an archive for one kind of Mac', { zip: 'mcp-gangway-1.0.0-arm64.zip' }, 'its name says arm64'],
    ['an earlier version', { latest: { version: '0.9.0' } }, 'latest-mac.yml is of 0.9.0, and this is 1.0.0'],
    ['no archive', { latest: { files: [] } }, 'names no zip'],
    ['no notes', { latest: { releaseNotes: undefined } }, 'does not say what is new'],
    ['the repository of a fork', { config: { owner: 'fork' } }, 'app-update.yml leads to fork/mcp-gangway'],
  ])('names %s', (_what, given, fault) => {
    expect(packed(given).faults()).toEqual([expect.stringContaining(fault)]);
  });

  it('names files that are not there', () => {
    const { dist, resources, faults } = packed();
    rmSync(path.join(dist, `${ZIP}.blockmap`));
    expect(faults()).toEqual([`${ZIP}.blockmap is not there`]);
    rmSync(path.join(dist, ZIP));
    expect(faults()).toEqual([`latest-mac.yml names ${ZIP}, which is not there`]);
    rmSync(path.join(resources, 'app-update.yml'));
    expect(faults()).toEqual([expect.stringMatching(/app-update\.yml is not there$/)]);
  });
});
