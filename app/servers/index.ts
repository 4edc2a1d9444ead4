export { type Condition, type ConditionKind, isUsable } from './condition.ts';
export { type ConfigServers, configServers } from './config-file.ts';
export { type ConfigProblem, isOfWholeFile, problemSentence } from './config-problem.ts';
export {
  type Answer,
  answerIn,
  errorMessage,
  type Introduced,
  introduce,
  type ServerIntroduction,
  type ToolFacts,
  type Wire,
} from './introduce.ts';
export { Quota, type Share } from './quota.ts';
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
export { decodedText, readServerEntries, type ServerEntry } from './server-entries.ts';
export { freeName, LONGEST_NAME, type Named, serverNamed } from './server-name.ts';
export { Spares } from './spares.ts';
export { type TryOptions, type TryResult, type TryStage, tryServer } from './try-server.ts';
export { type WatchedConfig, type WatchOptions, watchConfig } from './watch-config.ts';
