export { checkAllowedHosts, checkNoProxy, checkSettings, type SettingFault, type SettingReason } from './check.ts';
export { type CommandWords, joinCommandLine, splitCommandLine } from './command-line.ts';
export { type SettingForm, settingForm } from './form.ts';
export { withKeptSecrets, withoutKeptSecrets } from './kept-secrets.ts';
export {
  aliasSchema,
  forwardSchema,
  isFreeField,
  isHeaderValue,
  MOST_ITEMS,
  oauthSchema,
  SERVER_LIMITS,
  serverSchema,
  settingsSchema,
  settingsShape,
  tokenName,
} from './schema.ts';
export { KEY_BYTES, type SealedStore, type SettingsKey, sealedStore, withSecretsOf } from './sealed-secrets.ts';
export { fingerprintIn, isServerAddress, looksLikeUrl, originOf, shownUrl } from './server-url.ts';
export {
  boundToPort,
  DEFAULT_SETTINGS,
  type ForwardSetting,
  type GroupSetting,
  isRemote,
  type OAuthSetting,
  type ProgramSetting,
  type RemoteSetting,
  type ServerSetting,
  type Settings,
  type TokenSetting,
} from './settings.ts';
export { SharedFile } from './shared-file.ts';
export {
  DEFAULT_STORED,
  type Habits,
  isOfLaterVersion,
  memoryStore,
  migrate,
  readStored,
  type SettingsStore,
  type Stored,
  StoredSettings,
  storedSchema,
} from './stored.ts';
export { isTokenRequired, type KnownToken, makeToken, newToken, tokenHash, ValidTokens } from './tokens.ts';
