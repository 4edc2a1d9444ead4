import { describe, expect, test } from 'vitest';
import { configServers } from '../../../app/servers/index.ts';

function read(entry: object, more: object = {}, isOwners = true) {
  const text = JSON.stringify({ mcpServers: { notes: { command: 'notes', ...entry } }, ...more });
  return configServers(text, {}, undefined, isOwners ? () => '' : null);
}

describe('The rules of an entry', () => {
  test('are taken over, from a file and from what is pasted', () => {
    const rules = { tools: { allow: ['get_*'] }, resources: { deny: ['x:*'] }, changes: 'hold' };
    for (const isOwners of [true, false]) expect(read(rules, {}, isOwners).servers).toMatchObject([rules]);
  });

  test.each([
    ['a list', ['read']],
    ['a map of another client', { read: { disabled: true } }],
    ['tools whose names are near', { delay: { disabled: true }, den: true }],
  ])('are not what other clients keep under tools: %s', (_what, tools) => {
    const { servers, problems } = read({ tools });
    expect([servers.length, servers[0] && 'tools' in servers[0], problems]).toEqual([1, false, []]);
  });

  test.each([
    [{ tools: { deny: 'read' } }, 'tools'],
    [{ prompts: { allow: [1] } }, 'prompts'],
    [{ resources: { deny: [], alow: [] } }, 'resources'],
    [{ tools: { alow: ['get_*'] } }, 'tools'],
    [{ tools: { Deny: ['get_*'] } }, 'tools'],
    [{ prompts: { allowed: [], denied: ['x'] } }, 'prompts'],
    [{ changes: 'block' }, 'changes'],
  ])('that are wrong refuse the entry instead of letting everything through: %j', (entry, field) => {
    const { servers, problems } = read(entry);
    expect(servers).toEqual([]);
    expect(problems).toMatchObject([{ kind: 'bad-entry', server: 'notes', field }]);
  });
});

describe('The sets of a file', () => {
  const sets = [{ name: 'read', servers: { notes: { tools: { allow: ['get_*'] } } } }];

  test('are taken over from a file that its owner has named, and not from what is pasted', () => {
    expect(read({}, { sets }).sets).toEqual(sets);
    expect(read({}, { sets }, false).sets).toEqual([]);
  });

  test.each([
    ['no list', { read: {} }],
    ['one name twice', [...sets, ...sets]],
    ['a rule that is none', [{ name: 'read', servers: { notes: { tools: ['x'] } } }]],
  ])('are all left out, and named, where they are wrong: %s', (_what, wrong) => {
    const { servers, sets: read_, problems } = read({}, { sets: wrong });
    expect([servers.length, read_, problems]).toMatchObject([1, [], [{ kind: 'bad-sets' }]]);
  });
});
