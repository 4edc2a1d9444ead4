import { describe, expect, it } from 'vitest';
import { decodeClone } from './decode.ts';
import { encodeClone } from './encode.ts';

const there = (value: unknown) => decodeClone(encodeClone(value));

describe('a clone as text', () => {
  it('keeps cycles and shared objects', () => {
    const shared = { name: 'shared' };
    const value = { first: shared, second: shared, self: {} };
    value.self = value;
    const back = there(value);
    expect(back).toEqual(value);
    expect(back).toHaveProperty('self', back);
  });

  it('keeps what JSON loses', () => {
    const value = [undefined, -0, Number.NaN, Number.POSITIVE_INFINITY, 12n, new Date(3), new Map([[1, new Set([2])]])];
    expect(there(value)).toEqual(value);
  });

  it('keeps a tree as JSON has it, and an array with holes or members of its own', () => {
    const tree = { list: [1, 'two', { three: [true, null] }], empty: {} };
    expect(there(tree)).toEqual(tree);
    expect(encodeClone(tree)).toContain('{"list":[1,"two",{"three":[true,null]}],"empty":{}}');
    const holes = Object.assign(new Array<number>(3), { 0: 1, 2: 3, own: 1 });
    const back = there(holes);
    expect(Object.keys(Object(back))).toEqual(['0', '2', 'own']);
    expect(back).toHaveProperty('length', 3);
  });

  it('keeps a key that is no member', () => {
    expect(Object.keys(Object(there(JSON.parse('{"__proto__": 1}'))))).toEqual(['__proto__']);
  });

  it('keeps views on one buffer together', () => {
    const bytes = new Uint8Array(new ArrayBuffer(8), 2, 3);
    const value = { bytes, floats: new Float32Array(bytes.buffer), buffer: bytes.buffer };
    const back = there(value);
    expect(back).toEqual(value);
    expect(back).toHaveProperty('bytes.byteOffset', 2);
    expect(Object(back).bytes.buffer).toBe(Object(back).buffer);
  });

  it.each([
    ['a function', () => 1],
    ['a symbol', Symbol('s')],
    ['a promise', Promise.resolve()],
    ['a blob', new Blob([])],
  ])('refuses %s', (_name, value) => {
    expect(() => encodeClone({ value })).toThrow('cannot be cloned');
  });
});
