export { behindMark } from './byte-order-mark.ts';
export type { Frame, FrameHead, JsonRpcId, NotificationFrame, RequestFrame, ResponseFrame } from './frame.ts';
export { type JsonObject, objectIn, parsedJson, stringIn } from './json-object.ts';
export { elementsOf } from './json-scan.ts';
export { type LineFaults, LineSplitter } from './line-splitter.ts';
export { editMembers, type MemberEdits, memberOf } from './members.ts';
export { errorFrame, type JsonRpcError, RPC } from './rpc-error.ts';
export { frameFrom, framesOfBatch, scanEnds, scanHead } from './scan.ts';
export { writeLines } from './write-lines.ts';
