export type { PermissionView } from '../permission/view.ts';
export type {
  ApplyAnswer,
  ApplyChoices,
  ClientFileView,
  ClientPreview,
  ClientServerView,
  ForwardChoice,
  PlanAnswer,
  RestartAnswer,
  ServerMode,
  Trouble,
  UndoAnswer,
  VerifyStep,
} from './client-messages.ts';
export {
  type Answer,
  type EventName,
  type Events,
  eventChannel,
  REQUESTS,
  type RequestName,
  type RequestOf,
  type ResponseOf,
  requestChannel,
  type WindowBridge,
} from './contract.ts';
export type {
  ChangeOutcome,
  DoctorOpening,
  DoctorOutcome,
  DoctorProgress,
  LoginItem,
  LogLine,
  LogPage,
  Snippet,
  WindowPlace,
} from './messages.ts';
export {
  type Address,
  type AppDelta,
  type AppRest,
  type AppState,
  applyDelta,
  type Fix,
  type Phase,
  type Problem,
  type Rate,
} from './state.ts';
