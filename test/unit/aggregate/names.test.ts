import { describe, expect, test } from 'vitest';
import { aliasesOf, exposedNames, nearNames } from '../../../app/aggregate/names.ts';

const owned = (owner: string, name: string, alias = owner) => ({ owner, name, alias });

describe('the names of tools at a shared address', () => {
  test('are alias, two underscores and the name where nothing stands against that', () => {
    expect(exposedNames([owned('nas', 'read_file'), owned('web', 'read_file')], 50)).toEqual([
      'nas__read_file',
      'web__read_file',
    ]);
  });

  test('hold safe characters alone, and end with a hash where letters were lost', () => {
    expect(exposedNames([owned('nas', 'read-file'), owned('nas', 'write.file/x')], 50)).toEqual([
      'nas__read_file',
      'nas__write_file_x',
    ]);
    const [tool, other, signs] = exposedNames([owned('nas', '工具_a'), owned('nas', '檔案_a'), owned('nas', '--')], 50);
    expect(tool).toMatch(/^nas____a_[0-9a-f]{8}$|^nas_+a_[0-9a-f]{8}$/);
    expect(other).not.toBe(tool);
    expect(signs).toMatch(/^nas_+[0-9a-f]{8}$/);
  });

  test('get a hash each where two would be the same but for what was replaced', () => {
    const [dashed, dotted] = exposedNames([owned('nas', 'read-file'), owned('nas', 'read.file')], 50);
    expect(dashed).toMatch(/^nas__read_file_[0-9a-f]{8}$/);
    expect(dotted).toMatch(/^nas__read_file_[0-9a-f]{8}$/);
    expect(dashed).not.toBe(dotted);
  });

  test('are cut to the limit with head and hash, so that names which differ at the end alone stay two', () => {
    const long = 'a_very_long_name_of_a_tool_that_goes_on_and_on_';
    const names = exposedNames([owned('server', `${long}first`), owned('server', `${long}second`)], 50);
    expect(names.map((name) => name.length)).toEqual([50, 50]);
    expect(names[0]?.slice(0, 41)).toBe('server__a_very_long_name_of_a_tool_that_g'.slice(0, 41));
    expect(new Set(names).size).toBe(2);
  });

  test('do not depend on which other servers are there', () => {
    const alone = exposedNames([owned('b', 'search-it')], 50);
    const beside = exposedNames([owned('a', 'search-it'), owned('b', 'search-it')], 50);
    expect(beside[1]).toBe(alone[0]);
  });

  test('are plain under an empty alias, and both get a hash where two would be the same', () => {
    expect(exposedNames([owned('one', 'echo', ''), owned('two', 'add', '')], 50)).toEqual(['echo', 'add']);
    const [one, two] = exposedNames([owned('one', 'echo', ''), owned('two', 'echo', '')], 50);
    expect(one).toMatch(/^echo_[0-9a-f]{8}$/);
    expect(two).toMatch(/^echo_[0-9a-f]{8}$/);
    expect(one).not.toBe(two);
  });

  test('get a hash in place of a prefix that an empty alias makes ambiguous', () => {
    const names = exposedNames([owned('one', 'two__echo', ''), owned('two', 'echo')], 50);
    expect(new Set(names).size).toBe(2);
    expect(names).not.toContain('two__echo');
  });

  test('are no other server’s, although one calls its tools as the others are named with their hashes', () => {
    const victim = owned('bank', 'transfer');
    const taken = new Set<string>();
    for (let round = 0; round < 8; round++) {
      const all = [victim, ...[...taken].map((name) => owned('evil', name, ''))];
      const names = exposedNames(all, 50);
      expect(new Set(names).size).toBe(names.length);
      taken.add(names[0] ?? '');
    }
    expect(exposedNames([victim], 50)).toEqual([[...taken][0]]);
  });

  test('never are empty or longer than the limit, whatever the tool is called', () => {
    const odd = ['', ' ', '工具', '__', 'x'.repeat(500), 'a/b:c.d', '💥', '\u0000'];
    for (const limit of [32, 50, 64]) {
      for (const name of exposedNames(
        odd.map((tool) => owned('s', tool, '')),
        limit,
      )) {
        expect(name).toMatch(/^[A-Za-z0-9_]+$/);
        expect(name.length).toBeLessThanOrEqual(limit);
      }
    }
  });
});

describe('the aliases of servers', () => {
  test('come from their names, and are kept where a person has set them', () => {
    expect(aliasesOf([{ name: 'my-nas' }, { name: 'web', alias: 'w' }, { name: 'plain', alias: '' }])).toEqual([
      'my_nas',
      'w',
      '',
    ]);
  });

  test('are told apart by a hash of the name where two come to the same, the first in order keeping it', () => {
    const [one, two] = aliasesOf([{ name: 'a-b' }, { name: 'a_b' }]);
    expect(one).toBe('a_b');
    expect(two).toMatch(/^a_b_[0-9a-f]{4}$/);
  });

  test('give way to one that a person has set, wherever it stands', () => {
    const [derived, set] = aliasesOf([{ name: 'nas' }, { name: 'other', alias: 'nas' }]);
    expect(set).toBe('nas');
    expect(derived).toMatch(/^nas_[0-9a-f]{4}$/);
  });

  test('are made of a hash for names without a safe character, and are short for long names', () => {
    const [chinese, long] = aliasesOf([{ name: '新聞' }, { name: 'a'.repeat(64) }]);
    expect(chinese).toMatch(/^s_[0-9a-f]{4}$/);
    expect(long?.length).toBeLessThanOrEqual(20);
  });
});

test('near names are those that share most words with what was asked for, three at most', () => {
  const known = ['nas__read_file', 'nas__write_file', 'nas__list_files', 'web__fetch', 'nas__read_dir'];
  expect(nearNames('read_file', known)[0]).toBe('nas__read_file');
  expect(nearNames('readFile', known)[0]).toBe('nas__read_file');
  expect(nearNames('nas__nothing', known).length).toBe(3);
  expect(nearNames('zebra', known)).toEqual([]);
});
