import { freePortAfter, listenFailure, type PortHolder, portHolder } from '../platform/port/index.ts';
import type { Settings } from '../settings/index.ts';

/** Why the engine could not open one of its ports. */
export type StartFailure = {
  /** The errno, `EADDRINUSE` for example; empty for an error without one. */
  readonly code: string;
  /** The port that the system names, else that of the gateway. */
  readonly port: number;
} & (
  | {
      readonly kind: 'port-taken';
      /** Whether it is the port of the gateway; else that of a TCP forward. */
      readonly isOwnPort: boolean;
      readonly holder: PortHolder;
      /** A port above it that is free now. */
      readonly free: number;
    }
  | { readonly kind: 'not-allowed' }
  | { readonly kind: 'no-such-address'; readonly host: string }
  | { readonly kind: 'other'; readonly reason: string }
);

/** Explains an error of `Engine.start` or `Engine.apply`. Asks the system who holds a port that is taken. */
export async function startFailure(error: unknown, settings: Settings): Promise<StartFailure> {
  const { code, port } = listenFailure(error, settings.port);
  switch (code) {
    case 'EADDRINUSE': {
      const [holder, free] = await Promise.all([portHolder(settings.host, port), freePortAfter(port, settings.host)]);
      return { kind: 'port-taken', code, port, isOwnPort: port === settings.port, holder, free };
    }
    case 'EACCES':
      return { kind: 'not-allowed', code, port };
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return { kind: 'no-such-address', code, port, host: settings.host };
    default:
      return { kind: 'other', code, port, reason: error instanceof Error ? error.message : String(error) };
  }
}
