import { describe, expect, it } from 'vitest';
import { MachOError, uuidOfApp } from '../../../app/platform/mach-o/index.ts';
import { setUuid } from '../../../build/mach-o-uuid.ts';
import { CPU_X64, LC_UUID, loadCommand, machO, machOOf, uuidOf } from '../../package/support/mach-o.ts';

const before = Buffer.alloc(16, 0xaa);
const uuid = uuidOfApp('test.gangway.app');
const LC_SEGMENT_64 = 0x19;
const segment = loadCommand(LC_SEGMENT_64, Buffer.alloc(64, 0x1b));

interface Universal {
  readonly file: Buffer;
  /** The slices within the file, sharing its memory. */
  readonly slices: readonly Buffer[];
}

/** A universal file: <mach-o/fat.h>, big-endian, each slice at a page of its own. */
function universal(parts: readonly Buffer[], wide: boolean): Universal {
  const page = 4096;
  const size = wide ? 32 : 20;
  const file = Buffer.alloc(page * (parts.length + 1));
  file.writeUInt32BE(wide ? 0xcafebabf : 0xcafebabe, 0);
  file.writeUInt32BE(parts.length, 4);
  const slices = parts.map((part, index) => {
    const at = 8 + index * size;
    const offset = page * (index + 1);
    file.writeUInt32BE(part.readUInt32LE(4), at);
    part.copy(file, offset);
    if (wide) {
      file.writeBigUInt64BE(BigInt(offset), at + 8);
      file.writeBigUInt64BE(BigInt(part.length), at + 16);
    } else {
      file.writeUInt32BE(offset, at + 8);
      file.writeUInt32BE(part.length, at + 12);
    }
    return file.subarray(offset, offset + part.length);
  });
  return { file, slices };
}

describe('the UUID of an app', () => {
  it('is always the same for one bundle identifier, and another for another', () => {
    expect(uuid.toString('hex')).toBe(uuidOfApp('test.gangway.app').toString('hex'));
    expect(uuid.equals(uuidOfApp('test.gangway.other'))).toBe(false);
  });

  it('has the shape of a version 8 UUID', () => {
    expect(uuid.toString('hex')).toMatch(/^[0-9a-f]{12}8[0-9a-f]{3}[89ab][0-9a-f]{15}$/);
  });
});

describe('setting LC_UUID', () => {
  it('changes its sixteen bytes and no others, wherever among the load commands it stands', () => {
    const file = machOOf([segment, loadCommand(LC_UUID, before), segment]);
    const expected = machOOf([segment, loadCommand(LC_UUID, uuid), segment]);
    expect(setUuid(file, uuid)).toBe(1);
    expect(file.equals(expected)).toBe(true);
  });

  it.each([false, true])('reaches every slice of a universal file; 64-bit offsets: %s', (wide) => {
    const parts = [machOOf([segment, loadCommand(LC_UUID, before)], CPU_X64), machO(before)];
    const { file, slices } = universal(parts, wide);
    expect(setUuid(file, uuid)).toBe(2);
    expect(slices.map((slice) => uuidOf(slice)?.equals(uuid))).toEqual([true, true]);
  });

  it('leaves a universal file alone when one of its slices has no LC_UUID', () => {
    const { file } = universal([machO(before), machOOf([segment], CPU_X64)], false);
    const copy = Buffer.from(file);
    expect(() => setUuid(file, uuid)).toThrow(new MachOError('There is no LC_UUID among the load commands'));
    expect(file.equals(copy)).toBe(true);
  });

  it('refuses a program without LC_UUID', () => {
    expect(() => setUuid(machOOf([segment]), uuid)).toThrow(MachOError);
  });

  it('refuses a file that ends anywhere before the end of its load commands', () => {
    const whole = machOOf([segment, loadCommand(LC_UUID, before)]);
    const end = 32 + segment.length + 24;
    for (let length = 0; length < end; length++) {
      expect(() => setUuid(Buffer.from(whole.subarray(0, length)), uuid), `${length} bytes`).toThrow(MachOError);
    }
    expect(setUuid(Buffer.from(whole.subarray(0, end)), uuid)).toBe(1);
  });

  it('refuses a universal file whose table or slice goes past its end, or is empty', () => {
    const { file } = universal([machO(before)], false);
    expect(() => setUuid(Buffer.from(file.subarray(0, 20)), uuid)).toThrow('within the table of slices');
    expect(() => setUuid(Buffer.from(file.subarray(0, 4100)), uuid)).toThrow('within slice 1');
    file.writeUInt32BE(0, 4);
    expect(() => setUuid(file, uuid)).toThrow('no slice');
  });

  it('refuses a load command that is shorter than its own head, instead of reading it for ever', () => {
    const file = machOOf([segment]);
    file.writeUInt32LE(0, 36);
    expect(() => setUuid(file, uuid)).toThrow('The length of load command 1 is 0');
  });

  it('refuses an LC_UUID that has no room for a UUID', () => {
    expect(() => setUuid(machOOf([loadCommand(LC_UUID, Buffer.alloc(4))]), uuid)).toThrow(MachOError);
  });

  it('refuses what is not a 64-bit little-endian program, and a UUID of another length', () => {
    for (const magic of [0xfeedface, 0xcffaedfe, 0x464c457f]) {
      const file = machO(before);
      file.writeUInt32LE(magic, 0);
      expect(() => setUuid(file, uuid)).toThrow(MachOError);
    }
    expect(() => setUuid(machO(before), Buffer.alloc(15))).toThrow(RangeError);
  });
});
