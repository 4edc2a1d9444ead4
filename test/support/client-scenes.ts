import fc from 'fast-check';
import { CLIENTS, type Client, type ClientId, type DesiredMode, type EntryKey } from '../../app/clients/index.ts';
import type { ReadFile } from '../../app/clients/plan/ground.ts';
import { sampleMaps, tapes } from './samples.ts';
import { type Choice, choiceFrom, type Sample, writtenJson, writtenToml, writtenYaml } from './written.ts';

type Map = { readonly [key: string]: Sample };

/** One client for each format and each way to write down a program. */
const IDS: readonly ClientId[] = ['jan', 'opencode', 'goose', 'continue', 'codex'];
const HANDS: Readonly<Record<Client['format'], (value: Map, choose: Choice) => string>> = {
  json: writtenJson,
  yaml: writtenYaml,
  toml: writtenToml,
};
/** Modes that change an entry. */
export const WISHES: readonly DesiredMode[] = [
  { kind: 'through' },
  { kind: 'run', by: 'shim' },
  { kind: 'run', by: 'address' },
];
const NAMES = ['nas', 'home assistant', '家', 'media', 'db.1', 'nas-2'];

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

/** A file of a client in any hand. */
export interface Scene {
  readonly client: Client;
  readonly read: ReadFile;
  readonly keys: readonly EntryKey[];
}

/** @param most servers in the file */
export function scenesOf(most: number): fc.Arbitrary<Scene> {
  return fc
    .tuple(
      fc.constantFrom(...IDS),
      fc.array(programs, { minLength: 1, maxLength: most }),
      sampleMaps,
      tapes,
      fc.boolean(),
    )
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
}

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

/** Bytes that the client may write below its servers. */
export function noteFor({ client }: Scene): Buffer {
  return Buffer.from(client.format === 'json' ? '\n// theirs' : '\n# theirs\n');
}

function fail(what: string): never {
  throw new Error(what);
}
