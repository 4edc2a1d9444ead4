import { existsSync, globSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { OPTION_NAMES } from '../../../app/cli/options.ts';
import { CLIENTS } from '../../../app/clients/index.ts';
import { settingsShape } from '../../../app/settings/index.ts';
import { LIMIT_RANGES } from '../../../app/settings/schema.ts';

const ROOT = path.join(import.meta.dirname, '..', '..', '..');
const PAGES = globSync(['*.md', 'docs/**/*.md', 'test/*/README.md'], { cwd: ROOT }).toSorted();
const README_BYTES = 12 * 1024;

/** English pages and their counterparts in Traditional Chinese. */
const PAIRS = [
  ['README.md', 'README.zh-Hant.md'],
  ...globSync('docs/zh-Hant/*.md', { cwd: ROOT }).map((page) => [`docs/${path.basename(page)}`, page] as const),
] as const;

/** The line that begins an item of a list. */
const ITEM = /^\s*(?:[-*]|\d+\.) /;

describe('Documentation', () => {
  it('every link and every anchor in a page leads to something', () => {
    expect(PAGES).toEqual(expect.arrayContaining(['CONTRIBUTING.md', 'README.md', 'docs/options.md']));
    expect(PAGES.flatMap(brokenLinks)).toEqual([]);
  });

  it('no page has a heading twice, because an anchor leads to the first', () => {
    const twice = PAGES.filter((page) => page !== 'CHANGELOG.md').flatMap((page) =>
      anchorsOf(page)
        .filter((anchor, index, anchors) => anchors.indexOf(anchor) < index)
        .map((anchor) => `${page}#${anchor}`),
    );
    expect(twice).toEqual([]);
  });

  it('the README of each language links every page of that language', () => {
    for (const [readme, folder] of [
      ['README.md', 'docs'],
      ['README.zh-Hant.md', 'docs/zh-Hant'],
    ] as const) {
      const linked = linksOf(readme).map((link) => link.split('#')[0]);
      const pages = PAIRS.map(([english]) => path.basename(english)).filter((name) => name !== 'README.md');
      expect(pages.filter((name) => !linked.includes(`${folder}/${name}`))).toEqual([]);
    }
  });

  it.each(['README.md', 'README.zh-Hant.md'])('%s has at most 12 KB, so that it stays a first page', (readme) => {
    expect(statSync(path.join(ROOT, readme)).size).toBeLessThanOrEqual(README_BYTES);
  });

  it.each(PAIRS)('%s has the headings of %s, level by level', (english, chinese) => {
    expect(levelsOf(chinese)).toEqual(levelsOf(english));
  });

  it.each(PAIRS)('%s has the commands of %s, line by line', (english, chinese) => {
    expect(commandsOf(chinese)).toEqual(commandsOf(english));
  });

  it.each(PAIRS.filter(([english]) => english !== 'docs/compatibility.md'))(
    '%s has in each section as many paragraphs, items and rows as %s',
    (english, chinese) => {
      expect(partsOf(chinese)).toEqual(partsOf(english));
    },
  );

  it.each(PAIRS)('%s and %s link each other below their titles', (english, chinese) => {
    const [down, up] = [english, chinese].map((page) => textOf(page).split('\n')[2] ?? '');
    expect(down).toContain(`[繁體中文](${path.relative(path.dirname(english), chinese)})`);
    expect(up).toContain(`[English](${path.relative(path.dirname(chinese), english)})`);
  });

  it.each(['docs/lend-the-network.md', 'docs/zh-Hant/lend-the-network.md'])(
    '%s says how many clients there are besides those that it names',
    (page) => {
      const [, named = '', further = ''] =
        /^1\. [^(（]*[(（]([^)）]+?)[\s，]*(?:and|以及另外) (\d+) (?:more|種)[)）]/m.exec(textOf(page)) ?? [];
      expect(named.split(/[,、]/).length + Number(further)).toBe(CLIENTS.length);
    },
  );

  it.each(['docs/options.md', 'docs/zh-Hant/options.md'])(
    '%s names every option, setting and limit that there is',
    (page) => {
      const text = textOf(page);
      const names = [
        ...OPTION_NAMES.map((name) => `\`--${name}`),
        ...Object.keys(settingsShape).map((name) => `\`${name}\``),
        ...Object.keys(LIMIT_RANGES).map((name) => `\`${name}\``),
      ];
      expect(names.filter((name) => !new RegExp(`${name}(?![\\w-])`).test(text))).toEqual([]);
    },
  );
});

describe('The page about deployment', () => {
  const files = readdirSync(path.join(ROOT, 'packaging/reverse-proxy'));

  it.each(['docs/deployment.md', 'docs/zh-Hant/deployment.md'])(
    '%s shows the configurations of reverse proxies as the tests run them',
    (page) => {
      const blocks = [...textOf(page).matchAll(/^```(?:nginx|haproxy|caddyfile|apache)\n([\s\S]*?)^```$/gm)].map(
        ([, code]) => code,
      );
      expect(files).toHaveLength(4);
      expect(blocks.toSorted()).toEqual(files.map((file) => textOf(`packaging/reverse-proxy/${file}`)).toSorted());
    },
  );
});

describe('The check of a push', () => {
  const script = readFileSync(path.join(ROOT, '.ci', 'run'), 'utf8');

  it('runs the test command that README and CONTRIBUTING name', () => {
    const command = script.trimEnd().split('\n').at(-1) ?? '';
    expect(command).toBe('npm ci && npm test');
    for (const page of ['README.md', 'README.zh-Hant.md', 'CONTRIBUTING.md']) {
      expect(textOf(page).split('\n')).toContain(`    ${command}`);
    }
  });

  it('installs the programs that CONTRIBUTING lists', () => {
    const installed = /^programs=\((.*)\)$/m.exec(script)?.[1]?.split(' ');
    const listed = /^ {4}apt install (.*)$/m.exec(textOf('CONTRIBUTING.md'))?.[1]?.split(' ');
    expect(installed).toContain('chromium');
    expect(listed).toEqual(installed);
  });
});

function textOf(page: string): string {
  return readFileSync(path.join(ROOT, page), 'utf8');
}

/** A page without what is shown as code: fenced blocks, and lines that are indented behind an empty one. */
function proseOf(page: string): string {
  return textOf(page)
    .replace(/^( *)```[\s\S]*?^\1```$/gm, '')
    .replace(/(?<=\n\n)(?: {4}.*\n| *\n)+/g, '\n');
}

function headingsOf(page: string): readonly { readonly level: number; readonly title: string }[] {
  return [...proseOf(page).matchAll(/^(#+) (.+)$/gm)].map(([, marks = '', title = '']) => ({
    level: marks.length,
    title,
  }));
}

function levelsOf(page: string): readonly number[] {
  return headingsOf(page).map(({ level }) => level);
}

/** How much each section of a page says: what is shown as code is not counted, nor is a picture. */
function partsOf(page: string): readonly object[] {
  return proseOf(page)
    .split(/^#+ .+$/m)
    .map((section) => {
      const lines = section.split('\n');
      const paragraphs = section.split(/\n\s*\n/).filter((block) => /^[^\s|<]/.test(block.trim()));
      return {
        paragraphs: paragraphs.filter((block) => !ITEM.test(block)).length,
        items: lines.filter((line) => ITEM.test(line)).length,
        rows: lines.filter((line) => line.startsWith('|')).length,
      };
    });
}

/** Anchors as GitHub makes them: lower case, punctuation left out, blanks as hyphens. */
function anchorsOf(page: string): readonly string[] {
  return headingsOf(page).map(({ title }) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M}_\- ]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** Addresses in links and in the sources of pictures. */
function linksOf(page: string): readonly string[] {
  const prose = proseOf(page).replace(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)|(?:src|srcset|href)="([^"]+)"/g)].map(
    ([, link, picture]) => link ?? picture ?? '',
  );
}

function brokenLinks(page: string): readonly string[] {
  return linksOf(page)
    .filter((link) => !/^[a-z]+:/.test(link))
    .filter((link) => {
      const [file = '', anchor] = link.split('#');
      const target = file === '' ? page : path.join(path.dirname(page), decodeURI(file));
      if (!existsSync(path.join(ROOT, target))) return true;
      return anchor !== undefined && !anchorsOf(target).includes(decodeURI(anchor));
    })
    .map((link) => `${page}: ${link}`);
}

/** Lines of code that a person copies, without their comments and with names in place of what is translated. */
function commandsOf(page: string): readonly string[] {
  return textOf(page)
    .split('\n')
    .filter((line) => /^ {4,}(?:mcp-gangway|npm|npx|curl|git|export|systemctl|journalctl|docker|psql|apt) /.test(line))
    .map((line) =>
      line
        .replace(/\s+#.*$/, '')
        .replace(/<[^>]*>/, '<>')
        .trim(),
    );
}
