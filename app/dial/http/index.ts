export { type AbsoluteForm, type Origin, parseAbsoluteForm, type TargetFault } from './absolute-form.ts';
export { fieldKind, listedFields, trailersToPass } from './header-fields.ts';
export { InterimAllowance } from './interim-allowance.ts';
export type { Broken, ConnectionUser, OriginConnection } from './origin-connection.ts';
export { dialAfresh, OriginPool, originKey, poolKey } from './origin-pool.ts';
export { hasBoundChallenge, hasBoundCredentials } from './pinned-connections.ts';
export { type RequestHead, requestHead } from './request-head.ts';
export type { ResponseHead } from './response-head.ts';
