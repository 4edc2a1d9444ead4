import { createHash } from 'node:crypto';

/** A program file that is not what is expected; the message says at which byte and why. */
export class MachOError extends Error {
  override readonly name = 'MachOError';
}

/**
 * The UUID of an app: the same for every version of it, and no other app's. RFC 9562, section 5.8 (version 8): the
 * first 16 bytes of a SHA-256, marked as made by a rule of our own.
 */
export function uuidOfApp(bundleId: string): Buffer {
  const uuid = createHash('sha256').update(`LC_UUID of ${bundleId}`).digest().subarray(0, 16);
  uuid.writeUInt8((uuid.readUInt8(6) & 0x0f) | 0x80, 6);
  uuid.writeUInt8((uuid.readUInt8(8) & 0x3f) | 0x80, 8);
  return uuid;
}

/**
 * The bytes that hold LC_UUID in every slice of a 64-bit Mach-O program, thin or universal; they share the file's memory.
 * Apple's <mach-o/loader.h> and <mach-o/fat.h>.
 * @throws MachOError when the file is something else, ends early, or has a slice without LC_UUID
 */
export function uuidPlaces(file: Buffer): readonly Buffer[] {
  return slicesOf(file).map(placeOfUuid);
}

/** A UUID as Apple's tools write it. */
export function uuidText(uuid: Buffer): string {
  return uuid
    .toString('hex')
    .toUpperCase()
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
const MAGIC_64 = 0xfeedfacf;
const HEADER_BYTES = 32;
const LC_UUID = 0x1b;
const LC_UUID_BYTES = 24;
const LOAD_COMMAND_BYTES = 8;

/** A universal file begins with a table of its slices; its numbers are big-endian on every machine. */
const FAT_HEADER_BYTES = 8;
const FAT_MAGIC = 0xcafebabe;
const FAT_ARCH_BYTES = 20;
/** The same table with 64-bit offsets. */
const FAT_MAGIC_64 = 0xcafebabf;
const FAT_ARCH_64_BYTES = 32;

function slicesOf(file: Buffer): readonly Buffer[] {
  const magic = within(file, 0, 4, 'the magic number').readUInt32BE(0);
  if (magic !== FAT_MAGIC && magic !== FAT_MAGIC_64) return [file];
  const wide = magic === FAT_MAGIC_64;
  const size = wide ? FAT_ARCH_64_BYTES : FAT_ARCH_BYTES;
  const count = within(file, 0, FAT_HEADER_BYTES, 'the universal header').readUInt32BE(4);
  if (count === 0) throw new MachOError('The universal file has no slice');
  const table = within(file, FAT_HEADER_BYTES, count * size, 'the table of slices');
  return Array.from({ length: count }, (_, index) => {
    const entry = table.subarray(index * size);
    const [offset, length] = wide
      ? [Number(entry.readBigUInt64BE(8)), Number(entry.readBigUInt64BE(16))]
      : [entry.readUInt32BE(8), entry.readUInt32BE(12)];
    return within(file, offset, length, `slice ${index + 1}`);
  });
}

/** The bytes of a slice that hold its UUID. */
function placeOfUuid(slice: Buffer): Buffer {
  const header = within(slice, 0, HEADER_BYTES, 'the header');
  const magic = header.readUInt32LE(0);
  if (magic !== MAGIC_64) throw new MachOError(`No 64-bit little-endian Mach-O: it begins with ${magic.toString(16)}`);
  const count = header.readUInt32LE(16);
  const commands = within(slice, HEADER_BYTES, header.readUInt32LE(20), 'the load commands');
  let at = 0;
  for (let index = 1; index <= count; index++) {
    const name = `load command ${index}`;
    const head = within(commands, at, LOAD_COMMAND_BYTES, name);
    const length = head.readUInt32LE(4);
    if (length < LOAD_COMMAND_BYTES) throw new MachOError(`The length of ${name} is ${length}`);
    const command = within(commands, at, length, name);
    if (head.readUInt32LE(0) === LC_UUID) return within(command, 0, LC_UUID_BYTES, name).subarray(LOAD_COMMAND_BYTES);
    at += length;
  }
  throw new MachOError('There is no LC_UUID among the load commands');
}

function within(whole: Buffer, offset: number, length: number, what: string): Buffer {
  if (offset + length > whole.length) {
    throw new MachOError(`The file ends within ${what}: ${offset + length} bytes needed, ${whole.length} there`);
  }
  return whole.subarray(offset, offset + length);
}
