import type { Language } from '../../i18n/index.ts';
import type { Endpoint } from '../gateway.ts';
import type { PlanEnvironment } from '../plan/index.ts';
import type { ClientId } from '../table/index.ts';

export type SnippetId =
  | ClientId
  | 'claude-code-command'
  | 'chatbox'
  | 'open-webui'
  | 'posix'
  | 'fish'
  | 'powershell'
  | 'docker';

/** What a snippet is made from. */
export interface SnippetRequest {
  /** The port that is really bound. */
  readonly port: number;
  readonly token: string | null;
  readonly servers: readonly Endpoint[];
  /** `proxy` sends the servers a client has through us, `endpoint` lets the client use the servers we have. */
  readonly kind: 'proxy' | 'endpoint';
  readonly language: Language;
  readonly platform: NodeJS.Platform;
  /** The program that connects a client's stdio to a server of ours; the server's name is added to `args`. */
  readonly shim: PlanEnvironment['shim'];
}

/** A link that opens the client and offers it one server. */
export interface DeepLink {
  readonly server: string;
  readonly url: string;
}

/** One line of a form that has to be filled in by hand. */
export interface Field {
  readonly label: string;
  readonly value: string;
}

interface Described {
  readonly client: SnippetId;
  readonly title: string;
  /** Which file or which menu, in words. */
  readonly where: string;
  readonly note: string | null;
  readonly deepLinks: readonly DeepLink[];
  /** What goes to the clipboard. */
  readonly text: string;
}

export type Snippet =
  | (Described & { readonly format: 'json' | 'toml' | 'yaml' | 'shell' })
  /** One form for each server. */
  | (Described & { readonly format: 'fields'; readonly forms: readonly (readonly Field[])[] });
