import { describe, expect, it } from 'vitest';
import { nearest } from '../../../app/base/nearest.ts';

const names = ['--port', '--host', '--token', '--token-file', '--forward', '--log-level', '--log-file', '--lang'];

describe('the nearest name', () => {
  it.each([
    ['--prot', '--port'],
    ['--por', '--port'],
    ['--ports', '--port'],
    ['--hots', '--host'],
    ['--foward', '--forward'],
    ['--forwards', '--forward'],
    ['--loglevel', '--log-level'],
    ['--log_file', '--log-file'],
    ['--tok', '--token'],
  ])('for %s is %s', (word, name) => expect(nearest(word, names)).toBe(name));

  it.each(['--verbose', '', 'x', '--quiet'])('for %s is none', (word) => expect(nearest(word, names)).toBeNull());
});
