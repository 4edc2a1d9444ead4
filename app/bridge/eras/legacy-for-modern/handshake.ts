import type { JsonObject } from '../../frame/index.ts';
import { messageText } from '../answers.ts';
import { NEWEST_LEGACY_REVISION } from '../revisions.ts';

/** Who a legacy child takes us for: the modern client we speak for, with exactly what it declares. */
export interface Introduction {
  readonly capabilities: JsonObject;
  readonly clientInfo: JsonObject;
}

/** 2025-11-25, basic/lifecycle, Initialization. */
export function initializeText(id: number, { capabilities, clientInfo }: Introduction): Buffer {
  const params = { protocolVersion: NEWEST_LEGACY_REVISION, capabilities, clientInfo };
  return messageText({ id, method: 'initialize', params });
}

export const INITIALIZED = messageText({ method: 'notifications/initialized' });
