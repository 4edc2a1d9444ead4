import type { ForwardSetting, ServerSetting } from '../../settings/settings.ts';
import type { Gateway } from '../gateway.ts';

/** What a person wants of one entry of a client's file. */
export type Wish =
  /** As they wrote it. */
  | { readonly kind: 'off' }
  | { readonly kind: 'through' }
  /** `by` a program that connects to us, or by our address where the client can dial one. */
  | { readonly kind: 'run'; readonly by: 'shim' | 'address' }
  /** By a TCP forward of ours, in place of the address it stands for. */
  | { readonly kind: 'forward'; readonly forward: ForwardSetting }
  /** A new entry that leads to a server of ours. */
  | { readonly kind: 'add'; readonly server: string; readonly by: 'shim' | 'address' };

/** What a plan has to know about this machine. */
export interface Surroundings {
  readonly gateway: Gateway;
  /** The program that connects a client's stdio to a server of ours, by absolute path; the server's name is added to `args`. */
  readonly shim: { readonly command: string; readonly args: readonly string[] };
  /** The servers we have. */
  readonly servers: readonly ServerSetting[];
  /** Name of the one behind `/mcp`. */
  readonly defaultServer: string | null;
  /** The environment that the client would fill variables in from. */
  readonly env: NodeJS.ProcessEnv;
}
