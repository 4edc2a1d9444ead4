import { closeSync, constants, createReadStream, fstatSync, openSync, readFileSync, type Stats } from 'node:fs';
import { stat } from 'node:fs/promises';

export { type ReplaceOptions, replaceFile } from './replace.ts';

/** Bytes of the largest file that a person names; what they hold is a few thousand as a rule. */
const LARGEST_FILE = 16 * 1024 * 1024;

/**
 * The content of a file. Throws the system's error, `EFTYPE` for what is neither a file nor a folder, and `EFBIG` for more than
 * `LARGEST_FILE`. Opening a named pipe would keep the whole process waiting until another program writes into it.
 */
export function readRegularFile(path: string): Buffer {
  // O_NONBLOCK opens a pipe at once, and means nothing to a file (open(2)); Windows has neither.
  const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const fault = faultOf(fstatSync(file));
    if (fault !== null) throw coded(fault, path);
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

/** All that comes out of a pipe or a device, whenever that is. Rejects with the system's error, and with `EFBIG` for more than `LARGEST_FILE`. */
export async function readPipe(path: string): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of createReadStream(path)) {
    bytes += piece.length;
    if (bytes > LARGEST_FILE) throw coded('EFBIG', path);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/** The content of whatever a person names: a file, or a pipe such as `<(…)` and /dev/stdin. Rejects as the two above. */
export async function readNamed(path: string): Promise<Buffer> {
  return faultOf(await stat(path)) === 'EFTYPE' ? readPipe(path) : readRegularFile(path);
}

/** Why a file is not read; null for one that is. */
export function faultOf(facts: Stats): 'EFTYPE' | 'EFBIG' | null {
  if (!facts.isFile() && !facts.isDirectory()) return 'EFTYPE';
  return facts.size > LARGEST_FILE ? 'EFBIG' : null;
}

function coded(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}
