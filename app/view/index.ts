export { age, bytes, place } from './format.ts';
export { addressOf, type Light, lightOf, sessionCount, statusLine } from './status.ts';
