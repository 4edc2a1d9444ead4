import { describe, expect, test } from 'vitest';
import { ResourceOwners } from '../../../app/aggregate/locate.ts';

const owners = new ResourceOwners(
  [
    { owner: 'a', uri: 'file:///shared' },
    { owner: 'b', uri: 'file:///shared' },
    { owner: 'a', uri: 'note://1' },
  ],
  [
    { owner: 'a', template: 'note://{id}' },
    { owner: 'b', template: 'note://todo/{id}' },
    { owner: 'a', template: 'mail://{folder}/{id}.eml' },
    { owner: 'c', template: 'data://{x}' },
    { owner: 'd', template: 'data://{y}' },
  ],
);

describe('the owner of a resource', () => {
  test('is the server that lists its address', () => {
    expect(owners.of('note://1')).toEqual({ owner: 'a' });
  });

  test('is that of the template with most literal characters where no server lists it', () => {
    expect(owners.of('note://2')).toEqual({ owner: 'a' });
    expect(owners.of('note://todo/2')).toEqual({ owner: 'b' });
    expect(owners.of('mail://inbox/7.eml')).toEqual({ owner: 'a' });
  });

  test('is none of them where several have it, and all are named', () => {
    expect(owners.of('file:///shared')).toEqual({ owners: ['a', 'b'] });
    expect(owners.of('data://1')).toEqual({ owners: ['c', 'd'] });
  });

  test('is unknown where no address and no template fits', () => {
    expect(owners.of('mail://inbox/7.txt')).toEqual({ owners: [] });
    expect(owners.of('http://elsewhere')).toEqual({ owners: [] });
  });

  test('of a template is found by its own text', () => {
    expect(owners.ofTemplate('note://todo/{id}')).toEqual({ owner: 'b' });
    expect(owners.ofTemplate('file:///shared')).toEqual({ owners: ['a', 'b'] });
  });

  test('is found in linear time, whatever the template', () => {
    const hostile = new ResourceOwners([], [{ owner: 'a', template: `${'{x}a'.repeat(200)}b` }]);
    expect(hostile.of('a'.repeat(100_000))).toEqual({ owners: [] });
  });
});
