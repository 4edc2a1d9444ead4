import { freePortAfter, listenFailure, type PortHolder, portHolder } from '../platform/port/index.ts';
import type { Settings } from '../settings/index.ts';

/** Why the engine could not open one of its ports. */
export type StartFailure =
  | {
      readonly kind: 'port-taken';
      readonly port: number;
      /** Whether it is the port of the gateway; else that of a TCP forward. */
      readonly isOwnPort: boolean;
      readonly holder: PortHolder;
      /** A port above it that is free now. */
      readonly free: number;
    }
  | { readonly kind: 'not-allowed'; readonly port: number }
  | { readonly kind: 'no-such-address'; readonly host: string }
  | { readonly kind: 'other'; readonly reason: string };

/** Explains an error of `Engine.start` or `Engine.apply`. Asks the system who holds a port that is taken. */
export async function startFailure(error: unknown, settings: Settings): Promise<StartFailure> {
  const { code, port } = listenFailure(error, settings.port);
  switch (code) {
    case 'EADDRINUSE': {
      const [holder, free] = await Promise.all([portHolder(settings.host, port), freePortAfter(port, settings.host)]);
      return { kind: 'port-taken', port, isOwnPort: port === settings.port, holder, free };
    }
    case 'EACCES':
      return { kind: 'not-allowed', port };
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return { kind: 'no-such-address', host: settings.host };
    default:
      return { kind: 'other', reason: error instanceof Error ? error.message : String(error) };
  }
}
