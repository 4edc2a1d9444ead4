import { existsSync, globSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { isFace, ROOMS, roomOf } from '../support/rooms.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const IMPORT =
  /(?:^|\n)\s*(?:import|export)\b[^'";]*?\bfrom\s*'(\.[^']+)'|\bimport\('(\.[^']+)'\)|(?:^|\n)import '(\.[^']+)'/g;

interface Import {
  readonly from: string;
  readonly to: string;
}

const files = globSync(['app/**/*.ts', 'main/**/*.ts', 'renderer/**/*.{ts,tsx}'], { cwd: ROOT }).toSorted();

/** Every import of one file of ours by another, resolved. */
function imports(): readonly Import[] {
  return files.flatMap((from) =>
    [...readFileSync(join(ROOT, from), 'utf8').matchAll(IMPORT)].map(([, a, b, c]) => ({
      from,
      to: relative(ROOT, resolve(ROOT, from, '..', a ?? b ?? c ?? '')),
    })),
  );
}

const crossing = imports().filter(({ from, to }) => to !== 'package.json' && roomOf(from) !== roomOf(to));
const rank = (room: string) => ROOMS.findIndex(({ name }) => name === room);

test('every folder of app/ is a room of the list', () => {
  const unknown = files.filter((file) => file.startsWith('app/') && rank(roomOf(file)) === -1);
  expect(unknown, 'add the room to test/support/rooms.ts, or move the file into one that is there').toEqual([]);
});

test('every relative import leads to a file', () => {
  expect(imports().filter(({ to }) => !existsSync(join(ROOT, to)))).toEqual([]);
});

test('a room imports only rooms that stand below it', () => {
  const upward = crossing
    .filter(
      ({ from, to }) => from.startsWith('app/') && (!to.startsWith('app/') || rank(roomOf(to)) > rank(roomOf(from))),
    )
    .map(
      ({ from, to }) =>
        `${from} imports ${to}: move what it needs into ${roomOf(from)} or below, or the file up into ${roomOf(to)}`,
    );
  expect(upward).toEqual([]);
});

test('a room is imported only through its face', () => {
  const around = crossing
    .filter(({ to }) => to.startsWith('app/') && !isFace(to))
    .map(({ from, to }) => `${from} imports ${to}: export it from app/${roomOf(to)}/index.ts and import that`);
  expect(around).toEqual([]);
});

test('no subfolder bears the name of a room, so that the list in biome.json cannot be mistaken', () => {
  const names = new Set(ROOMS.map(({ name }) => name));
  const inner = new Set(
    files.flatMap((file) =>
      file
        .split('/')
        .slice(2, -1)
        .map((part) => `${part} in ${file}`),
    ),
  );
  expect([...inner].filter((entry) => names.has(entry.split(' in ')[0] ?? '') && entry.includes(' in app/'))).toEqual(
    [],
  );
});

test('biome.json repeats the order of the rooms for the editor', () => {
  const biome = JSON.parse(readFileSync(join(ROOT, 'biome.json'), 'utf8')) as {
    readonly overrides: readonly {
      readonly includes: readonly string[];
      readonly linter?: {
        readonly rules?: {
          readonly style?: {
            readonly noRestrictedImports?: {
              readonly options: { readonly patterns: readonly { readonly group: readonly string[] }[] };
            };
          };
        };
      };
    }[];
  };
  for (const [i, { name }] of ROOMS.entries()) {
    const above = ROOMS.slice(i + 1).map((room) => `**/${room.name}/**`);
    const override = biome.overrides.find(({ includes }) => includes[0] === `app/${name}/**`);
    const listed = override?.linter?.rules?.style?.noRestrictedImports?.options.patterns.flatMap(({ group }) => group);
    expect(listed, `the override for app/${name}/** in biome.json`).toEqual(
      expect.arrayContaining(['electron', ...above]),
    );
  }
});

test('docs/architecture.md lists the rooms in their order, with what each holds', () => {
  const table = readFileSync(join(ROOT, 'docs/architecture.md'), 'utf8');
  const rows = [...table.matchAll(/^\| `(\w+)` \| (.*?) \|/gm)].map(([, name, holds]) => ({ name, holds }));
  expect(rows).toEqual(ROOMS.map(({ name, holds }) => ({ name, holds })));
});

test.each(['docs/architecture.md', 'docs/glossary.md'])('%s names only files and folders that there are', (page) => {
  const named = [...readFileSync(join(ROOT, page), 'utf8').matchAll(/`((?:app|main|renderer|test)\/[^`\s]*)`/g)];
  expect(named.map(([, path = '']) => path).filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});

test('a value that a file exports is named by another file, and not only handed on', () => {
  const EXPORTED = /^export (?:async )?(?:const|function\*?|(?:abstract )?class) ([\w$]+)/gm;
  const text = (file: string) => readFileSync(join(ROOT, file), 'utf8');
  const exported = files.flatMap((file) => [...text(file).matchAll(EXPORTED)].map(([, name = '']) => ({ file, name })));
  const uses = new Map(exported.map(({ name }) => [name, 0]));
  for (const file of [...files, ...globSync(['test/**/*.{ts,tsx}', 'build/**/*.ts', '.ci/*.mjs'], { cwd: ROOT })]) {
    const words = text(file)
      .replace(/^export \{[^}]*\} from .*$/gm, '')
      .split(/[^\w$]+/);
    for (const name of new Set(words)) if (uses.has(name)) uses.set(name, (uses.get(name) ?? 0) + 1);
  }
  const unused = exported
    .filter(({ name }) => (uses.get(name) ?? 0) < 2)
    .map(({ file, name }) => `${file} exports ${name}`);
  expect(unused, 'take the word export away, or the whole').toEqual([]);
});

test('docs/architecture.md names every file of more than 400 lines, and its one idea', () => {
  const page = readFileSync(join(ROOT, 'docs/architecture.md'), 'utf8');
  const long = files.filter((file) => readFileSync(join(ROOT, file), 'utf8').split('\n').length > 401);
  const rows = page.split('\n').filter((line) => /^\| `app\//.test(line));
  const named = rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, file]) => file));
  expect(long.filter((file) => !named.includes(file))).toEqual([]);
});

test('what windows import, and what that imports, needs no Node', () => {
  const VALUES =
    /(?:^|\n)(?:import|export) (?!type\b)((?:\{[^}]*\}|\*[^'\n]*|[\w$]+)[^'\n]*?) ?from '([^']+)'|(?:^|\n)import '([^']+)'/g;
  const isTypeOnly = (names: string) =>
    names.startsWith('{') && !/[{,]\s*(?!type\b)[\w$]/.test(names.replace(/,\s*\}/, '}'));
  const seen = new Set<string>();
  const needing: string[] = [];
  const visit = (file: string) => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const [, names = '', from, alone] of readFileSync(join(ROOT, file), 'utf8').matchAll(VALUES)) {
      const target = from ?? alone ?? '';
      if (isTypeOnly(names)) continue;
      if (target.startsWith('node:')) needing.push(`${file} imports ${target}`);
      if (/^\..*\.tsx?$/.test(target)) visit(relative(ROOT, resolve(ROOT, file, '..', target)));
    }
  };
  for (const file of files.filter((each) => each.startsWith('renderer/'))) visit(file);
  expect(seen.size).toBeGreaterThan(80);
  expect(needing, 'move what needs Node out of the file that windows import').toEqual([]);
});
