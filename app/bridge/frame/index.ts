export type { Frame, FrameHead, JsonRpcId, NotificationFrame, RequestFrame, ResponseFrame } from './frame.ts';
export { elementsOf } from './json-scan.ts';
export { errorFrame, type JsonRpcError, RPC } from './rpc-error.ts';
export { frameFrom, framesOfBatch, scanEnds, scanHead } from './scan.ts';
