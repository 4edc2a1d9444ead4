import { type IpcMainInvokeEvent, ipcMain } from 'electron';
import { read, type Schema } from '../../app/base/schema/index.ts';
import {
  type Answer,
  REQUESTS,
  type RequestName,
  type RequestOf,
  type ResponseOf,
  requestChannel,
} from '../../app/ipc/index.ts';
import type { Log } from '../../app/log/index.ts';
import { isOurs } from '../places.ts';

/** One function for every question of the contract. */
export type Answers = {
  readonly [Name in RequestName]: (
    request: RequestOf<Name>,
    sender: IpcMainInvokeEvent['sender'],
  ) => ResponseOf<Name> | Promise<ResponseOf<Name>>;
};

/**
 * The only place that listens to windows. A question is answered if it comes from the top frame of a page of ours and carries
 * what the contract says; anything else is refused, and logged without its content.
 */
export function registerAnswers(answers: Answers, log: Log): void {
  for (const name of Object.keys(REQUESTS).filter(isRequestName)) {
    ipcMain.handle(requestChannel(name), (event, request: unknown) => answer(name, event, request, answers, log));
  }
}

async function answer<Name extends RequestName>(
  name: Name,
  event: IpcMainInvokeEvent,
  request: unknown,
  answers: Answers,
  log: Log,
): Promise<Answer<ResponseOf<Name>>> {
  const frame = event.senderFrame;
  if (frame === null || frame !== event.sender.mainFrame || !isOurs(frame.url)) {
    log.warn('A message came from a page that is not ours; it was refused', { channel: name });
    return { ok: false, code: 'foreign-sender', reason: 'This page may not ask' };
  }
  const reading = read(schemaOf(name), request);
  if (!reading.ok) {
    const places = reading.faults.map(({ path, kind }) => `${path || 'request'}: ${kind}`).join(', ');
    log.warn('A message of a window was not valid; it was refused', { channel: name, faults: places });
    return { ok: false, code: 'bad-request', reason: places };
  }
  try {
    return { ok: true, value: await answers[name](reading.value, event.sender) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    log.error(`A question of a window failed: ${reason}`, { channel: name });
    return { ok: false, code: 'failed', reason };
  }
}

/** The contract keeps name and schema together; the compiler loses sight of it over a whole union of names. */
function schemaOf<Name extends RequestName>(name: Name): Schema<RequestOf<Name>> {
  return REQUESTS[name].schema as unknown as Schema<RequestOf<Name>>;
}

function isRequestName(name: string): name is RequestName {
  return Object.hasOwn(REQUESTS, name);
}
