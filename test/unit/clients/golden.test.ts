import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readEntries } from '../../../app/clients/entry/entry.ts';
import { CLIENTS, type Client, type DesiredMode, type EntryKey, type Plan } from '../../../app/clients/index.ts';
import { formatOf, type ReadFile } from '../../../app/clients/plan/ground.ts';
import { planEntry, planUndo } from '../../../app/clients/plan/plan.ts';
import { digestOf, keyOf } from '../../../app/clients/plan/record.ts';
import { ENVIRONMENT } from '../../support/client-environment.ts';

const FIXTURES = join(import.meta.dirname, '../../fixtures/clients-config');
const WISHES: readonly DesiredMode[] = [
  { kind: 'through' },
  { kind: 'run', by: 'shim' },
  { kind: 'run', by: 'address' },
  { kind: 'add', server: 'media', by: 'shim' },
];

/** Every client's file, written as its documentation has it and then handled by people. */
describe.each(CLIENTS.map((client) => [client.title, client] as const))('%s', (_, client) => {
  const before = readFileSync(join(FIXTURES, `${client.id}.before`));
  const read: ReadFile = { client, file: 'config', fileIndex: 0, bytes: before, record: null, mode: null };

  it.each(WISHES)('gets what was wished ($kind $by), and its own bytes back', async (desired) => {
    const plan = planEntry(read, keyFor(client, before, desired), desired, '20.19.0', ENVIRONMENT);
    const name = desired.kind === 'through' ? 'through' : `${desired.kind}-${'by' in desired ? desired.by : ''}`;
    if (plan.kind !== 'change') {
      expect(plan).toMatchObject(expectedRefusal(client, desired));
      return;
    }
    await expect(Buffer.from(plan.bytes).toString('utf8')).toMatchFileSnapshot(join(FIXTURES, `${client.id}.${name}`));
    const undo = changeOf(planUndo({ ...read, bytes: plan.bytes, record: plan.record }));
    expect(Buffer.from(undo.bytes)).toEqual(before);
    expect(undo.record).toBeNull();
  });

  it('comes back to the byte whatever the order of three patches and their undoing', () => {
    const keys = programs(client, before);
    for (const order of [keys, keys.toReversed()]) {
      let now: ReadFile = read;
      for (const [index, key] of keys.entries()) now = patched(now, key, WISHES[index % 2] ?? { kind: 'through' });
      for (const key of order) now = patched(now, key, { kind: 'off' });
      expect(Buffer.from(now.bytes)).toEqual(before);
      expect(now.record).toBeNull();
    }
  });

  it.each(programs(client, before).slice(0, 1))('gives one entry back after an edit of the file in between', (key) => {
    const through = patched(read, key, { kind: 'through' });
    const noted = Buffer.concat([Buffer.from(through.bytes), Buffer.from(client.format === 'json' ? ' ' : '# mine\n')]);
    const undone = patched({ ...through, bytes: noted }, key, { kind: 'off' });
    expect(Buffer.from(undone.bytes)).toEqual(
      Buffer.concat([before, Buffer.from(client.format === 'json' ? ' ' : '# mine\n')]),
    );
  });
});

function patched(read: ReadFile, key: EntryKey, desired: DesiredMode): ReadFile {
  const plan = changeOf(planEntry(read, key, desired, '24.21.0', ENVIRONMENT));
  expect(digestOf(read.bytes)).toBe(plan.digest);
  return { ...read, bytes: plan.bytes, record: plan.record };
}

function changeOf(plan: Plan): Plan & { kind: 'change' } {
  if (plan.kind !== 'change') throw new Error(JSON.stringify(plan));
  return plan;
}

/** Entries that start programs we may touch. */
function programs(client: Client, bytes: Uint8Array): EntryKey[] {
  return entriesIn(client, bytes)
    .filter(
      ({ launch, outside }) => launch.kind === 'program' && outside === null && !/[$]/.test(JSON.stringify(launch.env)),
    )
    .map(keyOf);
}

function entriesIn(client: Client, bytes: Uint8Array) {
  const reading = formatOf(client).read(
    Buffer.from(bytes)
      .toString('utf8')
      .replace(/^\ufeff/, ''),
  );
  if (reading.kind === 'broken') throw new Error(JSON.stringify(reading));
  return readEntries(client, reading.value);
}

function keyFor(client: Client, bytes: Uint8Array, desired: DesiredMode): EntryKey {
  const nas = entriesIn(client, bytes).find(({ name }) => name === 'nas');
  const holder = client.servers[0] ?? [];
  return nas === undefined || desired.kind === 'add'
    ? { holder, name: desired.kind === 'add' ? 'media' : 'nas' }
    : keyOf(nas);
}

function expectedRefusal(client: Client, desired: DesiredMode) {
  if ('by' in desired && desired.by === 'address' && client.remote === null) {
    return { kind: 'refused', refusal: { kind: 'no-addresses', client: client.title } };
  }
  // The only file of the set without a server.
  expect(client.id).toBe('lm-studio');
  return { kind: 'refused', refusal: { kind: 'no-entry', name: 'nas' } };
}
