export { fixLabel } from './fix-label.ts';
export { age, bytes, place } from './format.ts';
export { type ServerAction, serverActions } from './server-actions.ts';
export { conditionTitle, conditionWords, type ToldCondition } from './server-state.ts';
export { addressOf, type Light, lightOf, sessionCount, statusLine, titleOf } from './status.ts';
