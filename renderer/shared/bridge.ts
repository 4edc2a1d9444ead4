import type { RequestName, RequestOf, ResponseOf, WindowBridge } from '../../app/ipc/index.ts';

declare global {
  interface Window {
    /** Put there by the preload. */
    readonly gangway: WindowBridge;
  }
}

export const bridge = window.gangway;

/** A question that was refused or failed. */
export class AskError extends Error {
  override readonly name = 'AskError';
}

type WithoutRequest = { [Name in RequestName]: undefined extends RequestOf<Name> ? Name : never }[RequestName];

/** Asks the main process. Rejects with AskError. */
export async function ask<Name extends WithoutRequest>(name: Name): Promise<ResponseOf<Name>>;
export async function ask<Name extends RequestName>(name: Name, request: RequestOf<Name>): Promise<ResponseOf<Name>>;
export async function ask<Name extends RequestName>(name: Name, request?: RequestOf<Name>): Promise<ResponseOf<Name>> {
  // Every function of the bridge takes the request of its own name: a union of functions cannot say so.
  const send = bridge[name] as (request?: RequestOf<Name>) => ReturnType<WindowBridge[Name]>;
  const answer = await send(request);
  if (!answer.ok) throw new AskError(answer.reason);
  return answer.value as ResponseOf<Name>;
}
