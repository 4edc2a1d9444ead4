import { describe, expect, it } from 'vitest';
import {
  detailOf,
  leftOver,
  placeOf,
  readNotes,
  reasonOf,
  releasesPage,
  repositoryOf,
  versionInPlist,
} from '../../../app/update/index.ts';
import { isNewer, isPrerelease } from '../../../app/update/installation.ts';
import { processorTime } from '../../support/processor-time.ts';

describe('A version', () => {
  // SemVer 2.0.0, section 11.
  const ascending = [
    '0.9.9',
    '1.0.0-alpha',
    '1.0.0-alpha.1',
    '1.0.0-alpha.beta',
    '1.0.0-beta',
    '1.0.0-beta.2',
    '1.0.0-beta.11',
    '1.0.0-rc.1',
    '1.0.0',
    '1.0.10',
    '1.2.0',
    '10.0.0',
  ];

  it('is newer than every one before it and than none after it, as Semantic Versioning orders them', () => {
    for (const [at, version] of ascending.entries()) {
      expect(ascending.filter((other) => isNewer(version, other))).toEqual(ascending.slice(0, at));
    }
  });

  it('has the same rank with the v of its tag and with build metadata', () => {
    expect(isNewer('v1.0.0+build.7', '1.0.0')).toBe(false);
    expect(isNewer('v1.0.1', '1.0.0+build.7')).toBe(true);
  });

  it.each(['', '1', '1.2', 'latest', '1.2.3.4', '<html>', '1.2.x'])('is not what reads "%s"', (text) => {
    expect(isNewer(text, '0.0.1')).toBe(false);
    expect(isPrerelease(text)).toBe(false);
  });

  it('is one for testers when something stands behind a hyphen', () => {
    expect(ascending.filter(isPrerelease)).toEqual(ascending.slice(1, 8));
  });
});

describe('What is new in a version', () => {
  it('is read from the Markdown of the changelog, wrapped lines and marks included', () => {
    const source = [
      '### Added',
      '',
      '- **A new thing**: `npm run x` makes it, as [the page](docs/x.md)',
      '  says in *two* lines.',
      '- Another_thing_with underscores.',
      '',
      '### Fixed',
      '',
      'A sentence.',
    ].join('\n');
    expect(readNotes(source)).toEqual([
      { kind: 'heading', text: 'Added' },
      { kind: 'item', text: 'A new thing: npm run x makes it, as the page says in two lines.' },
      { kind: 'item', text: 'Another_thing_with underscores.' },
      { kind: 'heading', text: 'Fixed' },
      { kind: 'text', text: 'A sentence.' },
    ]);
  });

  it('is read from HTML, of which no tag and no script is left', () => {
    const html = '<h3>Added</h3>\n<ul>\n<li><b>A</b> &amp; b</li><li>c</li></ul><script>alert(1)</script>';
    expect(readNotes(html)).toEqual([
      { kind: 'heading', text: 'Added' },
      { kind: 'item', text: 'A & b' },
      { kind: 'item', text: 'c alert(1)' },
    ]);
  });

  it('is bounded, and has no characters that nobody sees', () => {
    expect(readNotes(Array.from({ length: 500 }, (_, at) => `- line ${at}`).join('\n'))).toHaveLength(40);
    expect(readNotes('x'.repeat(9000))[0]?.text).toHaveLength(400);
    const pieces = ['[', '<li ', '<', '**a'].map((piece) => piece.repeat(200_000));
    expect(processorTime(() => pieces.map(readNotes))).toBeLessThan(5000);
    expect(readNotes('a\u202eb\u0007c\u200bd')).toEqual([{ kind: 'text', text: 'abcd' }]);
    expect(readNotes('')).toEqual([]);
  });
});

describe('The reason of a failed update', () => {
  const coded = (code: string, message = code): Error => Object.assign(new Error(message), { code });

  it.each([
    ['offline', new Error('net::ERR_INTERNET_DISCONNECTED')],
    ['offline', coded('ENOTFOUND', 'getaddrinfo ENOTFOUND github.com')],
    ['timeout', new Error('net::ERR_TIMED_OUT')],
    ['redirects', new Error('Too many redirects (> 10)')],
    ['certificate', new Error('net::ERR_CERT_AUTHORITY_INVALID')],
    ['interrupted', coded('ECONNRESET', 'aborted')],
    ['interrupted', new Error('net::ERR_CONTENT_LENGTH_MISMATCH')],
    ['server', coded('HTTP_ERROR_503')],
    ['server', new Error('Cannot download "https://x/y.zip", status 500: oops')],
    ['not-a-feed', coded('ERR_UPDATER_INVALID_VERSION')],
    ['no-release', coded('ERR_UPDATER_CHANNEL_FILE_NOT_FOUND')],
    ['no-release', coded('HTTP_ERROR_404')],
    ['no-file', new Error('Cannot download "https://x/y.zip", status 404: Not Found')],
    ['no-file', coded('ERR_UPDATER_ZIP_FILE_NOT_FOUND')],
    ['damaged', coded('ERR_CHECKSUM_MISMATCH', 'sha512 checksum mismatch')],
    ['signature', new Error('Code signature at URL file:///a did not pass validation')],
    ['read-only', new Error('Cannot update while running on a read-only volume')],
    ['disk-full', coded('ENOSPC')],
    ['other', new Error('something')],
    ['other', 'a string'],
    ['other', null],
  ] as const)('is %s', (reason, error) => {
    expect(reasonOf(error)).toBe(reason);
  });

  it('is told with the host of an address, not with its path, query or credentials', () => {
    const error = new Error('GET https://user:pw@feed.example/a/b?token=secret failed\nstack');
    expect(detailOf(error)).toBe('GET https://feed.example failed');
  });
});

describe('The place of the app', () => {
  it.each([
    ['/Applications/MCP Gangway.app', null, 'replaceable'],
    ['/Applications/MCP Gangway.app', 'EACCES', 'replaceable'],
    ['/Volumes/MCP Gangway 0.2.0/MCP Gangway.app', 'EROFS', 'read-only'],
    ['/Volumes/Work/Apps/MCP Gangway.app', null, 'replaceable'],
    ['/private/var/folders/x/T/AppTranslocation/1-2/d/MCP Gangway.app', 'EROFS', 'translocated'],
  ] as const)('%s, written to with %s, is %s', (bundle, error, place) => {
    expect(placeOf(bundle, error)).toBe(place);
  });

  it('tells its version in its Info.plist', () => {
    const entry = '<key>CFBundleShortVersionString</key>\n    <string>0.3.0</string>';
    expect(versionInPlist(`<plist><dict>${entry}</dict></plist>`)).toBe('0.3.0');
    expect(versionInPlist('bplist00')).toBeNull();
  });
});

describe('What updates leave in the cache', () => {
  it('is every archive up to the running version and every half download, and nothing that is still to be installed', () => {
    const names = [
      'mcp-gangway-0.1.0-universal.zip',
      'mcp-gangway-0.2.0-universal.zip',
      'mcp-gangway-0.3.0-universal.zip',
      'mcp-gangway-0.3.0-beta.1-universal.zip',
      'temp-mcp-gangway-0.3.0-universal.zip.tmp',
      'update-info.json',
    ];
    expect(leftOver(names, '0.2.0')).toEqual([names[0], names[1], names[4]]);
  });
});

describe('The repository in package.json', () => {
  const own = { owner: 'someone', name: 'mcp-gangway' };

  it.each([
    'someone/mcp-gangway',
    'github:someone/mcp-gangway',
    'https://github.com/someone/mcp-gangway',
    'git+https://github.com/someone/mcp-gangway.git',
    'git@github.com:someone/mcp-gangway.git',
    'git+ssh://git@github.com/someone/mcp-gangway.git',
  ])('is read from %s, as a string and as an object', (text) => {
    expect(repositoryOf(text)).toEqual(own);
    expect(repositoryOf({ type: 'git', url: text })).toEqual(own);
  });

  it('is nothing while the field is not set', () => {
    expect(repositoryOf(undefined)).toBeNull();
  });

  it.each(['https://example.com/someone/mcp-gangway', '', 'mcp-gangway', { type: 'git' }, 7])(
    'is refused when it is %j',
    (field) => {
      expect(() => repositoryOf(field)).toThrow('names no repository on GitHub');
    },
  );

  it('has a page with every version', () => {
    expect(releasesPage(own)).toBe('https://github.com/someone/mcp-gangway/releases');
  });
});
