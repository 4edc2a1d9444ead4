export { GroupRecord, recordsFolder } from '../bridge/index.ts';
export { engineConnections } from './control-connections.ts';
export type { Delta } from './delta-feed.ts';
export { Engine, type EngineOptions } from './engine.ts';
export type { EngineSnapshot, EngineState, Listening, TunnelView } from './snapshot.ts';
