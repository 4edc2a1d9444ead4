import { expect, test } from 'vitest';
import { EndedSessions } from '../../../app/bridge/context.ts';

test('The reason why a session ended is told to its principal alone, and for the last 256 sessions', () => {
  const ended = new EndedSessions();
  for (let id = 0; id < 300; id++) ended.add(`s${id}`, 'alice', `It ended: ${id} ${'x'.repeat(5000)}`);
  const told = ended.fault('s299', 'alice');
  expect(told.status).toBe(404);
  expect(told.error.message).toMatch(/^Session not found: It ended: 299 x+$/);
  expect(told.error.message.length).toBeLessThan(1100);
  expect(ended.fault('s299', 'bob').error.message).toBe('Session not found');
  expect(ended.fault('s43', 'alice').error.message).toBe('Session not found');
  expect(ended.fault('s44', 'alice').error.message).toContain('It ended: 44');
  expect(ended.fault(undefined, 'alice').error.message).toBe('Session not found');
});
