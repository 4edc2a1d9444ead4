import fc from 'fast-check';
import { expect, test } from 'vitest';
import { editMembers, memberOf, nestedMember } from '../../../app/mcp/jsonrpc/index.ts';

const bytes = (text: string) => Buffer.from(text);

test('memberOf finds the value of a member without its surroundings', () => {
  const json = bytes('{"a":{"b":[1,"]}"]}, "b" : "\\"x\\\\" ,"c":1e400}');
  expect(memberOf(json, 'b')?.toString()).toBe('"\\"x\\\\"');
  expect(memberOf(json, 'c')?.toString()).toBe('1e400');
  expect(memberOf(json, 'd')).toBeUndefined();
});

test('memberOf takes the last of repeated members, however its key is written', () => {
  expect(memberOf(bytes('{"id":1,"\\u0069d":2}'), 'id')?.toString()).toBe('2');
});

test('editMembers leaves what it does not edit byte for byte', () => {
  const json = bytes('{ "big": 12345678901234567890, "x":1.0 ,"x":-0 }');
  const edited = editMembers(json, new Map([['id', '7']])).toString();
  expect(edited).toBe('{"big": 12345678901234567890,"x":1.0,"x":-0,"id":7}');
});

test('editMembers leaves one of an edited member, though it was there twice', () => {
  expect(editMembers(bytes('{"id":1,"a":2,"id":3}'), new Map([['id', '9']])).toString()).toBe('{"a":2,"id":9}');
  expect(editMembers(bytes('{"id":1,"a":2,"id":3}'), new Map([['id', null]])).toString()).toBe('{"a":2}');
});

test('editMembers makes the same object that parsing, editing and writing would', () => {
  const object = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }));
  fc.assert(
    fc.property(
      object,
      fc.string(),
      fc.jsonValue(),
      fc.constantFrom(undefined, 1, 2),
      (original, key, value, space) => {
        const json = bytes(JSON.stringify(original, null, space));
        const expected = new Map([...Object.entries(JSON.parse(json.toString())), [key, value]]);
        const edited: unknown = JSON.parse(editMembers(json, new Map([[key, JSON.stringify(value)]])).toString());
        expect(new Map(Object.entries(Object(edited)))).toEqual(new Map([...expected].map(plain)));
      },
    ),
  );
});

/** JSON has no -0 once it is written and read. */
function plain([key, value]: [string, unknown]): [string, unknown] {
  return [key, JSON.parse(JSON.stringify(value))];
}

test('nestedMember replaces the value of a member of a member, and leaves every other byte', () => {
  const json = bytes('{ "id":1.0, "params" : {"a":12345678901234567890, "name": "exposed" ,"b":1.0} }');
  const named = nestedMember(json, 'params', 'name');
  expect(named?.value.toString()).toBe('"exposed"');
  expect(named?.replacedBy(bytes('"own"')).toString()).toBe(
    '{ "id":1.0, "params" : {"a":12345678901234567890, "name": "own" ,"b":1.0} }',
  );
  expect(nestedMember(json, 'params', 'other')).toBeUndefined();
  expect(nestedMember(json, 'other', 'name')).toBeUndefined();
  expect(nestedMember(bytes('{"params":[]}'), 'params', 'name')).toBeUndefined();
});

test('nestedMember leaves one of a member that was there twice, in whichever of the two objects', () => {
  const inside = nestedMember(bytes('{"params":{"name":"a","x":1,"name":"b"}}'), 'params', 'name');
  expect(inside?.value.toString()).toBe('"b"');
  expect(inside?.replacedBy(bytes('"own"')).toString()).toBe('{"params":{"x":1,"name":"own"}}');
  const outside = nestedMember(bytes('{"params":{"name":"a"},"id":1,"params":{"name":"b"}}'), 'params', 'name');
  expect(outside?.value.toString()).toBe('"b"');
  expect(outside?.replacedBy(bytes('"own"')).toString()).toBe('{"id":1,"params":{"name":"own"}}');
});
