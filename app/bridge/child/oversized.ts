import type { Text } from '../../text/index.ts';
import { errorFrame, type FrameHead, type ResponseFrame, RPC } from '../frame/index.ts';

/** The error that stands in for a line over the limit: for the client when it was an answer, for the server when it was a request. */
export function oversizedAnswer(head: FrameHead, bytes: number, limit: number, text: Text): ResponseFrame | null {
  if (head.kind === 'notification') return null;
  const { answerTooLong, requestTooLong } = text.servers;
  const message = head.kind === 'response' ? answerTooLong(bytes, limit) : requestTooLong(bytes, limit);
  return errorFrame(head.id, { code: RPC.internalError, message, data: { bytes, limit } });
}
