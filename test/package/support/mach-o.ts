/** A program file for an Apple-silicon Mac, as far as tools look that only read and rewrite its load commands. */
export function machO(uuid: Buffer): Buffer {
  const command = Buffer.concat([words(loadCommand.uuid, 24), uuid]);
  const header = words(magic64, cpuArm64, 0, executable, 1, command.length, 0, 0);
  return Buffer.concat([header, command]);
}

/** The UUID of such a file, or undefined when it has no LC_UUID. Loader.h of the Mach-O format. */
export function uuidOf(file: Buffer): Buffer | undefined {
  if (file.readUInt32LE(0) !== magic64) throw new Error('This is no 64-bit Mach-O file');
  const commands = file.readUInt32LE(16);
  let at = headerSize;
  for (let left = commands; left > 0; left--) {
    if (file.readUInt32LE(at) === loadCommand.uuid) return file.subarray(at + 8, at + 24);
    at += file.readUInt32LE(at + 4);
  }
  return undefined;
}

const magic64 = 0xfeedfacf;
const cpuArm64 = 0x0100000c;
const executable = 2;
const headerSize = 32;
const loadCommand = { uuid: 0x1b } as const;

function words(...values: readonly number[]): Buffer {
  const buffer = Buffer.alloc(4 * values.length);
  for (const [at, value] of values.entries()) buffer.writeUInt32LE(value, 4 * at);
  return buffer;
}
