export { recordedServers, serversByLabel } from './attribution.ts';
export { Call, type CallFacts, type CallOutcome, type Transport } from './call.ts';
export type { CallContents, KeptRequest, ShownBody } from './contents.ts';
export { activityHar, activityNdjson, type ExportedRows } from './export.ts';
export type { ActivityBatch, ActivityCall } from './feed.ts';
export {
  type ProxiedOutcome,
  ProxiedRequest,
  type RequestFacts,
  type RequestKind,
} from './proxied-request.ts';
export { clientName, targetIn } from './read.ts';
export { type Activity, Recorder, type ServerRecorder } from './recorder.ts';
export { shownText } from './shown.ts';
export type { ServerActivity, ToolLatency } from './statistics.ts';
export type { ClientWire, ServerWire } from './wire.ts';
