import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import {
  ClientFiles,
  type ClientId,
  type DesiredMode,
  type EntryKey,
  type FoundClient,
  type Plan,
} from '../../../app/clients/index.ts';
import { ENVIRONMENT } from '../../support/client-environment.ts';
import { memoryDisk } from '../../support/memory-disk.ts';
import { rememberingLog } from '../../support/quiet-log.ts';

/** 300 histories, also on a busy machine. */
vi.setConfig({ testTimeout: 120_000 });

const CLAUDE = '/home/a/.config/Claude/claude_desktop_config.json';
const CURSOR = '/home/a/.cursor/mcp.json';
const WINDSURF = '/home/a/.codeium/windsurf/mcp_config.json';
const DOTFILES = '/home/a/dotfiles/mcp.json';
const FILES: readonly (readonly [ClientId, string])[] = [
  ['claude-desktop', CLAUDE],
  ['cursor', CURSOR],
  ['windsurf', WINDSURF],
];
/** The files behind the clients' ways to them. */
const REAL = [CLAUDE, DOTFILES] as const;
const NAMES = ['nas', 'home assistant', 'db'] as const;
const WISHES: readonly DesiredMode[] = [
  { kind: 'through' },
  { kind: 'run', by: 'shim' },
  { kind: 'run', by: 'address' },
  { kind: 'off' },
];

interface Owned {
  [key: string]: unknown;
  mcpServers: Record<string, unknown>;
}

type Act =
  | { readonly kind: 'mode'; readonly client: number; readonly name: number; readonly wish: number }
  | { readonly kind: 'bulk'; readonly wish: number; readonly clients: readonly number[] }
  | { readonly kind: 'undo'; readonly client: number }
  | { readonly kind: 'undo-all' }
  /** The client writes the file anew in its own way, with one more key. */
  | { readonly kind: 'rewrite'; readonly file: number }
  /** The client takes an entry to another name, or to the end of the map. */
  | { readonly kind: 'rename' | 'to-the-end'; readonly file: number; readonly name: number };

const acts: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ kind: fc.constant('mode' as const), client: fc.nat(2), name: fc.nat(2), wish: fc.nat(3) }),
  fc.record({ kind: fc.constant('mode' as const), client: fc.nat(2), name: fc.nat(2), wish: fc.nat(3) }),
  fc.record({ kind: fc.constant('bulk' as const), wish: fc.nat(2), clients: fc.subarray([0, 1, 2], { minLength: 1 }) }),
  fc.record({ kind: fc.constant('undo' as const), client: fc.nat(2) }),
  fc.constant({ kind: 'undo-all' as const }),
  fc.record({ kind: fc.constant('rewrite' as const), file: fc.nat(1) }),
  fc.record({ kind: fc.constant('rename' as const), file: fc.nat(1), name: fc.nat(2) }),
  fc.record({ kind: fc.constant('to-the-end' as const), file: fc.nat(1), name: fc.nat(2) }),
);

function written(file: number): string {
  const entries = NAMES.map(
    (name, at) =>
      `    "${name}": { "command": "uvx", "args": ["${name}-${file}"]${at === 0 ? ', "env": null' : at === 1 ? ', "env":{"A":"1"}' : ''} }`,
  );
  return `{\n  "theme":  "dark",\n  "mcpServers": {\n${entries.join(',\n')}\n  }\n}\n`;
}

class History {
  readonly #disk = memoryDisk();
  /** What the files would hold without us. */
  readonly #owned: Owned[];
  /** Nothing but us has written to the file. */
  readonly #isUntouched = [true, true];
  readonly #names = [[...NAMES], [...NAMES]];
  #count = 0;

  constructor() {
    this.#disk.files.set(CLAUDE, Buffer.from(written(0)));
    this.#disk.files.set(DOTFILES, Buffer.from(written(1)));
    // Two clients on one file, each by a link of its own.
    this.#disk.link(CURSOR, DOTFILES);
    this.#disk.link(WINDSURF, '../../dotfiles/mcp.json');
    this.#owned = [0, 1].map((file) => JSON.parse(written(file)));
  }

  /** A new start of the program each time: nothing is remembered but what is on the disk. */
  #files(): ClientFiles {
    return new ClientFiles({
      disk: this.#disk,
      folder: '/home/a/journal',
      home: { folder: '/home/a', platform: 'linux', env: {} },
      probes: { nodeVersion: () => Promise.resolve('24.21.0') },
      log: rememberingLog().log,
      now: () => new Date(0),
    });
  }

  async act(act: Act): Promise<void> {
    switch (act.kind) {
      case 'mode': {
        const [client, file] = FILES[act.client] ?? fail();
        const files = this.#files();
        await this.#apply(files, await files.plan(client, file, this.#key(act), wishOf(act.wish), ENVIRONMENT));
        return;
      }
      case 'bulk': {
        const files = this.#files();
        const draft = files.draft();
        for (const client of act.clients) {
          const [id, file] = FILES[client] ?? fail();
          for (const name of NAMES.keys()) {
            await draft.set(id, file, this.#key({ client, name }), wishOf(act.wish), ENVIRONMENT);
          }
        }
        for (const { plan } of draft.files()) await this.#apply(files, plan);
        return;
      }
      case 'undo': {
        const [client, file] = FILES[act.client] ?? fail();
        const files = this.#files();
        await this.#apply(files, await files.planUndo(client, file));
        return;
      }
      case 'undo-all':
        return this.undoAll();
      case 'rewrite':
        this.#count += 1;
        return this.#rewrite(act.file, (value) => ({ ...value, [`theirs${this.#count}`]: this.#count }));
      case 'rename': {
        const names = this.#names[act.file] ?? fail();
        const from = names[act.name] ?? fail();
        const to = `${from}'`;
        names[act.name] = to as (typeof names)[number];
        return this.#rewrite(act.file, (value) => ({ ...value, mcpServers: moved(value.mcpServers, from, to) }));
      }
      case 'to-the-end': {
        const name = this.#names[act.file]?.[act.name] ?? fail();
        return this.#rewrite(act.file, (value) => ({ ...value, mcpServers: moved(value.mcpServers, name, name) }));
      }
      default:
        return act satisfies never;
    }
  }

  async undoAll(): Promise<void> {
    const files = this.#files();
    const draft = files.draft();
    for (const [client, file] of FILES) await draft.undo(client, file);
    for (const { plan } of draft.files()) await this.#apply(files, plan);
  }

  /** What a list shows of each client's file. */
  list(): Promise<FoundClient[]> {
    return this.#files().list(ENVIRONMENT);
  }

  expectAsOwned(): void {
    for (const [file, path] of REAL.entries()) {
      const text = this.#disk.text(path);
      expect(JSON.parse(text)).toEqual(this.#owned[file]);
      if (this.#isUntouched[file] === true) expect(text).toBe(written(file));
    }
    expect([...this.#disk.files.keys()].filter((path) => /journal\/file-/.test(path))).toEqual([]);
  }

  #key({ client, name }: { client: number; name: number }): EntryKey {
    const known = this.#names[client === 0 ? 0 : 1]?.[name];
    return { holder: ['mcpServers'], name: known ?? fail() };
  }

  #rewrite(file: number, change: (value: Owned) => Owned): void {
    const path = REAL[file] ?? fail();
    this.#isUntouched[file] = false;
    this.#owned[file] = change(this.#owned[file] ?? fail());
    this.#disk.files.set(path, Buffer.from(JSON.stringify(change(JSON.parse(this.#disk.text(path))), null, 2)));
  }

  async #apply(files: ClientFiles, plan: Plan): Promise<void> {
    if (plan.kind === 'refused') {
      expect(['no-addresses', 'by-hand']).toContain(plan.refusal.kind);
      return;
    }
    expect(await files.apply(plan)).toMatchObject({ kind: 'written' });
  }
}

function wishOf(at: number): DesiredMode {
  return WISHES[at] ?? fail();
}

function moved(map: Record<string, unknown>, from: string, to: string): Record<string, unknown> {
  const { [from]: entry, ...others } = map;
  return { ...others, [to]: entry };
}

function fail(): never {
  throw new Error('out of range');
}

it('Clients’ files come back from any history of modes, bulk changes, undoing and rewriting, links included', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(acts, { minLength: 1, maxLength: 10 }), async (story) => {
      const history = new History();
      for (const act of story) await history.act(act);
      const listed = await history.list();
      const [, cursor, windsurf] = listed.map(({ content }) => (content.kind === 'servers' ? content.servers : []));
      // What is patched through one client is seen to be so by the other.
      expect(cursor?.map(({ patch, mode }) => [patch, mode])).toEqual(
        windsurf?.map(({ patch, mode }) => [patch, mode]),
      );
      expect(listed.map(({ others = [] }) => others.map(({ id }) => id))).toEqual([[], ['windsurf'], ['cursor']]);
      await history.undoAll();
      history.expectAsOwned();
    }),
    { numRuns: 300 },
  );
});
