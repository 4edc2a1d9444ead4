export { LegacySessionTranslator } from './translator.ts';
