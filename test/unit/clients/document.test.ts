import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import {
  type Edit,
  editText,
  type Format,
  json,
  type Path,
  readText,
  toml,
  valueAt,
  yaml,
} from '../../../app/clients/document/index.ts';
import { keys, sampleMaps, tapes } from '../../support/samples.ts';
import { type Choice, choiceFrom, type Sample, writtenJson, writtenToml, writtenYaml } from '../../support/written.ts';

/** Hundreds of documents each, also on a busy machine. */
vi.setConfig({ testTimeout: 60_000 });

interface Hand {
  readonly format: Format;
  readonly write: (value: { readonly [key: string]: Sample }, choose: Choice) => string;
}

const HANDS: Readonly<Record<string, Hand>> = {
  JSON: { format: json, write: writtenJson },
  YAML: { format: yaml, write: writtenYaml },
  TOML: { format: toml, write: writtenToml },
};

describe.each(Object.entries(HANDS))('%s in any hand', (_, { format, write }) => {
  it('reads as what was written', () => {
    fc.assert(
      fc.property(sampleMaps, tapes, (value, tape) => {
        expect(format.read(write(value, choiceFrom(tape)))).toEqual({
          kind: 'value',
          value: emptyIsNothing(value, format),
        });
      }),
    );
  });

  it('takes a new key anywhere, and loses nothing else, not even a comment', () => {
    fc.assert(
      fc.property(sampleMaps, tapes, keys, (value, tape, key) => {
        const text = write(value, choiceFrom(tape));
        const map = choiceFrom(tape.toReversed());
        const path = [...pick(mapsIn(value), map), key];
        fc.pre(valueAt(value, path) === undefined);
        const after = edit(format, text, { kind: 'set', path, value: ['new', 'value'] });
        expect(survives(text, after)).toBe(true);
      }),
    );
  });

  it('takes one more item in any list, and loses nothing else', () => {
    fc.assert(
      fc.property(sampleMaps, tapes, (value, tape) => {
        const text = write(value, choiceFrom(tape));
        const lists = pathsIn(value).filter((path) => Array.isArray(valueAt(value, path)));
        fc.pre(lists.length > 0);
        const after = edit(format, text, { kind: 'append', path: pick(lists, choiceFrom(tape)), value: '--more' });
        expect(survives(text, after)).toBe(true);
      }),
    );
  });

  it('has any value replaced or removed, and everything else as it was', () => {
    fc.assert(
      fc.property(
        sampleMaps,
        tapes,
        fc.constantFrom('other', ['x'], { k: 'v' }),
        fc.boolean(),
        (value, tape, other, gone) => {
          const text = write(value, choiceFrom(tape));
          const paths = pathsIn(value).filter((path) => path.every((step) => typeof step === 'string'));
          fc.pre(paths.length > 0);
          const path = pick(paths, choiceFrom(tape.toReversed()));
          const change: Edit = gone ? { kind: 'remove', path } : { kind: 'set', path, value: other };
          // editText proves the result itself, and throws when it does not hold.
          expect(edit(format, text, change)).not.toBe(text);
        },
      ),
    );
  });

  it('finds where a value stands', () => {
    fc.assert(
      fc.property(sampleMaps, tapes, (value, tape) => {
        const text = write(value, choiceFrom(tape));
        for (const path of mapsIn(value).filter(({ length }) => length > 0)) {
          const span = format.spans(text, [path])[0] ?? null;
          expect(span === null ? '' : text.slice(span.start, span.end).trim()).not.toBe('');
        }
        expect(format.spans(text, [['nobody', 'has', 'this']])).toEqual([null]);
      }),
    );
  });
});

it.each([
  [
    '[a.nas]\n[a.nas.headers] # mine\n# old\nX = "1"\nY = "2"\n\n[b]\n',
    '[a.nas]\n[a.nas.headers] # mine\n# old\nX = "3"\n\n[b]\n',
  ],
  ['[a.nas]\nheaders.X = "1" # x\nheaders.Y = "2"\n', '[a.nas]\nheaders.X = "3" # x\n'],
  ['[[a]]\n[a.nas]\n[a.nas.headers]\nY = "2"\n', null],
])('A table of TOML that is spread over lines is given other keys where it stands: %j', (text, after) => {
  if (after !== null)
    expect(edit(toml, text, { kind: 'set', path: ['a', 'nas', 'headers'], value: { X: '3' } })).toBe(after);
  else {
    const changed = edit(toml, text, { kind: 'set', path: ['a', 0, 'nas', 'headers'], value: { X: '3' } });
    expect(changed).toBe('[[a]]\n[a.nas]\n[a.nas.headers]\nX = "3"\n');
  }
});

it.each([
  '[mcp_servers."__proto__"]\nstolen = "x"\n',
  '[mcp_servers]\n__proto__.stolen = "x"\n',
  'mcp_servers = { __proto__ = { stolen = "x" } }\n',
])('A key of TOML is one of its document alone, whatever its name: %j', (text) => {
  const { value } = readText(toml, text);
  expect('stolen' in {}).toBe(false);
  expect(JSON.stringify(value)).toBe('{"mcp_servers":{"__proto__":{"stolen":"x"}}}');
});

it('Tables in a list on its lines are edited where they stand, as Mistral Vibe writes short ones', () => {
  const text = 'servers = [\n    { name = "a", args = ["x"] }, # one\n    { name = "b", env = { A = "1" } },\n]\n';
  expect(edit(toml, text, { kind: 'set', path: ['servers', 0, 'env', 'B'], value: '2' })).toBe(
    text.replace('["x"] }', '["x"], env = { B = "2" } }'),
  );
  expect(edit(toml, text, { kind: 'set', path: ['servers', 1, 'env', 'A'], value: '2' })).toBe(
    text.replace('"1"', '"2"'),
  );
  expect(edit(toml, text, { kind: 'remove', path: ['servers', 1, 'env'] })).toBe(
    text.replace(', env = { A = "1" }', ''),
  );
  expect(edit(toml, text, { kind: 'remove', path: ['servers', 0] })).toBe(
    'servers = [\n    { name = "b", env = { A = "1" } },\n]\n',
  );
});

it.each([
  [
    'an alias is the value',
    'e: &e\n  A: yes\n  B: "x, y"\nb:\n  env: *e # shared\n',
    ['b', 'env', 'C'],
    'e: &e\n  A: yes\n  B: "x, y"\nb:\n  env:\n    A: yes\n    B: "x, y" # shared\n    C: "1"\n',
  ],
  [
    'an alias takes it elsewhere',
    'a: { env: &e { A: 010 } }\nb: { env: *e }\n',
    ['a', 'env', 'C'],
    'a: { env: &e { A: 010, C: "1" } }\nb: { env: { A: 010 } }\n',
  ],
  [
    'a merge key brings it',
    'd: &d\n  env: { A: 1 }\n  on: off\nb:\n  <<: *d\n  on: x\n',
    ['b', 'env', 'C'],
    'd: &d\n  env: { A: 1 }\n  on: off\nb:\n  env:\n    A: 1\n    C: "1"\n  on: x\n',
  ],
  [
    'a merge key takes it elsewhere',
    'a: &a\n  env: { A: 1 }\nb:\n  - <<: [*a]\n    name: b\n',
    ['a', 'env', 'C'],
    'a: &a\n  env: { A: 1, C: "1" }\nb:\n  - env:\n      A: 1\n    name: b\n',
  ],
  [
    'what an alias stands for has aliases',
    'x: &x 1\ny: &y { A: *x }\nb: { <<: *y }\n',
    ['x'],
    'x: "1"\ny: &y { A: 1 }\nb: { <<: *y }\n',
  ],
])('YAML is edited in one place where %s', (_, text, path, after) => {
  expect(edit(yaml, text, { kind: 'set', path, value: '1' })).toBe(after);
});

it('A key of YAML that is merged in goes from its map alone', () => {
  const text = 'd: &d { cmd: npx, type: stdio }\na:\n  <<: *d\n  type: x\nb: { <<: *d }\n';
  expect(edit(yaml, text, { kind: 'remove', path: ['a', 'cmd'] })).toBe(text.replace('  <<: *d\n', ''));
  expect(edit(yaml, text, { kind: 'remove', path: ['a', 'type'] })).toBe(
    'd: &d { cmd: npx, type: stdio }\na:\n  cmd: npx\nb: { <<: *d }\n',
  );
});

function edit(format: Format, text: string, change: Edit): string {
  return editText(format, readText(format, text), [change]).text;
}

function pick<T>(choices: readonly T[], choose: Choice): T {
  const chosen = choices[choose(choices.length)];
  if (chosen === undefined) throw new Error('nothing to choose from');
  return chosen;
}

function pathsIn(value: unknown, above: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const path = [...above, Array.isArray(value) ? Number(key) : key];
    return [path, ...pathsIn(inner, path)];
  });
}

function mapsIn(value: { readonly [key: string]: Sample }): Path[] {
  const inner = pathsIn(value).filter((path) => {
    const at = valueAt(value, path);
    return typeof at === 'object' && !Array.isArray(at);
  });
  return [[], ...inner];
}

/** A YAML document without anything in it has no value at all. */
function emptyIsNothing(value: { readonly [key: string]: Sample }, format: Format): unknown {
  return format === yaml && Object.keys(value).length === 0 ? undefined : value;
}

/** Whether one text can be had from the other by putting things in, white space and an empty collection's brackets aside. */
function survives(before: string, after: string): boolean {
  const kept = before.replace(/\{\s*\}|\s/g, '');
  let at = 0;
  for (let index = 0; index < after.length; index += 1) if (after[index] === kept[at]) at += 1;
  return at === kept.length;
}
