import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { CLIENTS, ClientFiles, type DesiredMode, type Plan } from '../../../app/clients/index.ts';
import type { ReadFile } from '../../../app/clients/plan/ground.ts';
import { openFile, planEntry, planUndo, type Step } from '../../../app/clients/plan/plan.ts';
import { ENVIRONMENT } from '../../support/client-environment.ts';
import { noteFor, type Scene, scenesOf, WISHES } from '../../support/client-scenes.ts';
import { memoryDisk } from '../../support/memory-disk.ts';
import { rememberingLog } from '../../support/quiet-log.ts';

/** Hundreds of documents each, also on a busy machine. */
vi.setConfig({ testTimeout: 120_000 });

const scenes = scenesOf(3);

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

describe('Patches of many entries', () => {
  const many = fc.tuple(scenesOf(6), fc.array(fc.nat(WISHES.length), { minLength: 6, maxLength: 6 }));

  it('are made at once with the bytes that they come to one by one, and the same is remembered of them', () => {
    fc.assert(
      fc.property(many, ([scene, picks]) => {
        const [at, once] = bothWays(scene, picks);
        expect(text(once)).toBe(text(at));
        expect(withoutStretches(once)).toEqual(withoutStretches(at));
        expect(text(moved(once, planUndo(once)))).toBe(text(scene.read));
        // And again with other modes, each in the place of the one before.
        const again = picks.map((pick) => pick + 1);
        const [second, secondAtOnce] = [inTurn(at, scene, again), atOnce(once, scene, again)];
        expect(text(secondAtOnce)).toBe(text(second));
        expect(text(moved(secondAtOnce, planUndo(secondAtOnce)))).toBe(text(scene.read));
      }),
      { numRuns: 60 },
    );
  });

  it('are made at once as one by one where an entry begins on the last line of another', () => {
    const client = CLIENTS.find(({ id }) => id === 'opencode') ?? fail('client');
    const bytes = Buffer.from(`{
  "mcp": {"nas": {"command": ["npx",
      "-y"
    ]}, "media": {"command": ["npx"],
    }}
}`);
    const keys = ['nas', 'media'].map((name) => ({ holder: ['mcp'], name }));
    const scene = { client, read: { client, file: 'config', fileIndex: 0, bytes, record: null, mode: null }, keys };
    const [at, once] = bothWays(scene, [1, 0]);
    expect(text(once)).toBe(text(at));
  });

  it('come off at once after the client has written to the file, as they do one by one', () => {
    fc.assert(
      fc.property(many, ([scene, picks]) => {
        const [at, once] = bothWays(scene, picks);
        const note = noteFor(scene);
        const theirs = Buffer.concat([once.bytes, note]);
        const whole = moved({ ...once, bytes: theirs }, planUndo({ ...once, bytes: theirs }));
        let each: ReadFile = { ...at, bytes: theirs };
        for (const key of scene.keys) each = moved(each, planEntry(each, key, { kind: 'off' }, null, ENVIRONMENT));
        const off = atOnce({ ...once, bytes: theirs }, scene, [], { kind: 'off' });
        const before = Buffer.concat([scene.read.bytes, note]).toString();
        expect([text(whole), text(each), text(off)]).toEqual([before, before, before]);
        expect([whole.record, each.record, off.record]).toEqual([null, null, null]);
      }),
      { numRuns: 60 },
    );
  });

  it('take about as much reading as there are entries', async () => {
    const few = await readFor(24);
    const more = await readFor(96);
    // Four times as much for four times the entries, and twice that for good measure: one by one it would be sixteen times.
    expect(more.plan / few.plan).toBeLessThan(8);
    expect(more.undo / few.undo).toBeLessThan(8);
    expect(more.rewritten / few.rewritten).toBeLessThan(8);
  });
});

/** Characters of JSON that are parsed to plan all servers of a file, to undo that, and to undo it after the client has written to it. */
async function readFor(count: number): Promise<{ plan: number; undo: number; rewritten: number }> {
  const disk = memoryDisk();
  const file = '/home/a/.cursor/mcp.json';
  const names = Array.from({ length: count }, (_, at) => `server-${at}`);
  const servers = names.map((name) => [name, { command: 'uvx', args: [name], env: { KEY: `of ${name}` } }]);
  disk.files.set(file, Buffer.from(JSON.stringify({ mcpServers: Object.fromEntries(servers) }, null, 2)));
  const files = new ClientFiles({
    disk,
    folder: '/home/a/journal',
    home: { folder: '/home/a', platform: 'linux', env: {} },
    probes: { nodeVersion: async () => null },
    log: rememberingLog().log,
    now: () => new Date(0),
  });
  const counted = async (make: () => Promise<unknown>): Promise<number> => {
    const parse = vi.spyOn(JSON, 'parse');
    try {
      await make();
      return parse.mock.calls.reduce((sum, [parsed]) => sum + parsed.length, 0);
    } finally {
      parse.mockRestore();
    }
  };
  const draft = files.draft();
  const plan = await counted(async () => {
    for (const name of names) {
      await draft.set('cursor', file, { holder: ['mcpServers'], name }, { kind: 'run', by: 'address' }, ENVIRONMENT);
    }
    expect(draft.files()).toHaveLength(1);
  });
  const [drafted] = draft.files();
  expect(await files.apply(drafted?.plan ?? fail('plan'))).toMatchObject({ kind: 'written' });
  const undo = await counted(() => files.planUndo('cursor', file));
  const value: unknown = JSON.parse(disk.text(file));
  disk.files.set(file, Buffer.from(JSON.stringify({ theirs: 1, ...Object(value) })));
  const rewritten = await counted(async () => {
    expect(await files.planUndo('cursor', file)).toMatchObject({ kind: 'change', record: null });
  });
  return { plan, undo, rewritten };
}

function bothWays(scene: Scene, picks: readonly number[]): readonly [ReadFile, ReadFile] {
  return [inTurn(scene.read, scene, picks), atOnce(scene.read, scene, picks)];
}

function inTurn(read: ReadFile, scene: Scene, picks: readonly number[]): ReadFile {
  return scene.keys.reduce((now, key, at) => {
    const desired = WISHES[picks[at] ?? 0];
    return desired === undefined ? now : moved(now, planEntry(now, key, desired, null, ENVIRONMENT));
  }, read);
}

function atOnce(read: ReadFile, scene: Scene, picks: readonly number[], always?: DesiredMode): ReadFile {
  const file = openFile(read);
  if (file.kind === 'refused') return fail(file.refusal.kind);
  const steps = scene.keys.flatMap((key, at): Step[] => {
    const desired = always ?? WISHES[picks[at] ?? 0];
    const step = desired === undefined ? null : file.step(key, desired, null, ENVIRONMENT);
    return step === null || step.kind === 'refused' ? [] : [step];
  });
  const { plan, uneditable } = file.plan(steps);
  expect(uneditable).toEqual([]);
  return moved(read, plan);
}

function withoutStretches({ record }: ReadFile): unknown {
  return { ...record, patches: record?.patches.map(({ stretch: _stretch, ...patch }) => patch) };
}

function text({ bytes }: ReadFile): string {
  return Buffer.from(bytes).toString('utf8');
}

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

function fail(what: string): never {
  throw new Error(what);
}
