import type { CommandFault } from '../../shell/index.ts';
import type { Text } from '../../text/index.ts';
import { type JsonRpcError, RPC } from '../frame/index.ts';
import type { ChildEnd } from './end.ts';

/** What a pending call is told when its server is gone: what happened, and the last it wrote to stderr. */
export function endError(server: string, end: ChildEnd, text: Text): JsonRpcError {
  const data = {
    server,
    ...(end.kind === 'exited' ? { exitCode: end.code } : {}),
    ...(end.kind === 'killed' ? { signal: end.signal } : {}),
    stderr: end.stderr,
  };
  return { code: RPC.internalError, message: endSentence(server, end, text), data };
}

/** How a child ended, as a sentence for a person. */
export function endSentence(server: string, end: ChildEnd, text: Text): string {
  if (end.asked) return text.servers.ended.closed(server);
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
  switch (fault.kind) {
    case 'not-found':
      return notStarted.notFound(fault.command, fault.searched.join(', '));
    case 'not-executable':
      return notStarted.notExecutable(fault.file);
    case 'no-directory':
      return notStarted.noDirectory(fault.cwd);
    case 'refused':
      if (fault.code === 'EMFILE' || fault.code === 'ENFILE') return notStarted.tooManyFiles(fault.command);
      return notStarted.refused(fault.command, fault.code);
    default:
      return fault satisfies never;
  }
}
