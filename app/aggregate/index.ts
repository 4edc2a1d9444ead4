export { KnownMember, type Member } from './known-member.ts';
export { keptLists } from './member-lists.ts';
export { aliasesOf, exposedNames } from './names.ts';
export { AggregateServer } from './server.ts';
export { loggedUnder } from './session.ts';
