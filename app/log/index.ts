export { wantsColour } from './console.ts';
export { createLog, type LogOptions, type LogRules, type RunningLog } from './create-log.ts';
export { LOG_LEVELS, LogEntry } from './entry.ts';
export { consoleLine, jsonLine } from './format.ts';
export type { Log, LogFields, LogLevel } from './log.ts';
export { REDACTED, Redactor } from './redact.ts';
export { type NumberedEntry, RingBuffer } from './ring-buffer.ts';
export { isSecretName } from './secret-names.ts';
export { environmentSecrets, launchSecrets, secretsOf } from './secrets-of.ts';
