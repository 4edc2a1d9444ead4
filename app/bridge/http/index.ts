export { answerEmpty, answerJson, type Exchange } from './answers.ts';
export { type JsonBody, jsonBody, readBody } from './body.ts';
export { EventMemory, type Events } from './event-memory.ts';
export { EventStream, type StreamListener, type StreamTimes } from './event-stream.ts';
export { type EventIds, eventsFrom } from './events.ts';
export {
  answerFault,
  bodyRefused,
  type Fault,
  methodNotAllowed,
  NOT_JSON,
  SESSION_GONE,
  unavailable,
} from './faults.ts';
export { type Beating, Pulse } from './pulse.ts';
