export { AnswersFile } from './answers-file.ts';
export type { AnswerMemory } from './kept-answers.ts';
export type { RemotePeer } from './peer.ts';
export { isSameRemote, RemoteServer, type RemoteServerContext } from './server.ts';
export {
  type CallbackPage,
  memorySignIns,
  SignInDesk,
  SignInError,
  type SignInFacts,
  SignInFile,
  type SignInOptions,
  type SignInStep,
  type SignInStore,
  signInSentence,
} from './sign-in/index.ts';
export {
  failureBy,
  type RemoteCause,
  type RemoteFailure,
  type RemoteStep,
  remoteFailure,
} from './step.ts';
export { type CertificateFacts, PinFile, type Pins, TrustError, trustSentence } from './trust.ts';
