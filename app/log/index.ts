export {
  createLog,
  type LogOptions,
  type LogRules,
  onCrash,
  type RunningLog,
  wantsColour,
} from './create-log.ts';
export { entrySecrets } from './entry-secrets.ts';
export { consoleLine, jsonLine } from './format.ts';
export type { Log, LogFields, LogLevel } from './log.ts';
export { LOG_LEVELS, LogEntry } from './log.ts';
export { REDACTED, Redactor } from './redact.ts';
export { RAW_CHARACTERS, RedactedLines } from './redacted-lines.ts';
export { type NumberedEntry, RingBuffer } from './ring-buffer.ts';
export { hidesSecret, isSecretName } from './secret-names.ts';
export { withoutShapes } from './secret-shapes.ts';
export { environmentSecrets, launchSecrets, remoteSecrets, secretsOf } from './secrets-of.ts';
