export { LegacyToModern } from './translator.ts';
