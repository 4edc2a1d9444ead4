export { EventBuffer, type EventIds, type Events, eventsFrom, SlabPool } from './event-buffer.ts';
export { EventStream, keepAliveOf, type StreamListener, WITHOUT_CHARSET } from './event-stream.ts';
export {
  answerEmpty,
  answerJson,
  BATCH_MESSAGES,
  budgetFor,
  type HttpExchange,
  type JsonBody,
  jsonBody,
  type MessageAccount,
  MessageBudget,
  readBody,
} from './exchange.ts';
export {
  bodyRefused,
  type HttpFault,
  methodNotAllowed,
  notJson,
  respondWithFault,
  SESSION_GONE,
  unavailable,
  unreadable,
} from './refusals.ts';
