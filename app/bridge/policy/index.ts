export { ListeningReply, ListReply } from './guarded-reply.ts';
export { denied, judge } from './judge.ts';
export { knownMethods, type MethodRule, ruleFor } from './methods.ts';
export { isWatched, Policies, UnmatchedRules } from './policies.ts';
export { changedAnswer, LIST_CHANGED, SessionGuard, wantedIn } from './session-guard.ts';
