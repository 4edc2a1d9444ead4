export { behindMark } from './byte-order-mark.ts';
export type { Frame, FrameHead, JsonRpcId, NotificationFrame, RequestFrame, ResponseFrame } from './frame.ts';
export { FrameReader } from './frame-reader.ts';
export { idFrom, idText, meantId } from './id.ts';
export { type JsonObject, objectIn, parsedJson, stringIn } from './json-object.ts';
export { DEEPEST, elementsOf, isTooDeep } from './json-scan.ts';
export { type LineAccount, type LineFaults, LineSplitter } from './line-splitter.ts';
export { editMembers, type MemberEdits, memberOf } from './members.ts';
export {
  emptyResult,
  errorFor,
  idIn,
  PendingRequests,
  type RequestId,
  writtenIdIn,
} from './pending.ts';
export { Pieces } from './pieces.ts';
export { errorFrame, type JsonRpcError, RPC } from './rpc-error.ts';
export { frameFrom, scanEnds, scanHead } from './scan.ts';
export { escapeSeparators } from './separators.ts';
export { writeLines } from './write-lines.ts';
