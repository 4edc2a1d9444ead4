export { socketHome } from './folder.ts';
export type { AppControl, Controlled, ControlledServer, HandedOver, SettingsChange } from './methods.ts';
export { CODES } from './protocol.ts';
export { type Control, type ControlOptions, openControl } from './server.ts';
export type { SessionTimes } from './session.ts';
