export { budgetFor, type JsonBody, jsonBody, type MessageAccount, MessageBudget, readBody } from './body.ts';
export { EventBuffer, type EventIds, type Events, eventsFrom, SlabPool } from './event-buffer.ts';
export { EventStream, keepAliveOf, type StreamListener } from './event-stream.ts';
export {
  answerEmpty,
  answerJson,
  bodyRefused,
  type HttpExchange,
  type HttpFault,
  methodNotAllowed,
  notJson,
  respondWithFault,
  SESSION_GONE,
  unavailable,
} from './responses.ts';
