export type { Frame, FrameHead, JsonRpcId, NotificationFrame, RequestFrame, ResponseFrame } from './frame.ts';
export { CODE, errorFrame, httpStatusOf, isAboutName, type JsonRpcError, RPC, writeLines } from './frame.ts';
export { FrameReader } from './frame-reader.ts';
export { idFrom, idText, meantId } from './id.ts';
export { DEEPEST, elementsOf, isTooDeep } from './json-scan.ts';
export { behindMark, type LineAccount, type LineFaults, LineSplitter } from './line-splitter.ts';
export { editMembers, type JsonObject, type MemberEdits, memberOf, objectIn, parsedJson, stringIn } from './members.ts';
export {
  emptyResult,
  errorFor,
  idIn,
  PendingRequests,
  type RequestId,
  writtenIdIn,
} from './pending.ts';
export { Pieces } from './pieces.ts';
export { frameFrom, scanEnds, scanHead } from './scan.ts';
export { escapeSeparators } from './separators.ts';
