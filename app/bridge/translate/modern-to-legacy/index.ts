export type { Waiting } from './call.ts';
export { InteractivityCache } from './interactivity-cache.ts';
export type { Introduction } from './request.ts';
export { Subscriptions } from './subscriptions.ts';
export { SuspendedCalls } from './suspended-calls.ts';
export { ModernToLegacy } from './translator.ts';
