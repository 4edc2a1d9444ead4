import type * as Electron from 'electron';
import { refuseOtherMembers } from '../../contract/unsimulated.ts';
import { violation } from '../../contract/violations.ts';
import { isReady } from '../runtime.ts';
import { fromChromium, toChromium } from './address.ts';

type Handler = Parameters<typeof Electron.protocol.handle>[1];

const privileged = new Map<string, Electron.Privileges>();
const handlers = new Map<string, Handler>();

export const protocol = refuseOtherMembers(
  {
    registerSchemesAsPrivileged: (schemes: readonly Electron.CustomScheme[]) => {
      if (isReady()) throw new Error('protocol.registerSchemesAsPrivileged has to come before the app is ready');
      for (const { scheme, privileges } of schemes) privileged.set(scheme, privileges ?? {});
    },
    handle: (scheme: string, handler: Handler) => {
      if (handlers.has(scheme)) throw new Error(`'${scheme}' has a handler already`);
      const { standard, secure } = privileged.get(scheme) ?? {};
      if (standard !== true || secure !== true) {
        violation(
          `protocol.handle: ${scheme} is not privileged as standard and secure; only such schemes are simulated`,
        );
      }
      handlers.set(scheme, handler);
    },
    unhandle: (scheme: string) => {
      handlers.delete(scheme);
    },
    isProtocolHandled: (scheme: string) => handlers.has(scheme),
  } satisfies Pick<
    typeof Electron.protocol,
    'registerSchemesAsPrivileged' | 'handle' | 'unhandle' | 'isProtocolHandled'
  >,
  'Protocol',
);

/** Where Chromium goes for a URL of the app. */
export function chromiumAddress(url: string): string {
  return toChromium(url, new Set(handlers.keys()));
}

/**
 * What the app's handler answers to a request for a custom scheme; undefined when the request is for another. An error
 * is a failed request to the page, as in Electron.
 */
export async function answerCustomScheme(address: string, method: string): Promise<Response | undefined> {
  const url = fromChromium(address);
  const handler = handlers.get(url.slice(0, url.indexOf(':')));
  if (handler === undefined || url === address) return undefined;
  try {
    return await handler(new Request(url, { method }));
  } catch (error) {
    console.error(`The handler of ${url} failed:`, error);
    return Response.error();
  }
}
