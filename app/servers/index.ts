export { type ConfigServers, configServers } from './config-file.ts';
export { type ConfigProblem, problemSentence } from './config-problem.ts';
export { Quota } from './quota.ts';
export {
  type ChildFacts,
  type ChildUse,
  type Exits,
  type Opened,
  type Refusal,
  Server,
  type ServerContext,
  type ServerFacts,
} from './server.ts';
export { type ToolFacts, type TryOptions, type TryResult, tryServer } from './try-server.ts';
export { type WatchedConfig, type WatchOptions, watchConfig } from './watch-config.ts';
