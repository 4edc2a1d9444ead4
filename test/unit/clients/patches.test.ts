import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import {
  CLIENTS,
  type Client,
  type ClientId,
  type DesiredMode,
  type EntryKey,
  type Plan,
} from '../../../app/clients/index.ts';
import { planEntry, planUndo, type ReadFile } from '../../../app/clients/plan/plan.ts';
import { ENVIRONMENT } from '../../support/client-environment.ts';
import { sampleMaps, tapes } from '../../support/samples.ts';
import { type Choice, choiceFrom, type Sample, writtenJson, writtenToml, writtenYaml } from '../../support/written.ts';

/** Hundreds of documents each, also on a busy machine. */
vi.setConfig({ testTimeout: 60_000 });

type Map = { readonly [key: string]: Sample };

/** One client for each format and each way to write down a program. */
const IDS: readonly ClientId[] = ['jan', 'opencode', 'goose', 'continue', 'codex'];
const HANDS: Readonly<Record<Client['format'], (value: Map, choose: Choice) => string>> = {
  json: writtenJson,
  yaml: writtenYaml,
  toml: writtenToml,
};
const WISHES: readonly DesiredMode[] = [
  { kind: 'through' },
  { kind: 'run', by: 'shim' },
  { kind: 'run', by: 'address' },
];
const NAMES = ['nas', 'home assistant', '家'];

const programs = fc.record(
  {
    command: fc.constantFrom('npx', '/usr/bin/uvx', 'C:\\nas.exe'),
    args: fc.array(fc.constantFrom('-y', 'mcp-remote', 'a b', '"', 'http://nas.lan/x'), { maxLength: 3 }),
    env: fc.option(
      fc.dictionary(fc.constantFrom('A', 'NO_PROXY', 'HTTP_PROXY'), fc.constantFrom('', 'http://corp:1', 'é')),
      {
        nil: undefined,
      },
    ),
    more: sampleMaps,
  },
  { requiredKeys: ['command', 'args', 'more'] },
);

interface Scene {
  readonly client: Client;
  readonly read: ReadFile;
  readonly keys: readonly EntryKey[];
}

const scenes: fc.Arbitrary<Scene> = fc
  .tuple(fc.constantFrom(...IDS), fc.array(programs, { minLength: 1, maxLength: 3 }), sampleMaps, tapes, fc.boolean())
  .map(([id, servers, environment, tape, mark]) => {
    const client = CLIENTS.find((each) => each.id === id) ?? fail(id);
    const [holder = ''] = client.servers[0] ?? [];
    const entries = servers.map((server, index) => entryFor(client, NAMES[index] ?? '', server));
    const named = Object.fromEntries(entries.map((entry, index) => [NAMES[index] ?? '', entry]));
    const value: Map = { ...environment, [holder]: client.name?.list === true ? entries : named };
    const text = HANDS[client.format](value, choiceFrom(tape));
    const bytes = Buffer.from(mark ? `\ufeff${text}` : text);
    return {
      client,
      read: { client, file: 'config', fileIndex: 0, bytes, record: null, mode: null },
      keys: servers.map((_, index) => ({ holder: [holder], name: NAMES[index] ?? '' })),
    };
  });

function entryFor(
  client: Client,
  name: string,
  program: { command: string; args: string[]; env?: Map | undefined; more: Map },
): Map {
  const { stdio } = client;
  const line: Map =
    stdio.args === null
      ? { [stdio.command]: [program.command, ...program.args] }
      : { [stdio.command]: program.command, [stdio.args]: program.args };
  const { [stdio.env]: _env, ...more } = program.more;
  return {
    ...more,
    ...(client.name === null ? {} : { [client.name.key]: name }),
    ...line,
    ...(program.env === undefined ? {} : { [stdio.env]: program.env }),
  };
}

describe('Patches of a file in any hand', () => {
  it('come off again to the byte, in any order', () => {
    fc.assert(
      fc.property(scenes, fc.infiniteStream(fc.nat(1000)), (scene, random) => {
        const next = (count: number): number => (random.next().value ?? 0) % count;
        let now = scene.read;
        for (let round = 0; round < 5; round += 1) {
          const key = scene.keys[next(scene.keys.length)];
          const desired = WISHES[next(WISHES.length)];
          if (key !== undefined && desired !== undefined)
            now = moved(now, planEntry(now, key, desired, null, ENVIRONMENT));
        }
        const left = [...scene.keys];
        while (left.length > 0) {
          const [key] = left.splice(next(left.length), 1);
          if (key !== undefined) now = moved(now, planEntry(now, key, { kind: 'off' }, null, ENVIRONMENT));
        }
        expect(Buffer.from(now.bytes).toString()).toBe(Buffer.from(scene.read.bytes).toString());
        expect(now.record).toBeNull();
      }),
      { numRuns: 50 },
    );
  });

  it('come off one by one after edits below them, and everything else stays byte for byte', () => {
    fc.assert(
      fc.property(scenes, fc.array(fc.nat(2), { minLength: 3, maxLength: 3 }), fc.boolean(), (scene, picks, whole) => {
        let now = scene.read;
        for (const [index, key] of scene.keys.entries()) {
          now = moved(now, planEntry(now, key, WISHES[picks[index] ?? 0] ?? fail('mode'), null, ENVIRONMENT));
        }
        const note = noteFor(scene);
        now = { ...now, bytes: Buffer.concat([now.bytes, note]) };
        if (whole) now = moved(now, planUndo(now));
        else for (const key of scene.keys) now = moved(now, planEntry(now, key, { kind: 'off' }, null, ENVIRONMENT));
        expect(Buffer.from(now.bytes).toString()).toBe(Buffer.concat([scene.read.bytes, note]).toString());
        expect(now.record).toBeNull();
      }),
      { numRuns: 50 },
    );
  });
});

function moved(read: ReadFile, plan: Plan): ReadFile {
  switch (plan.kind) {
    case 'change':
      return { ...read, bytes: plan.bytes, record: JSON.parse(JSON.stringify(plan.record)) };
    case 'unchanged':
      return { ...read, record: plan.record };
    case 'refused':
      // Claude Desktop dials no addresses, and a bridge with a URL that is none is not moved; nothing else may be in the way.
      expect(plan.refusal.kind).toMatch(/^(?:no-addresses|bridge|problem)$/);
      return read;
    default:
      return plan satisfies never;
  }
}

function noteFor({ client }: Scene): Buffer {
  return Buffer.from(client.format === 'json' ? '\n// theirs' : '\n# theirs\n');
}

function fail(what: string): never {
  throw new Error(what);
}
