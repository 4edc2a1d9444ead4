export { type Permission, Session, session } from './session.ts';
export type { RequestFacts } from './web-request.ts';
