export { socketHome } from './folder.ts';
export type {
  AppControl,
  ClientsControl,
  Controlled,
  ControlledChange,
  ControlledServer,
  ControlledTool,
  HandedOver,
  SettingsChange,
  SignInRequest,
} from './methods.ts';
export { withoutSecrets } from './methods.ts';
export { CODES, ControlFault } from './protocol.ts';
export { type Control, type ControlOptions, openControl } from './server.ts';
export type { SessionTimes } from './session.ts';
export { type ChangedSetting, changedSettings, exported, imported, settingsIn } from './transfer.ts';
