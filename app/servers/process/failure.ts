import type { Text } from '../../i18n/index.ts';
import type { Redactor } from '../../log/index.ts';
import type { CommandFault } from '../../platform/shell/index.ts';

interface EndFacts {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Milliseconds it lived. */
  readonly lived: number;
  /** We ended it: session closed, settings changed, stop. */
  readonly asked: boolean;
  /** The last lines it wrote to stderr, oldest first. */
  readonly stderr: readonly string[];
}

/** How a child came to its end. */
export type ChildEnd = EndFacts &
  (
    | { readonly kind: 'exited'; readonly code: number }
    | { readonly kind: 'killed'; readonly signal: NodeJS.Signals }
    | { readonly kind: 'not-started'; readonly fault: CommandFault }
  );

/** Characters of stderr that a sentence quotes. */
const QUOTED = 300;

/** Words of a line that names a cause, in the terms of shells and the common languages. */
const CAUSE =
  /error|exception|fatal|panic|cannot|can't|could not|not found|not set|no such|missing|required|denied|refused|failed|invalid|unable|expired|locked/i;

/** The lines of a stderr that tell the cause: the last one that names an error, and the very last one behind it. */
export function lastWords(stderr: readonly string[]): string {
  // What stands at the end of a crash report and says nothing: stack frames, brackets, Node's version, drawn lines.
  const noise = /^(?:\s|at |[{}\])]|Node\.js v\d|npm (?:ERR!|error) A complete log|[^\p{L}\p{N}]*$)/u;
  const telling = stderr.filter((line) => !noise.test(line));
  const last = telling.at(-1) ?? stderr.at(-1)?.trim() ?? '';
  const cause = telling.findLast((line) => CAUSE.test(line)) ?? last;
  const words = cause === last ? [last] : [cause, last];
  return words.map((line) => (line.length > QUOTED ? `${line.slice(0, QUOTED)}…` : line)).join(' … ');
}

/** How a child ended that was not asked to, as a sentence for a person. */
export function childEndSentence(server: string, end: ChildEnd, text: Text): string {
  switch (end.kind) {
    case 'exited':
      return text.servers.ended.exited(server, end.code);
    case 'killed':
      return text.servers.ended.killed(server, end.signal);
    case 'not-started':
      return faultSentence(end.fault, text);
    default:
      return end satisfies never;
  }
}

function faultSentence(fault: CommandFault, text: Text): string {
  const { notStarted } = text.servers;
  const { command } = fault;
  switch (fault.kind) {
    case 'not-found':
      return notStarted.notFound(command, fault.searched.join(text.status.comma));
    case 'no-file':
      return notStarted.noFile(command, fault.file);
    case 'whole-line':
      return notStarted.wholeLine(command, fault.first);
    case 'unexpanded':
      return notStarted.unexpanded(command, fault.what, fault.instead);
    case 'folder':
      return notStarted.folder(fault.file);
    case 'not-executable':
      return notStarted.notExecutable(fault.file);
    case 'windows-line-ends':
      return notStarted.windowsLineEnds(fault.file, fault.interpreter);
    case 'no-interpreter':
      return notStarted.noInterpreter(fault.file, fault.interpreter);
    case 'byte-order-mark':
      return notStarted.byteOrderMark(fault.file);
    case 'foreign-binary':
      return notStarted.foreignBinary(fault.file, fault.made);
    case 'wrapped':
      return notStarted.wrapped(command, fault.instead);
    case 'windows-path':
      return notStarted.windowsPath(command);
    case 'no-directory':
      return fault.why === 'unexpanded'
        ? notStarted.noDirectory.unexpanded(fault.cwd, fault.what, fault.instead)
        : notStarted.noDirectory[fault.why](fault.cwd);
    case 'nul':
      return notStarted.nul(command, fault.where);
    case 'too-long':
      return notStarted.tooLong(command, fault.where, fault.bytes);
    case 'refused':
      return refusedSentence(command, fault.code, text);
    default:
      return fault satisfies never;
  }
}

function refusedSentence(command: string, code: string, text: Text): string {
  const { notStarted } = text.servers;
  switch (code) {
    case 'EMFILE':
    case 'ENFILE':
      return notStarted.tooManyFiles(command);
    case 'EACCES':
    case 'EPERM':
      return notStarted.notAllowed(command, code);
    case 'EAGAIN':
    case 'ENOMEM':
      return notStarted.noRoom(command, code);
    case 'ETXTBSY':
      return notStarted.beingWritten(command);
    case 'ENOEXEC':
    case 'EBADARCH':
    // libuv has no name for EBADARCH, "bad CPU type in executable" (errno 86 of macOS).
    case 'Unknown system error -86':
      return notStarted.badFormat(command);
    default:
      return notStarted.refused(command, code);
  }
}

/** A command may be a whole line with its options, and a path may hold a token. */
export function cleanFault(fault: CommandFault, redactor: Redactor): CommandFault {
  const clean = (value: string): string => redactor.text(value);
  const command = clean(fault.command);
  switch (fault.kind) {
    case 'no-file':
    case 'folder':
    case 'not-executable':
    case 'byte-order-mark':
    case 'foreign-binary':
      return { ...fault, command, file: clean(fault.file) };
    case 'windows-line-ends':
    case 'no-interpreter':
      return { ...fault, command, file: clean(fault.file), interpreter: clean(fault.interpreter) };
    case 'no-directory':
      return fault.why === 'unexpanded'
        ? { ...fault, command, cwd: clean(fault.cwd), instead: clean(fault.instead) }
        : { ...fault, command, cwd: clean(fault.cwd) };
    case 'whole-line':
      return { ...fault, command, first: clean(fault.first) };
    case 'wrapped':
    case 'unexpanded':
      return { ...fault, command, instead: clean(fault.instead) };
    case 'not-found':
    case 'windows-path':
    case 'nul':
    case 'too-long':
    case 'refused':
      return { ...fault, command };
    default:
      return fault satisfies never;
  }
}
