import { describe, expect, it } from 'vitest';
import type { Table } from '../../bench/common/results.ts';
import { inRounds, numberCell, plainRow, ratioRow } from '../../bench/common/rounds.ts';
import { markdown, misses } from '../../bench/common/table.ts';

const subjects = [{ name: 'direct' }, { name: 'ours' }, { name: 'broken' }];

describe('a bench table', () => {
  it('holds each subject against the base of the same round, and asks in a rotating order', async () => {
    const asked: string[] = [];
    const samples = await inRounds(subjects, 3, async ({ name }) => {
      asked.push(name);
      if (name === 'broken') throw new Error('no route');
      const round = asked.filter((other) => other === name).length;
      return 10 ** round * (name === 'ours' ? 0.5 : 1);
    });
    expect(asked).toEqual(['direct', 'ours', 'broken', 'ours', 'direct', 'direct', 'ours']);
    const row = ratioRow({ label: 'speed', samples, base: 'direct', format: String, target: { atLeast: 0.4 } });
    expect(row.cells.get('direct')?.text).toBe('100');
    expect(row.cells.get('ours')).toEqual({ text: '0.5 x', value: 0.5 });
    expect(row.cells.get('broken')).toEqual({ text: 'no: no route' });
  });

  it('names the rows in which a subject misses its target or has no number', async () => {
    const samples = await inRounds(subjects, 1, async ({ name }) => (name === 'direct' ? 1 : 3));
    const rows = [
      plainRow('slow', samples, ([value = 0]) => numberCell(value, 'ms'), { atMost: 2 }),
      plainRow('fast', samples, ([value = 0]) => numberCell(value, 'ms'), { atMost: 3 }),
      plainRow('refused', samples, () => ({ text: 'no (HTTP 413)' }), { atMost: 3 }),
    ];
    const table: Table = { title: 'bench', subjects: ['direct', 'ours'], rows };
    expect(misses(table, 'ours')).toEqual([
      'ours, slow: 3 ms, to reach ≤ 2',
      'ours, refused: no (HTTP 413), to reach ≤ 3',
    ]);
    expect(markdown(table).split('\n')[2]).toBe('| slow    | 1 ms          | 3 ms          | ≤ 2      |');
  });
});
