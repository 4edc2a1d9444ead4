import { describe, expect, it } from 'vitest';
import type { LogLine } from '../../../app/ipc/index.ts';
import { LogModel } from '../../../renderer/logs/log-model.ts';

function line(sequence: number, changes: Partial<LogLine> = {}): LogLine {
  return { sequence, at: 0, level: 'info', source: 'proxy', message: `line ${sequence}`, fields: {}, ...changes };
}

describe('The lines of the log window', () => {
  it('are filtered by level and source, as they come and afterwards', () => {
    const model = new LogModel();
    model.add([line(1), line(2, { level: 'error' }), line(3, { source: 'server:a' })]);
    model.filter({ level: 'warn', source: null });
    model.add([line(4, { level: 'warn' }), line(5, { level: 'debug' })]);
    expect(model.shown.map(({ sequence }) => sequence)).toEqual([2, 4]);
    model.filter({ level: 'debug', source: 'server:a' });
    expect(model.shown.map(({ sequence }) => sequence)).toEqual([3]);
    expect(model.sources).toEqual(['proxy', 'server:a']);
  });

  it('are searched without regard to case, in fields as well, among what is shown', () => {
    const model = new LogModel();
    model.add([line(1, { message: 'No Route' }), line(2), line(3, { fields: { why: 'no route' } })]);
    model.search('NO ROUTE');
    expect(model.hits).toEqual([0, 2]);
    model.add([line(4, { message: 'no route again' })]);
    expect(model.hits).toEqual([0, 2, 3]);
    model.filter({ level: 'error', source: null });
    expect(model.hits).toEqual([]);
  });

  it('let the oldest go beyond sixty thousand, and say that positions have changed', () => {
    const model = new LogModel();
    const many = Array.from({ length: 65_000 }, (_, at) => line(at + 1));
    expect(model.add(many)).toBe(false);
    expect(model.add([line(65_001)])).toBe(true);
    expect(model.all).toHaveLength(60_000);
    expect(model.all[0]?.sequence).toBe(5002);
  });

  it('do not come back after clearing', () => {
    const model = new LogModel();
    model.add([line(1), line(2)]);
    model.clear();
    expect(model.shown).toEqual([]);
    expect(model.lastSequence).toBe(2);
  });
});
