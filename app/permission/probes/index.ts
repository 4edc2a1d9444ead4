export { type Attempt, attempt } from './attempt.ts';
export { type BrowseOptions, browse } from './browse.ts';
export { touch, touchAt } from './touch.ts';
