export { checkSettings, type SettingFault, type SettingReason } from './check.ts';
export { type CommandWords, joinCommandLine, splitCommandLine } from './command-line.ts';
export { forwardSchema, serverSchema, settingsSchema, settingsShape } from './schema.ts';
export { DEFAULT_SETTINGS, type ForwardSetting, type ServerSetting, type Settings } from './settings.ts';
export { memoryStore, type SettingsStore } from './store.ts';
export { DEFAULT_STORED, type Habits, migrate, readStored, type Stored, storedSchema } from './stored.ts';
export { newToken } from './token.ts';
