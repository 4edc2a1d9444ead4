export type { PeerEnd } from '../servers/index.ts';
export { GroupRecord, recordsFolder } from '../servers/process/index.ts';
export { Bridge, type BridgeOptions, type BridgeSettings } from './bridge.ts';
export type { SessionFacts } from './context.ts';
export type { BridgeSnapshot, Readiness, ServerSnapshot } from './served.ts';
export type { StdioRequest } from './stdio.ts';
