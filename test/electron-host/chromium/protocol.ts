// playwright-core carries the types of the DevTools protocol for the very Chromium it is released with, but does not export them.
import type { Protocol } from '../../../node_modules/playwright-core/types/protocol.d.ts';

export type CdpMethod = keyof Protocol.CommandParameters;
export type CdpParams<Method extends CdpMethod> = Protocol.CommandParameters[Method];
export type CdpResult<Method extends CdpMethod> = Protocol.CommandReturnValues[Method];

export type CdpEvent = keyof Protocol.Events;
export type CdpPayload<Event extends CdpEvent> = Protocol.Events[Event];

/** A request that Chromium holds until it is told what to do with it. */
export type PausedRequest = CdpPayload<'Fetch.requestPaused'>;
