export { CODE, httpStatusOf, isAboutName, type JsonRpcError } from './error-codes.ts';
export {
  type Frame,
  type FrameHead,
  type JsonRpcId,
  type NotificationFrame,
  type RequestFrame,
  type ResponseFrame,
  writeLines,
} from './frame.ts';
export { FrameReader } from './frame-reader.ts';
export {
  DEEPEST,
  editMembers,
  elementsOf,
  escapeSeparators,
  foldedKey,
  isTooDeep,
  type JsonObject,
  type MemberEdits,
  memberOf,
  membersOf,
  type NestedMember,
  nestedMember,
  objectIn,
  parsedJson,
  repeatsNames,
  spellingsIn,
  stringAt,
  stringIn,
} from './json-text.ts';
export { behindMark, type LineAccount, type LineFaults, LineSplitter, Pieces } from './line-splitter.ts';
export {
  AnswerableNotifications,
  emptyResult,
  errorFor,
  errorFrame,
  idFrom,
  idIn,
  idText,
  LONGEST_ID,
  meantId,
  PendingRequests,
  type RequestId,
  resultIn,
  writtenIdIn,
} from './pending-requests.ts';
export { answerKind, frameFrom, scanEnds, scanHead } from './scan.ts';
