import { closeSync, openSync, readdirSync, readSync } from 'node:fs';

/** Why the system cannot run a file that may be run, as far as its first bytes show. */
export type HeadFault =
  /** Its `#!` line ends with CR LF: the CR becomes part of the interpreter's name (execve(2)). */
  | { readonly kind: 'windows-line-ends'; readonly file: string; readonly interpreter: string }
  /** The interpreter of its `#!` line is not there. */
  | { readonly kind: 'no-interpreter'; readonly file: string; readonly interpreter: string }
  /** A byte order mark stands before its `#!`, which the system then does not see. */
  | { readonly kind: 'byte-order-mark'; readonly file: string }
  /** A program for another system or another processor; `made` names it. */
  | { readonly kind: 'foreign-binary'; readonly file: string; readonly made: string };

/** A file that is to be run, and where. */
export interface HeadQuestion {
  readonly file: string;
  readonly platform: NodeJS.Platform;
  readonly arch: string;
  /** Whether there is such a file; a bare name stands for a command in PATH. */
  exists(command: string): boolean;
}

/** Bytes that macOS reads of a `#!` line (IMG_SHSIZE of XNU); Linux reads 256 of them (BINPRM_BUF_SIZE since 5.1). */
const HEAD_BYTES = 512;

/** e_machine of ELF (System V ABI, gABI 4.1), by the names that Node gives to processors. */
const ELF_MACHINES: ReadonlyMap<number, string> = new Map([
  [3, 'ia32'],
  [40, 'arm'],
  [62, 'x64'],
  [183, 'arm64'],
  [243, 'riscv64'],
]);

/** The six first words of a Mach-O file, thin and fat, in both byte orders (mach-o/loader.h, mach-o/fat.h). */
const MACH_O = new Set([0xfeedface, 0xfeedfacf, 0xcefaedfe, 0xcffaedfe, 0xcafebabe, 0xbebafeca]);

/** Reads the beginning of an executable file; null when the system can run it as far as that shows, or it cannot be read. */
export function headFault(question: HeadQuestion): HeadFault | null {
  // Windows goes by the ending of a name.
  if (question.platform === 'win32') return null;
  const head = headOf(question.file);
  if (head === null) return null;
  const { file } = question;
  if (head.subarray(0, 2).toString('latin1') === '#!') return scriptFault(head, question);
  if (head.subarray(0, 5).toString('latin1') === '\xef\xbb\xbf#!') return { kind: 'byte-order-mark', file };
  const made = foreign(head, question);
  return made === null ? null : { kind: 'foreign-binary', file, made };
}

function scriptFault(head: Buffer, { file, exists }: HeadQuestion): HeadFault | null {
  const end = head.indexOf('\n');
  if (end === -1) return null;
  const line = head.toString('utf8', 2, end);
  const [interpreter = '', ...args] = line.trim().split(/[ \t]+/);
  if (line.endsWith('\r')) return { kind: 'windows-line-ends', file, interpreter: namedBy(interpreter, args) };
  const missing = [interpreter, namedBy(interpreter, args)].find((name) => name !== '' && !exists(name));
  return missing === undefined ? null : { kind: 'no-interpreter', file, interpreter: missing };
}

/** The program that `#!/usr/bin/env NAME` stands for; the interpreter itself where env(1) is given options we do not judge. */
function namedBy(interpreter: string, args: readonly string[]): string {
  if (!/\/env$/.test(interpreter)) return interpreter;
  const words = args[0] === '-S' ? args.slice(1) : args;
  return words.find((word) => !word.includes('=')) === words[0] && !(words[0] ?? '-').startsWith('-')
    ? (words[0] ?? interpreter)
    : interpreter;
}

function foreign(head: Buffer, { platform, arch }: HeadQuestion): string | null {
  if (head.length < 20 || runsForeign(platform)) return null;
  const magic = head.readUInt32BE(0);
  if (magic === 0x7f454c46) {
    if (platform === 'darwin') return 'Linux';
    const machine = ELF_MACHINES.get(head[5] === 2 ? head.readUInt16BE(18) : head.readUInt16LE(18));
    const suits = machine === undefined || machine === arch || (machine === 'ia32' && arch === 'x64');
    return suits || (machine === 'arm' && arch === 'arm64') ? null : machine;
  }
  if (platform !== 'darwin' && MACH_O.has(magic)) return 'macOS';
  return head.toString('latin1', 0, 2) === 'MZ' ? 'Windows' : null;
}

/** Whether Linux is set up to run files of other formats (binfmt_misc), as with QEMU, Rosetta and Wine. */
function runsForeign(platform: NodeJS.Platform): boolean {
  if (platform !== 'linux') return false;
  try {
    return readdirSync('/proc/sys/fs/binfmt_misc').some((name) => name !== 'register' && name !== 'status');
  } catch {
    // Not mounted: nothing is set up.
    return false;
  }
}

function headOf(file: string): Buffer | null {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch {
    // A file may be run without being readable.
    return null;
  }
  try {
    const head = Buffer.alloc(HEAD_BYTES);
    return head.subarray(0, readSync(descriptor, head, 0, HEAD_BYTES, 0));
  } catch {
    return null;
  } finally {
    closeSync(descriptor);
  }
}
