export type { Waiting } from './call.ts';
export { LegacyConversation } from './conversation.ts';
export { Habits } from './habits.ts';
export type { Introduction } from './handshake.ts';
export { Parking } from './parking.ts';
export { Subscriptions } from './subscriptions.ts';
