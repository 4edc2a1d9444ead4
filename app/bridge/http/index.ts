export { EventBuffer, type EventIds, type Events, eventsFrom, SlabPool } from './event-buffer.ts';
export { EventStream, keepAliveOf, type StreamListener } from './event-stream.ts';
export {
  answerEmpty,
  answerJson,
  bodyRefused,
  budgetFor,
  type HttpExchange,
  type HttpFault,
  type JsonBody,
  jsonBody,
  type MessageAccount,
  MessageBudget,
  methodNotAllowed,
  notJson,
  readBody,
  respondWithFault,
  SESSION_GONE,
  unavailable,
} from './exchange.ts';
