/** A program file for an Apple-silicon Mac, as far as tools look that only read and rewrite its load commands. */
export function machO(uuid: Buffer): Buffer {
  return machOOf([loadCommand(LC_UUID, uuid)]);
}

/** The same with any load commands, and something after them, as a program has its code. */
export function machOOf(commands: readonly Buffer[], cpu: number = CPU_ARM64): Buffer {
  const all = Buffer.concat(commands);
  return Buffer.concat([words(MAGIC_64, cpu, 0, EXECUTABLE, commands.length, all.length, 0, 0), all, Buffer.alloc(16)]);
}

export function loadCommand(type: number, content: Buffer): Buffer {
  return Buffer.concat([words(type, 8 + content.length), content]);
}

/** The UUID of such a file, or undefined when it has no LC_UUID. Loader.h of the Mach-O format. */
export function uuidOf(file: Buffer): Buffer | undefined {
  if (file.readUInt32LE(0) !== MAGIC_64) throw new Error('This is no 64-bit Mach-O file');
  const commands = file.readUInt32LE(16);
  let at = HEADER_BYTES;
  for (let left = commands; left > 0; left--) {
    if (file.readUInt32LE(at) === LC_UUID) return file.subarray(at + 8, at + 24);
    at += file.readUInt32LE(at + 4);
  }
  return undefined;
}

export const LC_UUID = 0x1b;
export const CPU_X64 = 0x01000007;
const CPU_ARM64 = 0x0100000c;
const MAGIC_64 = 0xfeedfacf;
const EXECUTABLE = 2;
const HEADER_BYTES = 32;

function words(...values: readonly number[]): Buffer {
  const buffer = Buffer.alloc(4 * values.length);
  for (const [at, value] of values.entries()) buffer.writeUInt32LE(value, 4 * at);
  return buffer;
}
