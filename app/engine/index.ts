export { GroupRecord, recordsFolder } from '../bridge/index.ts';
export {
  type AnswerMemory,
  AnswersFile,
  type CertificateFacts,
  KnownLists,
  PinFile,
  type Pins,
  type RemoteTrial,
  SignInError,
  SignInFile,
  type SignInStore,
  signInSentence,
  ToolApprovals,
} from '../servers/index.ts';
export { engineConnections, engineSignIns, engineTrust } from './controlled.ts';
export { Engine, type EngineOptions } from './engine.ts';
export type { Delta, EngineSnapshot, EngineState, Listening, TunnelView } from './snapshot.ts';
export { type StartFailure, startFailure } from './start-failure.ts';
