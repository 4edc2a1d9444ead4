import type { Text } from '../i18n/index.ts';
import { CODE, type JsonRpcError } from '../mcp/jsonrpc/index.ts';
import type { PeerEnd } from './peer.ts';
import { childEndSentence, lastWords } from './process/index.ts';
import { remoteEndSentence } from './remote/end.ts';

/** What a pending call is told when its server is gone: what happened, why, and what it wrote to stderr. */
export function endError(server: string, end: PeerEnd, text: Text): JsonRpcError {
  const data = {
    server,
    ...(end.kind === 'exited' ? { exitCode: end.code } : {}),
    ...(end.kind === 'killed' ? { signal: end.signal } : {}),
    stderr: end.stderr,
  };
  return { code: CODE.internalError, message: endReason(server, end, text), data };
}

/** How it ended and what it said of the reason: the whole cause in one line, for clients, pages and the log. */
export function endReason(server: string, end: PeerEnd, text: Text): string {
  const sentence = endSentence(server, end, text);
  const words = end.asked ? '' : lastWords(end.stderr);
  return words === '' ? sentence : `${sentence} ${text.servers.ended.lastWords(words)}`;
}

/** How it ended, as a sentence for a person. */
export function endSentence(server: string, end: PeerEnd, text: Text): string {
  if (end.asked) return text.servers.ended.closed(server);
  switch (end.kind) {
    case 'exited':
    case 'killed':
    case 'not-started':
      return childEndSentence(server, end, text);
    case 'closed':
      return text.servers.ended.closed(server);
    case 'unreachable':
    case 'signed-out':
    case 'refused':
      return remoteEndSentence(server, end, text);
    default:
      return end satisfies never;
  }
}
